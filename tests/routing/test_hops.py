"""Calls that go round, and numbers that are our own."""

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.models import GsmLine, InboundRoute, RingGroup
from appliance.routing.hops import MOST_HOPS, MOST_TRIES, circle, last_mailbox
from appliance.routing.own_numbers import OwnNumber, own_number
from tests.flows.callers import OWN, office_with_contacts
from tests.flows.offices import CUSTOMER, person, small_office


@pytest.mark.parametrize(
    ("trail", "destination", "found"),
    [
        ("", "a", ""),
        ("a", "a", ""),
        ("ab", "a", ""),
        ("aba", "b", ""),
        ("abab", "a", "aba"),
        ("aa", "a", "aa"),
        ("abcdefghij", "k", ""),
        ("abcdefghij", "a", "abcdefghija"),
        ("abcdefghij", "h", "hijh"),
    ],
)
def test_a_circle_is_seen(trail: str, destination: str, found: str) -> None:
    assert "".join(circle(trail, destination)) == found


def hops(wishes: Iterable[str]) -> list[str]:
    """Where a call gets to that is sent to one destination after the other, until it is seen to go round."""
    trail: list[str] = []
    for wish in wishes:
        if circle(trail, wish):
            break
        trail.append(wish)
    return trail


@given(st.integers(0, 9), st.integers(1, 10))
def test_destinations_that_lead_to_each_other_end_within_ten_hops(before: int, around: int) -> None:
    """A way into a circle, and the circle; a way of more than ten different places is none."""
    way = "abcdefghi"[:before]
    trail = hops(itertools.chain(way, itertools.cycle("klmnopqrst"[:around])))
    assert len(trail) <= max(MOST_HOPS, before + around)


@given(st.lists(st.sampled_from("abcdefghijklmnop"), max_size=60))
def test_after_ten_hops_only_new_destinations_are_reached(wishes: list[str]) -> None:
    trail = hops(wishes)
    assert all(trail.count(place) <= MOST_TRIES for place in trail)
    assert all(place not in trail[:at] for at, place in enumerate(trail) if at >= MOST_HOPS)


@pytest.mark.parametrize(
    ("changes", "box"),
    [
        ({"default_desk": "extension:202"}, "202"),
        ({"default_desk": "voicemail:203"}, "203"),
        ({"default_desk": "ring_group:sales"}, "201"),
        ({"default_desk": f"outside:{CUSTOMER}"}, None),
        ({"default_desk": "hang_up"}, None),
        ({"extensions": {"201": person("Anna", "201", voicemail=False)}}, None),
        (
            {
                "default_desk": "ring_group:all",
                "ring_groups": {"all": RingGroup(name="All", number="601", members=("203",), then="hang_up")},
            },
            "203",
        ),
    ],
)
def test_the_last_mailbox_is_the_default_desks(changes: dict[str, object], box: str | None) -> None:
    assert last_mailbox(small_office(**changes)) == box


def test_the_numbers_of_lines_and_routes_are_our_own() -> None:
    routes = (
        InboundRoute(name="Fax", did="67000001", line="gsm2", to="hang_up"),
        InboundRoute(name="Shop", did="67000002", to="hang_up"),
    )
    office = office_with_contacts(routes=routes)
    assert own_number(office, OWN) == OwnNumber(OWN, "gsm1")
    assert own_number(office, "+37167000001") == OwnNumber("+37167000001", "gsm2")
    assert own_number(office, "+37167000002") == OwnNumber("+37167000002", "gsm1")
    assert own_number(office, CUSTOMER) is None
    assert own_number(small_office(lines={"gsm1": GsmLine(simulated=True)}), OWN) is None
