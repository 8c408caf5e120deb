"""A SIP station with a relay of its own says all that is needed to fire it, and wires nothing to the Pi."""

from typing import Any

import pytest

from appliance.config.loading import from_plain
from appliance.config.mistakes import ConfigurationInvalid
from tests.config.offices import demo_plain

STATION = {"password": "0123456789abcdef", "make": "2n"}
HTTP = {"by": "http", "address": "http://192.168.1.30", "password": "x"}


def mistakes(station: dict[str, Any], **door: Any) -> set[str]:
    """Where a demo office with such a station at its door is wrong."""
    data = demo_plain()
    data["doors"]["front"] |= {"pins": "station", "station": {**STATION, **station}, **door}
    try:
        from_plain(data)
    except ConfigurationInvalid as invalid:
        return {mistake.path.removeprefix("doors.front.") for mistake in invalid.mistakes}
    return set()


@pytest.mark.parametrize("relay", [{"by": "dtmf", "opening_code": "00"}, {"by": "info", "opening_code": "1#"}, HTTP])
def test_a_station_with_its_own_relay(relay: dict[str, Any]) -> None:
    assert mistakes({"relay": relay}) == set()


@pytest.mark.parametrize(
    ("station", "door", "wrong"),
    [
        ({"relay": {"by": "dtmf"}}, {}, {"station.relay.opening_code"}),
        ({"relay": {"by": "info"}}, {}, {"station.relay.opening_code"}),
        ({"relay": {"by": "http"}}, {}, {"station.relay.address", "station.relay.password"}),
        ({"relay": HTTP, "make": "other"}, {}, {"station.relay.by"}),
        ({"relay": {**HTTP, "address": "192.168.1.30/x"}}, {}, {"station.relay.address"}),
        ({"relay": HTTP}, {"pins": "simulated"}, {"pins"}),
        ({}, {}, {"pins"}),
        ({"relay": HTTP}, {"contact": {"pin": 5}}, {"contact"}),
        ({"relay": HTTP}, {"sound": {"simulated": True}}, {"sound"}),
    ],
)
def test_what_contradicts_itself_is_told_where_it_is(
    station: dict[str, Any], door: dict[str, Any], wrong: set[str]
) -> None:
    assert mistakes(station, **door) == wrong


def test_two_doors_with_stations_share_no_pins() -> None:
    data = demo_plain()
    door = {**data["doors"]["front"], "pins": "station", "station": {**STATION, "relay": HTTP}}
    data["doors"] = {"front": door, "yard": {**door, "call": {"number": "91"}}}
    assert from_plain(data).doors.keys() == {"front", "yard"}
