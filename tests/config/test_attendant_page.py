"""What docs/attendant.md shows is a configuration that can be used."""

import re
from pathlib import Path

from appliance.config.loading import find_warnings, parse

PAGE = Path(__file__).parents[2] / "docs" / "attendant.md"

REST = """
name: Office
default_desk: extension:201
extensions: {"201": {name: Anna}}
opening_hours: {practice: {weekly: {mon: ["09:00-17:00"]}}}
"""


def test_the_examples_can_be_used() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(examples) == 3
    text = REST + "".join(examples)
    assert find_warnings(parse(text)) == ()
