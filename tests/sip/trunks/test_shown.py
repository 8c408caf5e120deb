"""What an operator sees of who calls."""

from __future__ import annotations

import pytest

from appliance.calls.ports import CallerShown
from appliance.config.models import BranchOffice, CallerFrom
from appliance.sip.trunks.shown import Shown, dialled, shown_by
from tests.sip.trunks.lines import OURS, trunk

FOREIGN = "+37129999999"
ACCOUNT = "<sip:60000000@operator.test>"
BRANCH = BranchOffice(numbers=("3xx",))

CASES = [
    # settings, who is to be shown, From, headers
    ({}, CallerShown("201", "Anna"), f'"Anna" <sip:{OURS}@operator.test>', ()),
    ({}, CallerShown(""), f"<sip:{OURS}@operator.test>", ()),
    ({}, CallerShown(FOREIGN), f"<sip:{OURS}@operator.test>", ()),
    ({}, CallerShown("+37160000009", is_ours=True), "<sip:+37160000009@operator.test>", ()),
    ({"number": None}, CallerShown("201"), ACCOUNT, ()),
    (
        {"passes_callers": True},
        CallerShown(FOREIGN),
        f"<sip:{FOREIGN}@operator.test>",
        (("Diversion", f"<sip:{OURS}@operator.test>;reason=unconditional;counter=1"),),
    ),
    ({"passes_callers": True}, CallerShown("201"), f"<sip:{OURS}@operator.test>", ()),
    (
        {},
        CallerShown("", is_withheld=True, is_ours=True),
        '"Anonymous" <sip:anonymous@anonymous.invalid>',
        (("Privacy", "id"), ("P-Asserted-Identity", f"<sip:{OURS}@operator.test>")),
    ),
    (
        {"show_by": CallerFrom.ASSERTED},
        CallerShown("201"),
        ACCOUNT,
        (("P-Asserted-Identity", f"<sip:{OURS}@operator.test>"),),
    ),
    ({"show_by": CallerFrom.ASSERTED}, CallerShown("", is_withheld=True, is_ours=True), ACCOUNT, (("Privacy", "id"),)),
    (
        {"show_by": CallerFrom.RPID},
        CallerShown("201"),
        ACCOUNT,
        (("Remote-Party-ID", f"<sip:{OURS}@operator.test>;party=calling;screen=no;privacy=off"),),
    ),
    (
        {"branch": BRANCH, "profile": "porter"},
        CallerShown("201", "Anna", offices=2),
        ACCOUNT,
        (("Porter-Hops", "3"), ("P-Asserted-Identity", '"Anna" <sip:201@operator.test>')),
    ),
]


@pytest.mark.parametrize(("settings", "shown", "sender", "headers"), CASES)
def test_who_calls_is_said_as_the_line_wants_it(
    settings: dict[str, object], shown: CallerShown, sender: str, headers: tuple[tuple[str, str], ...]
) -> None:
    assert shown_by(trunk(**settings), shown) == Shown(sender, headers)


def test_numbers_are_dialled_with_or_without_their_plus() -> None:
    assert dialled(trunk(), FOREIGN) == FOREIGN
    assert dialled(trunk(profile="zadarma"), FOREIGN) == FOREIGN.removeprefix("+")
    assert dialled(trunk(profile="zadarma"), "112") == "112"
