"""Older schemas are brought up one step at a time; newer ones are refused."""

import pytest

from appliance.config.migrations import migrated
from appliance.config.mistakes import NewerSchema

STEPS = (
    lambda data: {**data, "name": data["title"]},
    lambda data: {**data, "name": data["name"].upper()},
)


def test_each_step_is_applied_once_and_the_original_is_left_alone() -> None:
    old = {"schema": 1, "title": "office"}
    assert migrated(old, STEPS) == {"schema": 3, "title": "office", "name": "OFFICE"}
    assert migrated({"schema": "2", "name": "office"}, STEPS) == {"schema": 3, "name": "OFFICE"}
    assert migrated({"schema": 3, "name": "office"}, STEPS) == {"schema": 3, "name": "office"}
    assert old == {"schema": 1, "title": "office"}


def test_a_newer_schema_is_refused() -> None:
    with pytest.raises(NewerSchema):
        migrated({"schema": 4}, STEPS)


@pytest.mark.parametrize("data", [None, [], "x", {}, {"schema": "many"}, {"schema": "9" * 5000}, {"schema": -1}])
def test_what_says_no_schema_is_left_to_be_reported(data: object) -> None:
    assert migrated(data, STEPS) == data
