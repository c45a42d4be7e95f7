"""The name of a validation in Data Docs: never taken for a time."""

import re
from datetime import UTC, datetime

import pytest
from dateutil.parser import parse
from edgar_pipeline.quality.gx import gx, run_identifier

NOW = datetime(2026, 11, 29, 3, 54, 8, tzinfo=UTC)
#: An id that reads as a time of a zone 91 hours west, and one that reads as nothing.
TIMELIKE, PLAIN = "20261129T035408Z-91a10a", "20261129T183408Z-3ceb3f"


def test_an_id_that_reads_as_a_time_fails_in_great_expectations():
    with pytest.raises(ValueError, match="offset must be a timedelta"):
        gx.RunIdentifier(run_name=TIMELIKE).to_json_dict()


@pytest.mark.parametrize("build_id", [TIMELIKE, PLAIN])
def test_with_a_word_before_it_none_does(build_id: str):
    run = run_identifier(build_id, NOW)
    assert (run.run_name, run.run_time) == (f"build_{build_id}", NOW)
    assert run.to_json_dict() == {"run_name": f"build_{build_id}", "run_time": "2026-11-29T03:54:08+00:00"}
    with pytest.raises(ValueError, match="Unknown string format"):
        parse(run.run_name)
    # It names a folder of Data Docs.
    assert re.fullmatch(r"[A-Za-z0-9_-]+", run.run_name)
