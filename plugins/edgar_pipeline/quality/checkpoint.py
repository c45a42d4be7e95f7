"""Running the suites: Great Expectations judges the check frames, and nothing passes by accident.

Red is whatever is not clearly green: an expectation that is not met, that raised an error, that looked at no row, that is
defined and was not evaluated, and a frame that could not be computed.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pandas as pd

from edgar_pipeline.clock import SYSTEM_CLOCK, Clock
from edgar_pipeline.errors import WarehouseError
from edgar_pipeline.files import private_files, storage
from edgar_pipeline.quality import audit, frames, suites
from edgar_pipeline.quality.gx import AbstractDataContext, gx, make_context, run_identifier
from edgar_pipeline.quality.picture import Day
from edgar_pipeline.quality.recount import recount
from edgar_pipeline.quality.report import write_report
from edgar_pipeline.quality.suites import STOP, Suite
from edgar_pipeline.quality.verdict import (
    DATABASE_NAME,
    Failure,
    Fingerprint,
    Validation,
    build_directory,
    discard_verdict,
    newest_build_id,
    published_verdict,
    write_verdict,
)
from edgar_pipeline.settings import Settings

#: What DuckDB may take; what needs more goes through the build's folder.
MEMORY_LIMIT = "2GB"

_SAMPLE_ROWS = 5

logger = logging.getLogger(__name__)


@dataclass
class _Findings:
    """What a run has found so far: who gave a result, what is not met, and why a table may be empty."""

    evaluated: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    numbers: dict[str, float] = field(default_factory=dict)
    days: list[Day] = field(default_factory=list)


@private_files()
def validate(settings: Settings, build_id: str | None = None, clock: Clock = SYSTEM_CLOCK) -> Validation:
    """Judge a build (by default the newest), write its report and its verdict, `build/<build_id>/validation.json`.

    Data that is not as expected is a red verdict, not an error. Raises WarehouseError where there is no whole file to
    judge, InputError for a malformed id.
    """
    build_id = newest_build_id(settings) if build_id is None else build_id
    database = build_directory(settings, build_id) / DATABASE_NAME
    _require_whole_file(database, build_id)
    discard_verdict(settings, build_id)
    fingerprint = Fingerprint.of(database)
    with storage(database.parent), TemporaryDirectory(prefix=".validation-", dir=database.parent) as scratch:
        data_docs = Path(scratch) / "data_docs"
        last = _last_verdict(settings)
        findings = _run(settings, database, make_context(data_docs), clock.now(), last)
        if Fingerprint.of(database) != fingerprint:
            raise WarehouseError(
                f"{database} changed while it was judged: run `python -m edgar_pipeline validate` again"
            )
        validation = _verdict(settings, build_id, fingerprint, findings, last)
        write_report(settings, validation, data_docs, findings.days)
    write_verdict(settings, validation)
    for warning in validation.warnings:
        logger.warning("build %s: %s", build_id, warning)
    return validation


def _require_whole_file(database: Path, build_id: str) -> None:
    if not database.exists():
        raise WarehouseError(
            f"build {build_id} has no {DATABASE_NAME}; if it is published already, run `python -m edgar_pipeline build`"
        )
    if database.with_name(f"{database.name}.wal").exists():
        raise WarehouseError(
            f"{database}.wal shows that a writer was killed: run `python -m edgar_pipeline build` again"
        )


def _run(
    settings: Settings, database: Path, context: AbstractDataContext, now: datetime, last: Validation | None
) -> _Findings:
    findings = _Findings()
    config = {"memory_limit": MEMORY_LIMIT, "temp_directory": str(database.parent / "temp")}
    try:
        with duckdb.connect(database, read_only=True, config=config) as connection:
            frames.prepare(connection)
            recount(settings, connection)
            audit.prepare(connection, now, last.numbers if last else {}, _published(settings) if last else None)
            measured = list(_measure(connection, findings))
            findings.numbers = audit.numbers(connection)
    except (duckdb.Error, OSError, ValueError, KeyError) as error:
        raise WarehouseError(f"{database} cannot be judged ({_one_line(error)}): build it again") from error
    run = run_identifier(database.parent.name, now)
    for suite, frame in measured:
        for result in _evaluate(context, suite, frame, run):
            _judge(result, frame, findings)
    context.build_data_docs()
    return findings


def _last_verdict(settings: Settings) -> Validation | None:
    """The verdict on the publication that readers have today; None where nothing is published."""
    database = _published(settings)
    return published_verdict(database) if database.exists() else None


def _published(settings: Settings) -> Path:
    return (settings.published_dir / DATABASE_NAME).resolve()


def _measure(connection: duckdb.DuckDBPyConnection, findings: _Findings) -> Iterator[tuple[Suite, pd.DataFrame]]:
    """The frame of each suite; one that cannot be computed is a failure, and its expectations stay unevaluated."""
    for suite in suites.SUITES:
        try:
            frame = suite.frame(connection)
        except duckdb.Error as error:
            findings.failures.append(_uncomputable(suite, _one_line(error)))
            continue
        if frame.isna().any(axis=None):
            # Great Expectations passes over a NULL, and so would the reader of a frame.
            findings.failures.append(_uncomputable(suite, "it holds a NULL"))
            continue
        if frame.empty and (reason := suite.empty_reason(connection)):
            findings.reasons.append(f"{suite.name} has nothing to look at: {reason}")
            findings.evaluated |= {expectation.meta["name"] for expectation in suite.expectations()}
            continue
        findings.reasons += _reasons(frame)
        if suite.name == "calendar":
            findings.days = _days(frame)
        yield suite, frame


def _uncomputable(suite: Suite, why: str) -> Failure:
    return Failure(suite.name, STOP, f"the frame could not be computed ({why})", f"a frame for {suite.border}")


def _days(frame: pd.DataFrame) -> list[Day]:
    return [
        Day(
            date.fromisoformat(row.index_date),
            row.day_state,
            bool(row.is_incomplete),
            row.filings,
            row.pending,
            row.quarantined,
        )
        for row in frame.itertuples()
    ]


def _reasons(frame: pd.DataFrame) -> list[str]:
    """Why a table that is empty may be so, and which days stand alone, so that nobody takes silence for a comparison."""
    if "reason" in frame.columns:
        empty = frame[(frame["row_count"] == 0) & (frame["minimum_rows"] == 0)]
        return [f"{row.table_name} is empty: {row.reason}" for row in empty.itertuples()]
    if "weekdays_compared" in frame.columns:
        alone = int(((frame["index_rows"] > 0) & (frame["weekdays_compared"] == 0)).sum())
        return (
            [f"too few days of the same weekday are known to say what is usual for {alone} index days"] if alone else []
        )
    return []


def _evaluate(context: AbstractDataContext, suite: Suite, frame: pd.DataFrame, run: gx.RunIdentifier) -> list[Any]:
    """Run one suite as a checkpoint of Great Expectations over its frame; return a result for each expectation."""
    name = f"{suite.border.replace(' ', '_')}.{suite.name}"
    batch = context.data_sources.add_pandas(name).add_dataframe_asset(name).add_batch_definition_whole_dataframe(name)
    expected = context.suites.add(gx.ExpectationSuite(name=name, expectations=suite.expectations()))
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=expected))
    checkpoint = context.checkpoints.add(
        gx.Checkpoint(name=name, validation_definitions=[definition], result_format={"result_format": "COMPLETE"})
    )
    result = checkpoint.run(batch_parameters={"dataframe": frame}, run_id=run)
    (validated,) = result.run_results.values()
    return list(validated.results)


def _judge(result: Any, frame: pd.DataFrame, findings: _Findings) -> None:
    name = result.expectation_config.meta["name"]
    severity, sentence = suites.EXPECTATIONS[name]
    if error := _raised(result.exception_info):
        # An expectation that errs has judged nothing, whatever severity and outcome it claims.
        findings.failures.append(Failure(name, STOP, f"error: {error}", sentence))
        return
    findings.evaluated.add(name)
    if result.result.get("element_count") == 0:
        findings.failures.append(Failure(name, STOP, "it looked at no row", sentence))
    elif not result.success:
        findings.failures.append(Failure(name, severity, *_shown(result.result, sentence, frame)))


def _shown(result: dict, sentence: str, frame: pd.DataFrame) -> tuple[str, str, tuple[str, ...], int]:
    """What was observed and expected, the rows of the frame that are wrong, and their number."""
    if "unexpected_index_list" in result:
        wrong = frame.loc[result["unexpected_index_list"]]
        rows = tuple(_row_text(row) for row in wrong.head(_SAMPLE_ROWS).to_dict("records"))
        return f"{len(wrong)} of {result['element_count']} are wrong", sentence, rows, len(wrong)
    return f"{result['observed_value']} rows", sentence, (), 0


def _row_text(row: dict) -> str:
    return ", ".join(f"{column} {value}" for column, value in row.items() if value != "")


def _raised(exception_info: dict) -> str | None:
    """The message of an exception inside an expectation; GX gives one record, or one for each metric."""
    records = [exception_info] if "raised_exception" in exception_info else exception_info.values()
    messages = [record["exception_message"] for record in records if record["raised_exception"]]
    return _one_line(messages[0]) if messages else None


def _one_line(error: object) -> str:
    return " ".join(str(error).split())[:300]


def _verdict(
    settings: Settings, build_id: str, fingerprint: Fingerprint, findings: _Findings, last: Validation | None
) -> Validation:
    # The expectations of a frame that could not be computed are in its failure.
    named = {failure.name for failure in findings.failures}
    lost = [
        Failure(name, STOP, "not evaluated", sentence)
        for name, (_, sentence) in suites.EXPECTATIONS.items()
        if name not in findings.evaluated and not named & {name, name.partition(".")[0]}
    ]
    found = findings.failures + lost
    stops = tuple(failure for failure in found if failure.severity == STOP)
    warnings = tuple(failure for failure in found if failure.severity != STOP)
    known = {warning.name: warning.count for warning in last.warnings} if last else {}
    return Validation(
        build_id=build_id,
        passed=not stops,
        defined=len(suites.EXPECTATIONS),
        evaluated=len(findings.evaluated),
        failures=stops,
        warnings=warnings,
        new_warnings=tuple(warning.name for warning in warnings if warning.count > known.get(warning.name, 0)),
        reasons=tuple(findings.reasons),
        numbers=findings.numbers,
        report_path=settings.reports_dir / "validation" / build_id / "index.html",
        database=fingerprint,
    )
