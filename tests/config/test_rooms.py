"""Mistakes about conference rooms and short numbers."""

import pytest

from appliance.config.loading import check
from appliance.config.models import ConferenceRoom, Configuration, Extension


def office(**settings: object) -> Configuration:
    people = {"201": Extension(name="Anna")}
    usual = {"name": "Office", "default_desk": "extension:201", "extensions": people}
    return Configuration(**{**usual, **settings})  # type: ignore[arg-type]


def room(**settings: object) -> dict[str, ConferenceRoom]:
    return {"monday": ConferenceRoom(name="Monday", number="500", **settings)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"conference_rooms": room(pin="1234")}, "conference_rooms.monday.pin"),
        ({"conference_rooms": room(leader_pin="8391")}, "conference_rooms.monday.leader_pin"),
        ({"conference_rooms": room(pin="8391", leader_pin="8391")}, "conference_rooms.monday.leader_pin"),
        ({"conference_rooms": {"monday": ConferenceRoom(name="M", number="201")}}, "conference_rooms.monday.number"),
        ({"speed_dials": {"1": "299"}}, "speed_dials.1"),
        ({"default_desk": "conference:tuesday", "conference_rooms": room()}, "default_desk"),
    ],
)
def test_one_mistake_is_reported_at_its_place(settings: dict[str, object], path: str) -> None:
    (mistake,) = check(office(**settings))
    assert mistake.path == path


def test_rooms_and_short_numbers_as_they_should_be() -> None:
    assert (
        check(office(conference_rooms=room(pin="8391", leader_pin="7405"), speed_dials={"1": "201", "99": "29999999"}))
        == ()
    )
