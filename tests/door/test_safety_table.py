"""docs/door-safety.md names a test for every line, and each of them is there."""

from __future__ import annotations

import re
from pathlib import Path

TREE = Path(__file__).parents[2]
PAGE = (TREE / "docs" / "door-safety.md").read_text()


def test_every_line_of_the_checklist_has_its_row() -> None:
    assert re.findall(r"^\| (A\d+) \|", PAGE, re.MULTILINE) == [f"A{number}" for number in range(1, 31)]


def test_every_test_that_is_named_is_there() -> None:
    file, missing = Path(), []
    for path, name in re.findall(r"`(?:T/([\w/]+\.py))?::(test_\w+)`", PAGE):
        file = TREE / "tests" / path if path else file
        if not re.search(rf"^(?:async )?def {name}\(", file.read_text(), re.MULTILINE):
            missing.append(f"{file.relative_to(TREE)}::{name}")
    assert missing == []
    assert PAGE.count("::test_") > 40
