"""Where calls from outside go."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.calls.story import HoursLooked, RouteTaken
from appliance.config.destinations import HangUp, ToExtension, ToOutside, ToRingGroup, ToVoicemail
from appliance.config.models import Configuration, InboundRoute, OpeningHours
from appliance.routing.callers import who_calls
from appliance.routing.inbound import DEFAULT, Arrival, Routed, route_inbound

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Riga"))
NIGHT = datetime(2026, 11, 24, 22, 0, tzinfo=ZoneInfo("Europe/Riga"))

OFFICE = Configuration(
    name="Office",
    default_desk="extension:201",
    opening_hours={"office": OpeningHours(weekly={"tue": ("09:00-18:00",)})},
    inbound_routes=(
        InboundRoute(name="Nuisance", caller="+37120666666", to="hang_up"),
        InboundRoute(name="Boss", caller="29 111 111", to="outside:+37129222222"),
        InboundRoute(name="Withheld", caller="withheld", to="voicemail:201"),
        InboundRoute(name="Abroad", caller="0044*", to="extension:202"),
        InboundRoute(name="Town", caller="67*", to="extension:203"),
        InboundRoute(name="Fax", did="+37167000001", to="extension:299"),
        InboundRoute(name="Second line", line="gsm2", hours="office", to="extension:204"),
        InboundRoute(name="Main", line="gsm1", hours="office", to="ring_group:sales", closed="voicemail:201"),
    ),
)


def route(office: Configuration, line: str, caller: str, did: str, now: datetime | None) -> Routed:
    """Where a call to an office goes."""
    return route_inbound(office, Arrival(line=line, did=did), who_calls(office, caller), now)


@pytest.mark.parametrize(
    ("line", "caller", "did", "now", "why", "destination"),
    [
        ("gsm1", "+37120666666", "", NOON, "Nuisance", HangUp()),
        ("gsm1", "29111111", "", NOON, "Boss", ToOutside("+37129222222")),
        ("gsm1", "+37129111111", "", NOON, "Boss", ToOutside("+37129222222")),
        ("gsm1", "", "", NOON, "Withheld", ToVoicemail("201")),
        ("gsm1", "anonymous", "", NOON, "Withheld", ToVoicemail("201")),
        ("gsm1", "+442079460018", "", NOON, "Abroad", ToExtension("202")),
        ("gsm1", "+37167123456", "", NOON, "Town", ToExtension("203")),
        ("gsm1", "+37129999999", "67000001", NOON, "Fax", ToExtension("299")),
        ("gsm1", "+37129999999", "", NOON, "Main", ToRingGroup("sales")),
        ("gsm1", "+37129999999", "", NIGHT, "Main", ToVoicemail("201")),
        ("gsm1", "+37129999999", "", None, "Main", ToRingGroup("sales")),
        ("gsm2", "+37129999999", "", NOON, "Second line", ToExtension("204")),
        ("gsm2", "+37129999999", "", NIGHT, DEFAULT, ToExtension("201")),
        ("gsm3", "+37129999999", "", NOON, DEFAULT, ToExtension("201")),
        ("gsm1", "LMT", "", NOON, "Main", ToRingGroup("sales")),
    ],
)
def test_the_first_route_that_matches_decides(
    *, line: str, caller: str, did: str, now: datetime | None, why: str, destination: object
) -> None:
    routed = route(OFFICE, line, caller, did, now)
    assert (routed.why, routed.destination) == (why, destination)
    assert routed.facts[-1] == RouteTaken(str(destination), why, tuple(str(other) for other in routed.otherwise))


def test_the_story_says_what_the_hours_were_and_where_it_would_have_gone() -> None:
    routed = route(OFFICE, "gsm1", "+37129999999", "", NIGHT)
    assert routed.facts == (
        HoursLooked(hours="office", is_open=False),
        RouteTaken(destination="voicemail:201", why="Main", otherwise=("ring_group:sales",)),
    )
    assert routed.otherwise == (ToRingGroup("sales"),)


def test_a_missing_clock_is_told() -> None:
    routed = route(OFFICE, "gsm1", "+37129999999", "", None)
    assert routed.facts[0] == HoursLooked(hours="office", is_open=True, why="no_clock")


def test_hours_switched_by_hand_are_told_as_such() -> None:
    """The demo office is open on a Sunday night; "open by the hours" puzzled who read the hours."""
    switched = msgspec.structs.replace(OFFICE.opening_hours["office"], override="open")
    office = msgspec.structs.replace(OFFICE, opening_hours={"office": switched})
    assert route(office, "gsm1", "+37129999999", "", NIGHT).facts[0] == HoursLooked(
        hours="office", is_open=True, why="hand"
    )


def test_a_route_passed_over_because_it_is_closed_leaves_its_trace() -> None:
    routed = route(OFFICE, "gsm2", "+37129999999", "", NIGHT)
    assert routed.facts == (
        HoursLooked(hours="office", is_open=False),
        RouteTaken(destination="extension:201", why=DEFAULT),
    )


@given(st.sampled_from(["gsm1", "gsm2", "x", ""]), st.text(max_size=20), st.text(max_size=20))
def test_every_call_goes_somewhere(line: str, caller: str, did: str) -> None:
    assert route(OFFICE, line, caller, did, NOON).facts
