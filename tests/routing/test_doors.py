"""Who is rung for a door at which time, and which keys count there."""

from datetime import datetime

import pytest

from appliance.calls.facts import DtmfTransport
from appliance.calls.names import Party, PartyKind
from appliance.routing.doors import bell, is_echo, may_be_echo, may_open
from tests.flows.doors import office_with_door
from tests.flows.offices import MOBILE, TUESDAY_NIGHT, TUESDAY_NOON

ANNA = Party(kind=PartyKind.EXTENSION, number="201")
OUTSIDE = Party(kind=PartyKind.OUTSIDE, number=MOBILE)
DOOR = Party(kind=PartyKind.DOOR, number="front")

WEEKDAYS = ("extension:201", "ring_group:sales")


@pytest.mark.parametrize(
    ("call", "now", "rung", "is_open"),
    [
        ({}, TUESDAY_NIGHT, ("extension:201",), True),
        ({}, None, ("extension:201",), True),
        ({"then": ("ring_group:sales",)}, TUESDAY_NIGHT, WEEKDAYS, True),
        ({"hours": "office", "then": ("ring_group:sales",)}, TUESDAY_NOON, WEEKDAYS, True),
        ({"hours": "office", "then": ("ring_group:sales",)}, TUESDAY_NIGHT, (), False),
        ({"hours": "office", "closed": ("voicemail:202",)}, TUESDAY_NIGHT, ("voicemail:202",), False),
        ({"hours": "office", "closed": ("voicemail:202",)}, None, ("extension:201",), True),
        ({"hours": "gone"}, TUESDAY_NIGHT, ("extension:201",), True),
    ],
)
def test_who_is_rung(call: dict[str, object], now: datetime | None, rung: tuple[str, ...], is_open: bool) -> None:
    office = office_with_door(**call)  # type: ignore[arg-type]
    found = bell(office, office.doors["front"], now)
    assert tuple(map(str, found.destinations)) == rung
    assert found.is_open is is_open
    assert bool(found.facts) is (call.get("hours") == "office")


@pytest.mark.parametrize(
    ("party", "incoming", "may"),
    [(ANNA, True, True), (ANNA, False, True), (OUTSIDE, False, True), (OUTSIDE, True, False), (DOOR, True, False)],
)
def test_who_may_open(party: Party, incoming: bool, may: bool) -> None:
    assert may_open(party, incoming=incoming) is may


@pytest.mark.parametrize(
    ("party", "transport", "may"),
    [
        (ANNA, DtmfTransport.RFC4733, False),
        (ANNA, DtmfTransport.INFO, False),
        (ANNA, DtmfTransport.INBAND, True),
        (OUTSIDE, DtmfTransport.LINE, True),
        (OUTSIDE, DtmfTransport.RFC4733, True),
    ],
)
def test_which_keys_may_be_echoes(party: Party, transport: DtmfTransport, may: bool) -> None:
    assert may_be_echo(party, transport) is may


@pytest.mark.parametrize(
    ("at", "echo"), [(10.0, True), (11.4, True), (9.9, True), (12.0, False), (8.0, False)], ids=str
)
def test_a_key_heard_in_the_street_at_the_same_time_is_an_echo(at: float, echo: bool) -> None:
    assert is_echo("5", at, [("4", at), ("5", 10.0)]) is echo
    assert not is_echo("7", at, [("5", 10.0)])
