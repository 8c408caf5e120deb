"""Calls over SIP lines: a second Kamailio is the operator, its customers and the office have real phones."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from appliance.calls.names import Cause
from appliance.calls.story import ForwardTried, LegFailed
from appliance.control.controller_messages import OfficeNow
from tests.ports import free_ports
from tests.scenarios.desks import ANNA_HZ, CUSTOMER_HZ
from tests.scenarios.running_office import CONFIGURATION, PASSWORD, RunningOffice, records, running_office
from tests.sip.operators import RunningOperator, running_operator
from tests.sip.phones import Baresip, baresip
from tests.sip.wire import Message, Wire

pytestmark = pytest.mark.real

OURS, SECOND, CUSTOMER = "37160000000", "37160000001", "37129999999"
GSM = '  gsm1: {kind: gsm, number: "+37160000000", simulated: true}\n'
LINES = """\
  op: {{kind: sip, server: "127.0.0.1:{first}", second_server: "127.0.0.1:{second}", domain: operator.test,
       user: "{ours}", password: secret, number: "+{ours}", channels: 2, keep_alive_seconds: 5}}
  ip: {{kind: sip, link: address, server: "127.0.0.1:{second}", domain: operator.test, number: "+{other}",
       did_from: called_party, keep_alive_seconds: 5}}
