"""Who gets through."""

import pytest

from appliance.config.models import Configuration
from appliance.routing.block_list import blockable, blocked, unblocked
from appliance.routing.callers import colleague, who_calls
from appliance.routing.screening import Screened, Verdict, screen
from tests.flows.callers import BERZINA, OWN, PEST, SPAMMER, office_with_contacts
from tests.flows.offices import CUSTOMER

PASS, BLOCK, CHALLENGE = Verdict.PASS, Verdict.BLOCK, Verdict.CHALLENGE


@pytest.mark.parametrize(
    ("settings", "number", "verdict", "why"),
    [
        ({}, CUSTOMER, PASS, ""),
        ({}, BERZINA, PASS, ""),
        ({}, "", PASS, ""),
        ({}, PEST, BLOCK, "blocked"),
        ({"blocked": ("29999999",)}, CUSTOMER, BLOCK, "blocked"),
        ({"blocked": ("+3712*",)}, CUSTOMER, BLOCK, "blocked"),
        ({"blocked": ("unknown",)}, CUSTOMER, BLOCK, "blocked"),
        ({"blocked": ("unknown",)}, BERZINA, PASS, ""),
        ({"blocked": ("+3712*",), "allowed": (CUSTOMER,)}, CUSTOMER, PASS, "allowed"),
        ({"blocked": (CUSTOMER,), "allowed": ("+3712*",)}, CUSTOMER, BLOCK, "blocked"),
        ({"blocked": ("contact",), "allowed": ("vip",)}, BERZINA, PASS, "allowed"),
        ({"blocked": ("withheld",)}, "", BLOCK, "blocked"),
        ({"withheld": "reject"}, "", BLOCK, "withheld"),
        ({"withheld": "challenge"}, "", CHALLENGE, "withheld"),
        ({"withheld": "challenge"}, CUSTOMER, PASS, ""),
        ({}, SPAMMER, PASS, "spam"),
        ({"spam_treatment": "reject"}, SPAMMER, BLOCK, "spam"),
        ({"spam_treatment": "challenge"}, SPAMMER, CHALLENGE, "spam"),
        ({"spam_treatment": "reject", "allowed": (SPAMMER,)}, SPAMMER, PASS, "allowed"),
        ({"ask_unknown": "name"}, CUSTOMER, Verdict.ASK_NAME, "unknown"),
        ({"ask_unknown": "name"}, "", Verdict.ASK_NAME, "unknown"),
        ({"ask_unknown": "name"}, BERZINA, PASS, ""),
        ({"ask_unknown": "name", "allowed": (CUSTOMER,)}, CUSTOMER, PASS, "allowed"),
        ({"ask_unknown": "customer_number"}, CUSTOMER, Verdict.ASK_CUSTOMER_NUMBER, "unknown"),
        ({"ask_unknown": "name", "withheld": "challenge"}, "", CHALLENGE, "withheld"),
    ],
)
def test_a_caller_is_screened(*, settings: dict[str, object], number: str, verdict: Verdict, why: str) -> None:
    office = office_with_contacts(**settings)  # type: ignore[arg-type]
    assert screen(office, who_calls(office, number), rings_people=True) == Screened(verdict, why)


def test_nobody_is_asked_who_he_is_when_nobody_will_be_rung() -> None:
    office = office_with_contacts(ask_unknown="name", withheld="challenge")
    assert screen(office, who_calls(office, CUSTOMER), rings_people=False) == Screened(PASS)
    assert screen(office, who_calls(office, ""), rings_people=False).verdict is CHALLENGE


@pytest.mark.parametrize("number", [CUSTOMER, "", SPAMMER])
def test_who_has_proven_himself_is_not_asked_again(number: str) -> None:
    office = office_with_contacts(ask_unknown="name", withheld="challenge", spam_treatment="challenge")
    assert screen(office, who_calls(office, number), rings_people=True, is_proven=True).verdict is PASS


@pytest.mark.parametrize(
    ("number", "verdict"), [("", PASS), (CUSTOMER, PASS), (SPAMMER, PASS), (PEST, BLOCK), ("+37160000099", BLOCK)]
)
def test_help_that_may_call_back_gets_through(number: str, verdict: Verdict) -> None:
    office = office_with_contacts(
        blocked=("withheld", "+3712*", "+37160000099"), spam_treatment="reject", ask_unknown="name"
    )
    assert screen(office, who_calls(office, number), rings_people=True, may_be_help=True).verdict is verdict


def test_a_colleague_is_never_screened() -> None:
    office = office_with_contacts(blocked=("+*", "withheld", "unknown"), ask_unknown="name")
    assert screen(office, colleague("201", "Anna"), rings_people=True) == Screened(PASS)


def is_blocked(office: Configuration, number: str) -> bool:
    return screen(office, who_calls(office, number), rings_people=True).verdict is BLOCK


def test_a_number_blocked_by_telephone_is_blocked_until_it_is_allowed_again() -> None:
    office = office_with_contacts(allowed=(CUSTOMER, "+3712*"))
    shut = blocked(office, CUSTOMER)
    assert is_blocked(shut, CUSTOMER) and shut.screening.allowed == ("+3712*",)
    assert blocked(shut, CUSTOMER) == shut
    assert not is_blocked(unblocked(shut, CUSTOMER), CUSTOMER)


def test_allowing_a_number_again_counts_for_its_contact_too() -> None:
    office = office_with_contacts()
    assert is_blocked(office, PEST)
    assert not is_blocked(unblocked(office, PEST), PEST)


@pytest.mark.parametrize(
    ("number", "spelled"),
    [("29999999", CUSTOMER), (CUSTOMER, CUSTOMER), ("112", None), ("110", None), (OWN, None), ("12", None), ("", None)],
)
def test_some_numbers_cannot_be_blocked(number: str, spelled: str | None) -> None:
    assert blockable(office_with_contacts(), number) == spelled
