"""What is said about SIP lines that cannot work."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from appliance.config.loading import check, export, from_plain, parse, to_plain
from appliance.config.mistakes import ConfigurationInvalid, Mistake
from appliance.config.models import (
    BranchOffice,
    Configuration,
    DtmfMode,
    LineModel,
    NumberKind,
    Outgoing,
    Phone,
    SipLine,
    SipLink,
)
from appliance.config.operators import profiles, rules_of
from tests.flows.offices import small_office

PASSWORD = "a-long-enough-password"
GOOD = SipLine(server="sip.example.lv", user="60000000", password="short")


def office(**lines: LineModel) -> Configuration:
    return small_office(lines={**small_office().lines, **lines})


def mistakes(**lines: LineModel) -> list[tuple[str, str | None]]:
    return [(mistake.path, mistake.did_you_mean) for mistake in check(office(**lines))]


WRONG = [
    (msgspec.structs.replace(GOOD, profile="zadarmo"), [("lines.op.profile", "zadarma")]),
    (msgspec.structs.replace(GOOD, user=""), [("lines.op.user", None)]),
    (msgspec.structs.replace(GOOD, password=None), [("lines.op.password", None)]),
    (msgspec.structs.replace(GOOD, server=""), [("lines.op.server", None)]),
    (msgspec.structs.replace(GOOD, server="1.2.3.4.5"), [("lines.op.server", None)]),
    (msgspec.structs.replace(GOOD, server="300.1.1.1"), [("lines.op.server", None)]),
    (msgspec.structs.replace(GOOD, server="x.lv:99999"), [("lines.op.server", None)]),
    (msgspec.structs.replace(GOOD, second_server="sip.example.lv"), [("lines.op.second_server", None)]),
    (SipLine(link=SipLink.ACCOUNT, password="short"), [("lines.op.password", None)]),
    (SipLine(link=SipLink.ACCOUNT, password=PASSWORD, user="x"), [("lines.op.user", None)]),
    (SipLine(link=SipLink.ACCOUNT, password=PASSWORD, profile="ht813"), [("lines.op.outgoing.spelling", None)]),
    (msgspec.structs.replace(GOOD, branch=BranchOffice(numbers=())), [("lines.op.branch.numbers", None)]),
    (msgspec.structs.replace(GOOD, branch=BranchOffice(numbers=("20x",))), [("lines.op.branch.numbers.1", None)]),
    (msgspec.structs.replace(GOOD, branch=BranchOffice(numbers=("3xx", "11x"))), [("lines.op.branch.numbers.2", None)]),
]


@pytest.mark.parametrize(("line", "found"), WRONG)
def test_every_mistake_has_its_place(line: SipLine, found: list[tuple[str, str | None]]) -> None:
    assert mistakes(op=line) == found


@pytest.mark.parametrize(
    "line",
    [
        GOOD,
        SipLine(link=SipLink.ADDRESS, server="192.0.2.1:5080"),
        SipLine(link=SipLink.ACCOUNT, password=PASSWORD),
        SipLine(link=SipLink.ACCOUNT, password=PASSWORD, profile="ht813", outgoing=Outgoing(spelling="national")),
        SipLine(user="1", password="2", profile="sipnet"),
        msgspec.structs.replace(GOOD, branch=BranchOffice(numbers=("3xx",), may_dial=(NumberKind.MOBILE,))),
        SipLine(simulated=True),
    ],
)
def test_lines_that_can_work(line: SipLine) -> None:
    assert mistakes(op=line) == []
    kept = office(op=line)
    assert from_plain(to_plain(kept)) == kept
    assert parse(export(kept)) == kept


def test_two_branches_may_not_share_a_number() -> None:
    one = msgspec.structs.replace(GOOD, branch=BranchOffice(numbers=("3xx",)))
    other = msgspec.structs.replace(GOOD, branch=BranchOffice(numbers=("4xx", "35x")))
    assert mistakes(a=one, b=other) == [("lines.b.branch.numbers.2", None)]


def test_telephones_do_not_take_the_names_of_lines() -> None:
    people = small_office().extensions
    anna = msgspec.structs.replace(people["201"], phones={"line-op": Phone(password=PASSWORD)})
    found = check(msgspec.structs.replace(small_office(), extensions={**people, "201": anna}))
    assert [mistake.path for mistake in found] == ["extensions.201.phones.line-op"]


def test_an_unknown_kind_of_line_names_the_known_ones() -> None:
    plain = to_plain(office())
    plain["lines"]["op"] = {"kind": "spi", "server": "x.lv"}
    with pytest.raises(ConfigurationInvalid) as caught:
        from_plain(plain)
    (mistake,) = caught.value.mistakes
    assert isinstance(mistake, Mistake) and mistake.path == "lines.op.kind" and mistake.did_you_mean == "sip"


def test_no_password_stands_in_a_message() -> None:
    plain = to_plain(office())
    plain["lines"]["op"] = {"kind": "sip", "server": "x.lv", "user": "1", "password": "sec ret"}
    with pytest.raises(ConfigurationInvalid) as caught:
        from_plain(plain)
    assert "sec ret" not in str(caught.value)


def test_every_profile_says_where_it_is_known_from_and_is_described() -> None:
    assert {"standard", "porter", "ht813"} <= profiles().keys()
    text = (Path(__file__).parents[2] / "docs/sip-lines.md").read_text(encoding="utf-8")
    for name, profile in profiles().items():
        assert all(profile.sources), name
        assert f"`{name}`" in text, name


def test_a_line_says_more_than_its_profile() -> None:
    line = SipLine(profile="multifon", user="7926", dtmf=DtmfMode.INFO, codecs=("ulaw",), domain="x.ru")
    rules = rules_of(line)
    assert (rules.server, rules.domain, rules.dtmf, rules.codecs) == ("sbc.megafon.ru", "x.ru", "info", ("ulaw",))
    assert rules_of(SipLine(server="a.lv:5080")).domain == "a.lv"
