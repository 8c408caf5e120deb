"""Calls over a line, message by message: an operator written by hand behind a real edge, PJSIP behind that."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
import trio

from appliance.calls.facts import Digit, DtmfTransport
from appliance.calls.leg import Leg
from appliance.calls.names import Cause, LegId, Party, PartyKind
from appliance.calls.ports import CallerShown, LegCarrier
from appliance.calls.trunks import Target, Trunk
from appliance.config.models import DtmfMode, SessionTimer, SipLine
from appliance.config.operators import rules_of
from appliance.sip.legs import SipSwitch
from hardware.simulators.rtp import RtpStream
from hardware.tones.dtmf_detector import DtmfDetector
from tests.sip.running_edge import RunningEdge
from tests.sip.stages import RealStage, happens, real_stage
from tests.sip.test_phone_requests import SDP, SDP_TYPE
from tests.sip.wire import Message, Wire, ack

pytestmark = pytest.mark.real

RELAY = ("Content-Type", "application/dtmf-relay")
OURS, CUSTOMER, TOKEN = "+37160000000", "+37129999999", "line-op-0123456789abcdef"


class Came(NamedTuple):
    """A call that came in over a line."""

    leg: Leg
    said: dict[str, object]


class OperatorStage:
    """A line of the switch, and the servers of its operator."""

    def __init__(self, stage: RealStage, edge: RunningEdge, **settings: object) -> None:
        self.switch: SipSwitch = stage.switch
        self.edge = edge
        self.servers = [edge.wire(), edge.wire()]
        given = {"server": "op.test", "user": "6000", "password": "secret", "number": OURS} | settings
        line = SipLine(**given)  # type: ignore[arg-type]
        addresses = frozenset(server.hostport for server in self.servers)
        self.trunk = Trunk(line="op", settings=line, rules=rules_of(line), token=TOKEN, addresses=addresses)
        for address in addresses:
            edge.rpc.put_operator(address, "calls")
        self.switch.lines.serve(self.trunk)
        self.came: list[Came] = []
        self.tag = "far"
        stage.desk.line_calls = self._line_calls  # type: ignore[method-assign]
        self._desk = stage.desk

    @property
    def operator(self) -> Wire:
        return self.servers[0]

    def _line_calls(self, carrier: LegCarrier, **said: object) -> Leg:
        party = Party(kind=PartyKind.OUTSIDE, number=str(said["caller"]), line="op")
        leg = Leg(LegId(f"in-{len(self.came)}"), carrier, party, incoming=True)
        self.came.append(Came(leg, said))
        return leg

    def dial(self, number: str = CUSTOMER, shown: CallerShown | None = None) -> Leg:
        leg = Leg(LegId("out"), self.switch, Party(kind=PartyKind.OUTSIDE, number=number, line="op"), incoming=False)
        ways = [Target(*_place(server)) for server in self.servers]
        self.switch.dial_line(leg, self.trunk, number, shown or CallerShown("201", "Anna"), ways)
        return leg

    async def hear(self, method: str, server: Wire | None = None) -> Message:
        return await trio.to_thread.run_sync((server or self.operator).receive_request, method, 8)

    async def answered(self, sound_port: int = 9) -> tuple[Leg, Message]:
        """A call of ours that the operator has answered, who wants its sound at a port."""
        leg = self.dial()
        invite = await self.hear("INVITE")
        contact = ("Contact", f"<{self.operator.own_uri('far')}>")
        self.operator.reply(invite, 200, tag=self.tag, headers=[contact, SDP_TYPE], body=_sdp(sound_port))
        await happens(leg.answered)
        await self.hear("ACK")
        return leg, invite


def _sdp(port: int) -> str:
    return SDP.replace("m=audio 9 ", f"m=audio {port} ")


def _place(server: Wire) -> tuple[str, int]:
    return server.near


@asynccontextmanager
async def stage_of(edge: RunningEdge, folder: Path, **settings: object) -> AsyncIterator[OperatorStage]:
    async with real_stage(edge, folder) as stage:
        yield OperatorStage(stage, edge, **settings)


async def test_the_offer_has_the_lines_codecs_its_name_and_its_timer(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with stage_of(shared_edge, tmp_path, codecs=("ulaw", "alaw")) as stage:
        stage.dial()
        invite = await stage.hear("INVITE")
        audio = next(line for line in invite.body.split("\r\n") if line.startswith("m=audio"))
        assert audio.split(" ")[3:5] == ["0", "8"] and "G722" not in invite.body and "opus" not in invite.body
        assert "telephone-event/8000" in invite.body
        assert invite.need("From").startswith(f'"Anna" <sip:{OURS}@op.test>')
        assert invite.contact_uri == f"sip:{TOKEN}@127.0.0.1:{shared_edge.settings.sip_port}"
        assert "timer" in invite.need("Supported")
        assert invite.need("Session-Expires").startswith("1800")


async def test_without_a_session_timer_none_is_offered(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with stage_of(shared_edge, tmp_path, session_timer=SessionTimer.OFF) as stage:
        stage.dial()
        assert (await stage.hear("INVITE")).get("Session-Expires") is None


async def test_the_password_of_the_line_answers_a_challenge(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with stage_of(shared_edge, tmp_path, auth_user="6000-auth") as stage:
        stage.dial()
        invite = await stage.hear("INVITE")
        stage.operator.reply(invite, 407, headers=[("Proxy-Authenticate", 'Digest realm="op", nonce="n1"')])
        again = await stage.hear("INVITE")
        assert 'username="6000-auth"' in again.need("Proxy-Authorization")
        assert "secret" not in str(again)


@pytest.mark.parametrize("status", [503, 500])
async def test_a_server_that_cannot_is_followed_by_the_next(
    shared_edge: RunningEdge, tmp_path: Path, status: int
) -> None:
    async with stage_of(shared_edge, tmp_path) as stage:
        leg = stage.dial()
        stage.operator.reply(await stage.hear("INVITE"), status)
        second = stage.servers[1]
        invite = await stage.hear("INVITE", second)
        second.reply(invite, 180)
        await happens(leg.alerting)
        second.reply(invite, 486)
        await happens(leg.gone)
        assert leg.cause is Cause.BUSY


async def test_a_silent_server_is_followed_by_the_next_within_seconds(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with stage_of(shared_edge, tmp_path) as stage:
        leg = stage.dial()
        with trio.fail_after(7):
            invite = await stage.hear("INVITE", stage.servers[1])
        stage.servers[1].reply(invite, 404)
        await happens(leg.gone)
        assert leg.cause is Cause.UNALLOCATED


@pytest.mark.parametrize(
    ("status", "cause"),
    [(403, Cause.NO_ROUTE), (402, Cause.OUT_OF_ORDER), (486, Cause.BUSY), (480, Cause.NO_USER_RESPONSE)],
)
async def test_what_the_called_party_says_is_said_once(
    shared_edge: RunningEdge, tmp_path: Path, status: int, cause: Cause
) -> None:
    async with stage_of(shared_edge, tmp_path) as stage:
        leg = stage.dial()
        stage.operator.reply(await stage.hear("INVITE"), status)
        await happens(leg.gone)
        assert leg.cause is cause
        assert stage.servers[1].is_silent(0.3)
        assert stage.switch.calls_on("op") == 0


@pytest.mark.long
async def test_hanging_up_while_a_server_is_silent_tries_no_other(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with stage_of(shared_edge, tmp_path) as stage:
        leg = stage.dial()
        await stage.hear("INVITE")
        leg.hang_up(Cause.NORMAL)
        assert await trio.to_thread.run_sync(partial(stage.servers[1].is_silent, 6.0))
        assert stage.switch.calls_on("op") == 0


async def test_keys_go_as_the_line_wants_them(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with stage_of(shared_edge, tmp_path, dtmf=DtmfMode.INFO) as stage:
        leg, _ = await stage.answered()
        stage.switch.send_digits(leg.id, "5")
        info = await stage.hear("INFO")
        assert "Signal=5" in info.body.replace(" ", "")
        stage.operator.reply(info, 200)


async def test_keys_by_info_go_one_after_another_so_that_none_overtakes(
    shared_edge: RunningEdge, tmp_path: Path
) -> None:
    async with stage_of(shared_edge, tmp_path, dtmf=DtmfMode.INFO) as stage:
        leg, _ = await stage.answered()
        stage.switch.send_digits(leg.id, "0")
        stage.switch.send_digits(leg.id, "0*")
        for key, status in (("0", 200), ("0", 500), ("*", 200)):
            info = await stage.hear("INFO")
            assert f"Signal={key}" in info.body.replace(" ", "")
            assert await trio.to_thread.run_sync(partial(stage.operator.is_silent, 0.3)), "the next one waits"
            stage.operator.reply(info, status)


@pytest.mark.parametrize("mode", [DtmfMode.RFC4733, DtmfMode.AUTO, DtmfMode.INBAND])
async def test_keys_go_beside_the_sound_or_as_tones_in_it(
    shared_edge: RunningEdge, tmp_path: Path, mode: DtmfMode
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(8)
        async with stage_of(shared_edge, tmp_path, dtmf=mode) as stage:
            if mode is DtmfMode.INBAND:
                stage.switch.inband.accounts = frozenset({"line-op"})
            leg, _ = await stage.answered(ear.getsockname()[1])
            stage.switch.send_digits(leg.id, "5")
            heard = await trio.to_thread.run_sync(first_key, ear)
    assert heard == ("5", DtmfTransport.INBAND if mode is DtmfMode.INBAND else DtmfTransport.RFC4733)


def first_key(ear: socket.socket) -> tuple[str, DtmfTransport]:
    """The first key that packets of sound bring, and how."""
    stream, detector = RtpStream(1), DtmfDetector()
    while True:
        brought = stream.heard(ear.recv(2048), 101)
        if isinstance(brought, str):
            return brought, DtmfTransport.RFC4733
        for key in detector.hear(brought) if brought else ():
            return key, DtmfTransport.INBAND


async def test_keys_of_the_operator_are_heard_by_info(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with stage_of(shared_edge, tmp_path) as stage:
        leg, invite = await stage.answered()
        info = stage.operator.request(
            "INFO",
            invite.contact_uri,
            from_=f"{invite.need('To')};tag={stage.tag}",
            to=invite.need("From"),
            call_id=invite.need("Call-ID"),
            headers=[("Route", route) for route in invite.all("Record-Route")]
            + [("Content-Type", "application/dtmf-relay")],
            body="Signal=7\r\nDuration=160\r\n",
        )
        stage.operator.send(info)
        with trio.fail_after(5):
            fact = await leg.next_fact()
        assert fact == Digit("7", DtmfTransport.INFO)


async def test_what_an_operator_says_of_a_call_reaches_the_office(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with stage_of(shared_edge, tmp_path) as stage:
        headers = [
            ("P-Asserted-Identity", f'"Jānis" <sip:{CUSTOMER}@op.test>'),
            ("Diversion", "<sip:+37167111111@op.test>;reason=busy"),
            SDP_TYPE,
        ]
        sent = stage.operator.request("INVITE", f"sip:{TOKEN}@x", to=f"<sip:{OURS}@op.test>", headers=headers, body=SDP)
        stage.operator.send(sent)
        with trio.fail_after(5):
            while not stage.came:  # noqa: ASYNC110  # the desk has no event
                await trio.sleep(0.01)
        leg, said = stage.came[0]
        assert said == {
            "line": "op",
            "caller": CUSTOMER,
            "caller_name": "Jānis",
            "did": OURS,
            "redirected_from": "+37167111111",
            "hops": 1,
        }
        leg.hang_up(Cause.BUSY)
        busy = await trio.to_thread.run_sync(stage.operator.receive_final, 5)
        assert busy.status == 486
        stage.operator.send(ack(sent, busy))


async def test_an_operator_that_no_line_knows_is_refused(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with stage_of(shared_edge, tmp_path) as stage:
        assert stage.switch.lines.forget(stage.trunk)
        stage.operator.send(stage.operator.request("INVITE", f"sip:{OURS}@x", headers=[SDP_TYPE], body=SDP))
        refused = await trio.to_thread.run_sync(stage.operator.receive_final, 5)
        assert refused.status == 403
        assert not stage.came


async def test_a_line_that_was_rebuilt_stays_when_the_old_one_goes(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with stage_of(shared_edge, tmp_path) as stage:
        old = stage.trunk
        stage.trunk = msgspec.structs.replace(old, settings=msgspec.structs.replace(old.settings, channels=9))
        stage.switch.lines.serve(stage.trunk)
        assert not stage.switch.lines.forget(old)
        leg = stage.dial()
        stage.operator.reply(await stage.hear("INVITE"), 486)
        await happens(leg.gone)
        assert stage.switch.lines.forget(stage.trunk)
        assert stage.dial().cause is Cause.OUT_OF_ORDER
