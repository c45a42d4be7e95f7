"""The entity diagram names the tables and keys that there are."""

import re
from pathlib import Path

from edgar_pipeline.quality.contract import KEYS

DIAGRAM = Path(__file__).parents[2] / "docs" / "entities.md"


def test_the_diagram_has_every_table_with_its_key():
    text = DIAGRAM.read_text(encoding="utf-8")
    drawn = {
        name: tuple(re.findall(r"^\s+\w+ (\w+) PK$", body, re.MULTILINE))
        for name, body in re.findall(r"^    (\w+) \{\n(.*?)^    \}", text, re.MULTILINE | re.DOTALL)
    }
    assert {name: set(key) for name, key in drawn.items()} == {name: set(KEYS[name]) for name in drawn}
    # THEN every table is drawn, with its key or as one end of a line; the two that stand alone are named below it
    assert {name for name in KEYS if not re.search(rf"\b{name}\b", text)} == set()