"""
ROUTES = "outbound_routes:\n  - {name: All, lines: [op, ip]}\n"


class Town(NamedTuple):
    """An office and its operators."""

    office: RunningOffice
    first: RunningOperator
    second: RunningOperator


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    first, second = free_ports(2)
    lines = LINES.format(first=first, second=second, ours=OURS, other=SECOND)
    text = CONFIGURATION.replace(GSM, lines).replace("outbound_routes:\n  - {name: All, lines: [gsm1]}\n", ROUTES)
    with (
        running_office(folder, configuration=text) as office,
        running_operator(folder, {OURS: "secret"}, dids={OURS: OURS}, port=first) as one,
        running_operator(
            folder,
            {OURS: "secret"},
            dids={OURS: OURS, SECOND: f"sip:127.0.0.1:{office.layout.sip_port}"},
            port=second,
        ) as other,
    ):
        yield Town(office, one, other)


@asynccontextmanager
async def people(town: Town, folder: Path, operator: RunningOperator) -> AsyncIterator[tuple[Baresip, Baresip]]:
    """Anna at her desk, and a customer of an operator."""
    async with (
        baresip(folder, "201", PASSWORD, town.office.layout.sip_port, hums=ANNA_HZ) as anna,
        baresip(folder, CUSTOMER, "-", operator.port, hums=CUSTOMER_HZ) as customer,
    ):
        await anna.registered()
        await customer.registered()
        yield anna, customer


async def until_state(town: Town, line: str, state: str, operator: str | None = None, seconds: float = 20) -> None:
    await town.office.until(
        lambda now: any(
            one.name == line and one.state == state and operator in (None, one.operator) for one in now.lines
        ),
        f"{line} {state} {operator or ''}",
        seconds,
    )


async def talk(anna: Baresip, customer: Baresip, caller: Baresip, called: Baresip, number: str) -> None:
    """One calls, the other answers, both hear each other, the one who called hangs up."""
    await caller.dial(number)
    await called.until("CALL_INCOMING")
    await called.accept()
    await anna.until_hears(CUSTOMER_HZ)
    await customer.until_hears(ANNA_HZ)
    await caller.hang_up()
    await called.until("CALL_CLOSED")


async def test_calls_go_out_and_come_in_over_a_line_that_registered(town: Town, tmp_path: Path) -> None:
    await until_state(town, "op", "ready", town.first.server)
    async with people(town, tmp_path, town.first) as (anna, customer):
        await talk(anna, customer, anna, customer, "29999999")
        (asked,) = town.first.seen("INVITE")
        assert f"INVITE sip:+{CUSTOMER}@operator.test from sip:+{OURS}@operator.test" in asked
        await town.office.until(lambda now: not now.calls, "the call to end")
        await talk(anna, customer, customer, anna, f"+{OURS}")
        last = await town.office.until_over()
    assert (last.caller.number, last.caller.line, last.called) == (f"+{CUSTOMER}", "op", f"+{OURS}")
    assert "op" in town.office.command("status").stdout


async def test_a_call_comes_in_from_the_address_of_an_operator(town: Town, tmp_path: Path) -> None:
    await until_state(town, "ip", "ready")
    async with people(town, tmp_path, town.second) as (anna, customer):
        await talk(anna, customer, customer, anna, f"+{SECOND}")
        last = await town.office.until_over()
    assert (last.caller.line, last.called) == ("ip", f"+{SECOND}")


async def test_busy_is_busy_and_what_the_operator_does_not_do_goes_over_the_next_line(
    town: Town, tmp_path: Path
) -> None:
    async with people(town, tmp_path, town.second) as (anna, _):
        for number, told in (
            ("+37129110486", {LegFailed(member="+37129110486", cause=Cause.BUSY)}),
            ("+37129110403", {ForwardTried(member="+37129110403", line=line) for line in ("op", "ip")}),
        ):
            await anna.dial(number)
            await anna.until("CALL_CLOSED", 30)
            last = await town.office.until_over()
            assert told <= {one.fact for one in last.story}, number


async def test_strangers_are_refused_and_leave_no_trace(town: Town) -> None:
    """An INVITE to our contact from elsewhere, and one for a number of ours, with all headers of an operator."""
    before = len(records(town.office.layout))
    with Wire(("127.0.0.1", town.office.layout.sip_port)) as stranger:
        for user in ("line-op-0123456789abcdef", f"+{OURS}"):
            invite = stranger.request(
                "INVITE",
                f"sip:{user}@127.0.0.1",
                from_=f"<sip:+{CUSTOMER}@operator.test>",
                headers=[
                    ("P-Asserted-Identity", f"<sip:+{CUSTOMER}@operator.test>"),
                    ("X-Porter-Operator", town.first.server),
                ],
            )
            stranger.send(invite)
            assert stranger.receive_final().status == (403 if user.startswith("line-") else 407)
    assert len(records(town.office.layout)) == before


@pytest.mark.long
async def test_a_dead_server_is_passed_over_and_comes_back(town: Town, tmp_path: Path) -> None:
    await until_state(town, "op", "ready", town.first.server)
    async with people(town, tmp_path, town.second) as (anna, customer):
        town.first.stop()
        began = time.monotonic()
        await anna.dial("29999999")
        await customer.until("CALL_INCOMING")
        assert time.monotonic() - began < 8
        await customer.accept()
        await anna.until_hears(CUSTOMER_HZ)
        await anna.hang_up()
        await customer.until("CALL_CLOSED")
        await until_state(town, "op", "ready", town.second.server, 30)
        town.first.start()
        await until_state(town, "op", "ready", town.first.server, 30)


async def test_a_wrong_password_is_said_in_words(town: Town) -> None:
    await town.office.change("password: secret", "password: wrong")
    try:
        await until_state(town, "op", "offline")
        said = town.office.command("status").stdout
        assert "refuses the user name or the password" in said
        assert "wrong" not in said.replace("wrong password", "")
    finally:
        await town.office.undo()
    await until_state(town, "op", "ready")


@pytest.mark.long
async def test_bad_messages_of_the_operator_harm_no_other_call(town: Town, tmp_path: Path) -> None:
    async with people(town, tmp_path, town.second) as (anna, customer):
        await customer.dial(f"+{SECOND}")
        await anna.until("CALL_INCOMING")
        await anna.accept()
        await anna.until_hears(CUSTOMER_HZ)
        town.first.stop()
        address = ("127.0.0.1", town.first.port)
        with Wire(("127.0.0.1", town.office.layout.sip_port), "udp", address) as mad:
            invites: list[Message] = []
            for message in (
                b"\x00" * 400,
                b"INVITE sip:x SIP/2.0\r\n\r\n",
                mad.request("INVITE", "sip:%00%ff@x", headers=[("Diversion", "<" * 300)]),
                mad.request(
                    "INVITE", f"sip:+{OURS}@x", headers=[("P-Asserted-Identity", '"\xff" <sip:<>>,,')], body="v=9"
                ),
                mad.request("BYE", f"sip:porter@x;{'a' * 500}"),
                mad.request("INVITE", f"sip:+{OURS}@x", headers=[("Replaces", "a;to-tag=b;from-tag=c")]),
            ):
                mad.send(message)
                if isinstance(message, Message) and message.method == "INVITE":
                    invites.append(message)

            def all_gave_up(now: OfficeNow) -> bool:
                """Cancel again and again, as whoever calls does: over UDP a CANCEL may be read before its INVITE."""
                for invite in invites:
                    mad.send(cancel(invite))
                return not now.calls

            await anna.until_hears(CUSTOMER_HZ)
            await customer.until_hears(ANNA_HZ)
            await customer.hang_up()
            await anna.until("CALL_CLOSED")
            await town.office.until(all_gave_up, "all calls to end")
        town.first.start()
    await until_state(town, "op", "ready", town.first.server, 30)


def cancel(invite: Message) -> Message:
    kept = ("Via", "Max-Forwards", "From", "To", "Call-ID")
    headers = [(name, value) for name, value in invite.headers if name in kept]
    return Message(f"CANCEL {invite.uri} SIP/2.0", (*headers, ("CSeq", "1 CANCEL"), ("Content-Length", "0")))
