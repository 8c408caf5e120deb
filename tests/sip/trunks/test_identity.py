"""Who calls, whom, and who was called first, as operators write it into an INVITE."""

from __future__ import annotations

import pytest

from appliance.config.models import CallerFrom, DidFrom, SipLine
from appliance.config.operators import SipRules, rules_of
from appliance.sip.trunks.identity import Arrived, read_invite

OURS, CUSTOMER = "+37160000000", "+37129999999"


def rules(did: DidFrom = DidFrom.REQUEST, caller: CallerFrom = CallerFrom.ASSERTED) -> SipRules:
    return rules_of(SipLine(server="operator.test", did_from=did, caller_from=caller))


def invite(*headers: str, uri: str = f"sip:{OURS}@10.0.0.5", sender: str = f"<sip:{CUSTOMER}@op>;tag=1") -> str:
    lines = [f"INVITE {uri} SIP/2.0", "Via: SIP/2.0/UDP 10.0.0.1", f"From: {sender}", f"To: <sip:{OURS}@op>", *headers]
    return "\r\n".join([*lines, "", "v=0"])


@pytest.mark.parametrize(
    ("did_from", "headers", "uri", "did"),
    [
        (DidFrom.REQUEST, (), f"sip:{OURS}@10.0.0.5", OURS),
        (DidFrom.REQUEST, (), "sip:60-000.000@10.0.0.5;user=phone", "60000000"),
        (DidFrom.REQUEST, (), f"tel:{OURS}", OURS),
        (DidFrom.REQUEST, (), "sip:10.0.0.5", ""),
        (DidFrom.TO, (), "sip:line-a-0@10.0.0.5", OURS),
        (DidFrom.CALLED_PARTY, ("P-Called-Party-ID: <sip:+37167000000@op>",), "sip:x@10.0.0.5", "+37167000000"),
        (DidFrom.CALLED_PARTY, (), "sip:x@10.0.0.5", ""),
    ],
)
def test_the_number_that_was_called(did_from: DidFrom, headers: tuple[str, ...], uri: str, did: str) -> None:
    assert read_invite(invite(*headers, uri=uri), rules(did_from)).did == did


CALLERS = [
    # first place, headers, From, number, name
    (CallerFrom.FROM, (), '"Jānis B" <sip:+371290@op>;tag=1', "+371290", "Jānis B"),
    (CallerFrom.FROM, ("P-Asserted-Identity: <sip:+1@op>",), "<sip:+371290@op>;tag=1", "+371290", ""),
    (CallerFrom.ASSERTED, ("P-Asserted-Identity: <sip:+1234567@op>",), "<sip:+371290@op>;tag=1", "+1234567", ""),
    (CallerFrom.ASSERTED, ('P-Asserted-Identity: "An, na" <tel:+1234567>',), "<sip:9@op>;tag=1", "+1234567", "An, na"),
    (
        CallerFrom.ASSERTED,
        ('P-Asserted-Identity: "Anna" <sip:anna@op>, <tel:+1234567>',),
        "<sip:9@op>;tag=1",
        "anna",
        "Anna",
    ),
    (CallerFrom.ASSERTED, ("Remote-Party-ID: <sip:+1234567@op>;party=calling",), "<sip:9@op>", "+1234567", ""),
    (CallerFrom.RPID, ('Remote-Party-ID: "A" <sip:7@op>', "P-Asserted-Identity: <sip:8@op>"), "<sip:9@op>", "7", "A"),
    (CallerFrom.ASSERTED, (), "sip:+371290@op;tag=1", "+371290", ""),
    (CallerFrom.ASSERTED, (), '"371290" <sip:371290@op>;tag=1', "371290", ""),
    # Withheld, in every way networks say it.
    (CallerFrom.ASSERTED, (), '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1', "", ""),
    (CallerFrom.ASSERTED, ("Privacy: id", "P-Asserted-Identity: <sip:+1@op>"), "<sip:+371290@op>", "", ""),
    (CallerFrom.ASSERTED, ("Privacy: header;user",), "<sip:+371290@op>", "", ""),
    (CallerFrom.ASSERTED, ("Privacy: none",), "<sip:+371290@op>", "+371290", ""),
    (CallerFrom.RPID, ("Remote-Party-ID: <sip:+1@op>;privacy=full",), "<sip:+371290@op>", "", ""),
    (CallerFrom.FROM, (), "<sip:anonymous@op>;tag=1", "", ""),
    # Nonsense.
    (CallerFrom.ASSERTED, (), "", "", ""),
    (CallerFrom.ASSERTED, ("P-Asserted-Identity: ,,<>;<", "Remote-Party-ID:"), "<sip:+371290@op>", "+371290", ""),
    (CallerFrom.FROM, (), '"\x07Bad\tname" <sip:+371290@op>', "+371290", "Bad name"),
]


@pytest.mark.parametrize(("first", "headers", "sender", "number", "name"), CALLERS)
def test_who_calls(first: CallerFrom, headers: tuple[str, ...], sender: str, number: str, name: str) -> None:
    arrived = read_invite(invite(*headers, sender=sender), rules(caller=first))
    assert (arrived.caller, arrived.caller_name) == (number, name)


@pytest.mark.parametrize(
    ("headers", "redirected_from", "hops"),
    [
        ((), "", 0),
        (("Diversion: <sip:+37167111111@op>;reason=no-answer;counter=1",), "+37167111111", 1),
        # The latest diversion stands first (RFC 5806 §4); who was called first is at the end.
        (('Diversion: <sip:+2222222@op>;reason=busy, "A, B" <sip:+1111111@op>;reason=busy',), "+1111111", 2),
        (("Diversion: <sip:+2222222@op>", "Diversion: <sip:+1111111@op>;counter=9"), "+1111111", 9),
        (("Diversion: <sip:+1111111@op>;privacy=full",), "", 1),
        (
            ("History-Info: <sip:+1111111@op>;index=1, <sip:+2222222@op;cause=302>;index=1.1",),
            "+1111111",
            1,
        ),
        (("History-Info: <sip:+2222222@op>;index=1.1", "History-Info: <sip:+1111111@op>;index=1"), "+1111111", 1),
        (("History-Info: <sip:+1111111@op>;index=1",), "", 0),
        (("Porter-Hops: 4",), "", 4),
        (("Porter-Hops: 9999999",), "", 0),
        (("Porter-Hops: -1", "Diversion: rubbish"), "", 1),
    ],
)
def test_who_was_called_first_and_how_often_it_was_passed_on(
    headers: tuple[str, ...], redirected_from: str, hops: int
) -> None:
    arrived = read_invite(invite(*headers), rules())
    assert (arrived.redirected_from, arrived.hops) == (redirected_from, hops)


@pytest.mark.parametrize("text", ["", "\r\n\r\n", "INVITE", "\x00\xff" * 50, "INVITE sip:@ SIP/2.0\r\nFrom: <\r\n"])
def test_what_cannot_be_read_is_nobody_calling_nothing(text: str) -> None:
    assert read_invite(text, rules()) == Arrived()
