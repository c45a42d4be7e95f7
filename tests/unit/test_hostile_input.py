"""Input made to be slow takes time in proportion to its size, whoever reads it (`python -m benchmarks hostile` measures it)."""

import re

import pytest

from tests.hostile import CASES, in_linear_time


@pytest.mark.parametrize("case", CASES)
def test_threat_10_hostile_input_is_read_in_linear_time(case):
    made = CASES[case].make(CASES[case].size)
    with in_linear_time():
        CASES[case].read(made)


@pytest.mark.parametrize(("pattern", "text"), [(r"(\s*\w*\s*)*EXHIBIT$", "a" * 44), (r"\s+X", " " * 40_000)])
def test_what_is_not_linear_is_caught(pattern, text):
    # GIVEN a pattern that is exponential and one that is quadratic, WHEN there is less patience than they take
    with pytest.raises(pytest.fail.Exception, match="not linear"), in_linear_time(0.02):
        re.search(pattern, text)
