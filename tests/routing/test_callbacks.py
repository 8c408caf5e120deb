"""Which numbers are called back, and what is due about a promise."""

from datetime import timedelta

import pytest

from appliance.calls.names import Party, PartyKind
from appliance.calls.promises import PromisedCall
from appliance.config.models import Callback, Language, OpeningHours, OutboundRoute
from appliance.routing.callbacks import Due, is_time, number_to_call, outside_number, what_is_due
from tests.flows.callers import OWN, office_with_contacts
from tests.flows.offices import CUSTOMER, TUESDAY_NOON, small_office

OFFICE = office_with_contacts()


@pytest.mark.parametrize(
    ("keyed", "abroad", "number"),
    [
        ("29999999", False, CUSTOMER),
        (CUSTOMER, False, CUSTOMER),
        ("0037129999999", False, CUSTOMER),
        ("", False, None),
        ("201", False, None),
        ("112", False, None),
        ("1188", False, None),
        (OWN, False, None),
        ("90000000", False, None),
        ("+4915112345678", False, None),
        ("+4915112345678", True, "+4915112345678"),
        ("+449098790000", True, None),
        ("1" * 20, True, None),
    ],
)
def test_the_numbers_that_may_be_called_back(keyed: str, abroad: bool, number: str | None) -> None:
    assert outside_number(OFFICE, Callback(abroad=abroad), keyed) == number


def test_a_number_that_no_line_carries_is_not_promised() -> None:
    office = small_office(outbound_routes=(OutboundRoute(name="Estonia", prefix="+372", lines=("gsm1",)),))
    assert outside_number(office, Callback(), CUSTOMER) is None


@pytest.mark.parametrize(
    ("party", "number"),
    [
        (Party(kind=PartyKind.OUTSIDE, number=CUSTOMER), CUSTOMER),
        (Party(kind=PartyKind.OUTSIDE, number=""), None),
        (Party(kind=PartyKind.OUTSIDE, number="201"), None),
        (Party(kind=PartyKind.EXTENSION, number="201"), "201"),
        (Party(kind=PartyKind.EXTENSION, number="299"), None),
        (Party(kind=PartyKind.DOOR, number="front"), None),
    ],
)
def test_the_number_a_caller_has(party: Party, number: str | None) -> None:
    assert number_to_call(OFFICE, Callback(), party) == number


def promised(**settings: object) -> PromisedCall:
    usual = {"id": "1", "queue": "support", "number": CUSTOMER, "language": Language.EN, "entered": 0, "asked_at": 100}
    return PromisedCall(**{**usual, **settings})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "now", "is_time", "due"),
    [
        ({}, 100, True, Due.CALL),
        ({}, 699, True, Due.CALL),
        ({}, 700, True, Due.APOLOGISE),
        ({}, 700, False, Due.NOTHING),
        ({"not_before": 150}, 149, True, Due.NOTHING),
        ({"not_before": 150}, 150, True, Due.CALL),
        ({"tries": 2}, 150, True, Due.CALL),
        ({"tries": 3}, 150, True, Due.APOLOGISE),
    ],
)
def test_what_is_due(settings: dict[str, object], now: float, is_time: bool, due: Due) -> None:
    assert what_is_due(Callback(), promised(**settings), now, is_time=is_time) is due


def test_without_a_queue_that_calls_back_only_the_apology_is_left() -> None:
    assert what_is_due(None, promised(), 100, is_time=True) is Due.APOLOGISE


def test_the_hours_of_callbacks() -> None:
    office = small_office(opening_hours={"day": OpeningHours(weekly={"tue": ("09:00-12:30",)})})
    assert is_time(office, Callback(), TUESDAY_NOON + timedelta(hours=9))
    assert is_time(office, Callback(hours="day"), TUESDAY_NOON)
    assert not is_time(office, Callback(hours="day"), TUESDAY_NOON + timedelta(hours=1))
    assert is_time(office, Callback(hours="day"), None)
