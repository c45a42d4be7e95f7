"""Expectations on a private build, just before it is published.

    audit        what the check brings along: the time, EDGAR's calendar, the last publication's numbers
    recount      what raw holds of this build's partitions, counted without dbt
    frames       small check frames: what the marts hold, beside what they must hold
    suites       the expectations, as reviewed functions, each with a severity
    checkpoint   Great Expectations runs the suites over the frames
    report       Data Docs and a summary for people
    verdict      the result as a file that `publish` insists on

Only `verdict` is imported by others. Great Expectations (11 s at its first import) is loaded when `validate` runs.
"""

from edgar_pipeline.clock import SYSTEM_CLOCK, Clock
from edgar_pipeline.quality.verdict import Failure, Validation, summary
from edgar_pipeline.settings import Settings

__all__ = ["Failure", "Validation", "summary", "validate"]


def validate(settings: Settings, build_id: str | None = None, clock: Clock = SYSTEM_CLOCK) -> Validation:
    """Judge a build (by default the newest) and write its verdict; see `quality.checkpoint.validate`."""
    from edgar_pipeline.quality import checkpoint

    return checkpoint.validate(settings, build_id, clock)
