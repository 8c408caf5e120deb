"""Who may supervise whom."""

import pytest

from appliance.config.loading import check
from appliance.config.models import Configuration, RingGroup
from appliance.routing.supervision import may_supervise
from tests.flows.offices import person, small_office


def office(*rights: str) -> Configuration:
    groups = {"sales": RingGroup(name="Sales", number="600", members=("202", "203"))}
    changed = small_office(ring_groups=groups)
    changed.extensions["201"] = person("Anna", "201", may_supervise=rights)
    return changed


@pytest.mark.parametrize(
    ("rights", "other", "may"),
    [
        ((), "202", False),
        (("202",), "202", True),
        (("202",), "203", False),
        (("sales",), "203", True),
        (("*",), "202", True),
        (("*",), "201", False),
        (("201",), "201", False),
        (("*",), "", True),
    ],
)
def test_rights_name_extensions_groups_or_everybody(rights: tuple[str, ...], other: str, may: bool) -> None:
    assert may_supervise(office(*rights), "201", other) is may


def test_one_who_is_not_configured_supervises_nobody() -> None:
    assert not may_supervise(office("*"), "999", "202")


def test_a_name_nobody_has_is_a_mistake_with_what_was_meant() -> None:
    (mistake,) = check(office("202", "salse"))
    assert (mistake.path, mistake.did_you_mean) == ("extensions.201.may_supervise.2", "sales")
    (mistake,) = check(office("201"))
    assert mistake.cause == "Nobody supervises himself."
    assert check(office("*", "sales", "203")) == ()
