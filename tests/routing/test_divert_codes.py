"""Where a number dialled with a diversion code leads, and whether it may."""

import msgspec
import pytest

from appliance.config.destinations import Destination, ToExtension, ToOutside, ToRingGroup
from appliance.config.models import Configuration, Diversion, DivertRule
from appliance.routing.divert_codes import Refusal, divert_to, diverted, rules_in_use, undiverted
from tests.flows.offices import CUSTOMER, MOBILE, person, small_office

ALLOWED = "+37126000001"


def office(**boris: object) -> Configuration:
    people = small_office().extensions
    settings = {"mobile": MOBILE, "divert": Diversion(allowed=(ALLOWED,)), **boris}
    return small_office(
        extensions={
            **people,
            "202": person("Boris", "202", **settings),
            "204": person("Egon", "204", divert=Diversion(always="extension:202")),
        }
    )


@pytest.mark.parametrize(
    ("dialled", "leads_to"),
    [
        ("201", ToExtension("201")),
        ("600", ToRingGroup("sales")),
        ("20000001", ToOutside(MOBILE)),
        ("+37126000001", ToOutside(ALLOWED)),
        ("0037126000001", ToOutside(ALLOWED)),
        ("29999999", Refusal.NOT_ALLOWED),
        ("202", Refusal.CIRCLE),
        ("204", Refusal.CIRCLE),
        ("112", Refusal.NO_NUMBER),
        ("1188", Refusal.NO_NUMBER),
        ("70", Refusal.NO_NUMBER),
        ("71", Refusal.NO_NUMBER),
        ("5", Refusal.NO_NUMBER),
        ("", Refusal.NO_NUMBER),
        ("*97", Refusal.NO_NUMBER),
    ],
)
def test_where_a_dialled_number_leads(dialled: str, leads_to: Destination | Refusal) -> None:
    assert divert_to(office(), "202", DivertRule.ALWAYS, dialled) == leads_to


def test_the_right_opens_the_numbers_outside_that_may_be_dialled() -> None:
    free = office(may_divert_outside=True)
    assert divert_to(free, "202", DivertRule.ALWAYS, "29999999") == ToOutside(CUSTOMER)
    for too_dear in ("90000001", "004930123456"):
        assert divert_to(free, "202", DivertRule.ALWAYS, too_dear) is Refusal.NOT_ALLOWED
    inside_only = office(may_divert_outside=True, may_call_outside=False)
    assert divert_to(inside_only, "202", DivertRule.ALWAYS, "29999999") is Refusal.NOT_ALLOWED
    assert divert_to(inside_only, "202", DivertRule.ALWAYS, MOBILE) == ToOutside(MOBILE)


@pytest.mark.parametrize("dialled", ["00442079460018", "90000000"])
def test_the_right_opens_no_number_that_may_not_be_dialled(dialled: str) -> None:
    assert divert_to(office(may_divert_outside=True), "202", DivertRule.ALWAYS, dialled) is Refusal.NOT_ALLOWED


def test_a_way_back_that_only_some_calls_take_is_no_circle_yet() -> None:
    assert divert_to(office(), "202", DivertRule.BUSY, "204") == ToExtension("204")


def test_who_is_no_extension_may_divert_nothing() -> None:
    assert divert_to(office(), "299", DivertRule.ALWAYS, "201") is Refusal.NOT_ALLOWED


def test_a_diversion_is_undone_by_its_counterpart_and_all_of_them_at_once() -> None:
    before = office()
    for rule in DivertRule:
        changed = diverted(before, "202", rule, ToExtension("201"))
        assert rules_in_use(changed.extensions["202"].divert) == {rule: "extension:201"}
        assert diverted(changed, "202", rule, None) == before
        assert undiverted(changed, "202") == before
    assert undiverted(before, "299") == before
    kept = msgspec.structs.replace(before.extensions["202"].divert, after_seconds=7)
    assert kept.allowed == (ALLOWED,)
