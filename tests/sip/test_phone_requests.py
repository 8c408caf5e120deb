"""What phones ask for in ways no phone of the shelf can be made to ask: written by hand, through a real edge."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
import trio

from appliance.calls.facts import Digit, DtmfTransport, TransferAsked
from appliance.calls.leg import Leg
from appliance.calls.names import Cause
from appliance.calls.ports import CallerShown
from tests.sip.running_edge import RunningEdge
from tests.sip.stages import PASSWORD, RealStage, dial, happens, real_stage
from tests.sip.wire import Headers, Message, WirePhone, ack, tag_of

pytestmark = pytest.mark.real

SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8 101\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
)
SDP_TYPE = ("Content-Type", "application/sdp")


@dataclass
class HandCall:
    """An answered call of a hand-written phone, with both sides of its dialog."""

    phone: WirePhone
    leg: Leg
    answer: Message
    cseq: int = 10
    early: list[Message] = field(default_factory=list)
    """Requests that overtook the reply to one of ours: the edge has several processes."""

    @property
    def call_id(self) -> str:
        return self.answer.need("Call-ID")

    @property
    def replaces(self) -> str:
        """How this dialog is named in a Replaces header that the engine receives."""
        tags = tag_of(self.answer.need("To")), tag_of(self.answer.need("From"))
        return f"{self.call_id};to-tag={tags[0]};from-tag={tags[1]}"

    async def ask(self, method: str, headers: Headers = (), body: str = "") -> int:
        """Send a request inside the dialog; the status it got."""
        self.cseq += 1
        routes = [("Route", hop) for hop in reversed(self.answer.all("Record-Route"))]
        request = self.phone.wire.request(
            method,
            self.answer.contact_uri,
            from_=self.answer.need("From"),
            to=self.answer.need("To"),
            call_id=self.call_id,
            cseq=self.cseq,
            headers=[*routes, *headers],
            body=body,
        )
        self.phone.wire.send(request)
        while (message := await trio.to_thread.run_sync(self.phone.wire.receive)).status < 200:
            if message.method:
                self.early.append(message)
        return message.status

    async def notified(self) -> tuple[str, str]:
        """The next NOTIFY: (subscription state, first line of the body)."""
        receive = self.phone.wire.receive_request
        notify = self.early.pop(0) if self.early else await trio.to_thread.run_sync(receive, "NOTIFY")
        self.phone.wire.reply(notify, 200)
        assert notify.need("Event").startswith("refer")
        assert notify.need("Content-Type").startswith("message/sipfrag")
        return notify.need("Subscription-State").split(";")[0], notify.body.split("\r\n")[0]


def phone_of(stage: RealStage, account: str) -> WirePhone:
    stage.edge.add(account, PASSWORD)
    stage.accounts.add(account)
    return stage.edge.phone(account, PASSWORD)


async def send_invite(phone: WirePhone, number: str, headers: Headers = ()) -> Message:
    """An authenticated INVITE on its way."""

    def send() -> Message:
        uri = f"sip:{number}@porter"
        given = [phone.contact, SDP_TYPE, *headers]
        first = phone.wire.request("INVITE", uri, from_=phone.from_, contact=False, headers=given, body=SDP)
        phone.wire.send(first)
        challenge = phone.wire.receive_final()
        phone.wire.send(ack(first, challenge))
        given.append(phone.credentials("INVITE", uri, challenge))
        call_id = first.need("Call-ID")
        again = phone.wire.request(
            "INVITE", uri, from_=phone.from_, call_id=call_id, cseq=2, contact=False, headers=given, body=SDP
        )
        phone.wire.send(again)
        return again

    return await trio.to_thread.run_sync(send)


async def answered(stage: RealStage, phone: WirePhone, number: str) -> HandCall:
    """A call of the phone, answered by the desk."""
    invite = await send_invite(phone, number)
    leg = (await stage.desk.next_call()).leg
    leg.answer()
    answer = await trio.to_thread.run_sync(phone.wire.receive_final)
    assert answer.status == 200
    phone.wire.send(ack(invite, answer, answer.contact_uri, reversed(answer.all("Record-Route"))))
    await happens(leg.answered)
    return HandCall(phone, leg, answer)


async def test_an_invite_with_replaces_names_the_leg_it_takes_over(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        first = await answered(stage, phone_of(stage, "201"), "300")
        await send_invite(phone_of(stage, "202"), "201", [("Require", "replaces"), ("Replaces", first.replaces)])
        came = await stage.desk.next_call()
        assert (came.account, came.replaces) == ("202", first.leg.id)
        assert not first.leg.is_gone


async def test_replaces_of_a_dialog_we_began_names_its_leg_too(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        phone = phone_of(stage, "201")
        await trio.to_thread.run_sync(phone.register)
        (leg,) = await dial(stage, "201")
        invite = await trio.to_thread.run_sync(phone.wire.receive_request, "INVITE")
        phone.wire.reply(invite, 180, tag="phone")
        await happens(leg.alerting)
        name = f"{invite.need('Call-ID')};to-tag={tag_of(invite.need('From'))};from-tag=phone"
        await send_invite(phone_of(stage, "202"), "201", [("Replaces", name)])
        assert (await stage.desk.next_call()).replaces == leg.id


async def test_replaces_of_a_dialog_nobody_knows_is_an_ordinary_call(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        await send_invite(phone_of(stage, "202"), "201", [("Replaces", "nothing;to-tag=1;from-tag=2")])
        came = await stage.desk.next_call()
        assert came.replaces is None


async def test_an_attended_transfer_names_the_phone_s_other_leg(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        phone = phone_of(stage, "201")
        first = await answered(stage, phone, "202")
        phone.from_tag = "second"
        second = await answered(stage, phone, "203")
        target = f"<sip:203@porter?Replaces={quote(second.replaces, safe='')}>"
        assert await first.ask("REFER", [("Refer-To", target), ("Referred-By", phone.from_)]) == 202
        assert await first.leg.next_fact() == TransferAsked(to="", replaces=second.leg.id)
        assert await first.notified() == ("active", "SIP/2.0 100 Trying")
        first.leg.report_transfer(200)
        assert await first.notified() == ("terminated", "SIP/2.0 200 OK")


async def test_a_transfer_to_a_dialog_nobody_knows_fails_at_once(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        call = await answered(stage, phone_of(stage, "201"), "202")
        target = f"<sip:203@porter?Replaces={quote('x;to-tag=1;from-tag=2', safe='')}>"
        assert await call.ask("REFER", [("Refer-To", target)]) == 202
        assert await call.notified() == ("active", "SIP/2.0 100 Trying")
        assert await call.notified() == ("terminated", "SIP/2.0 404 Not Found")


async def test_a_key_by_sip_info_is_a_digit(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        call = await answered(stage, phone_of(stage, "201"), "202")
        relay = ("Content-Type", "application/dtmf-relay")
        assert await call.ask("INFO", [relay], "Signal=5\r\nDuration=160\r\n") == 200
        assert await call.leg.next_fact() == Digit("5", DtmfTransport.INFO)
        assert await call.ask("INFO", [relay], "Signal= #\r\nDuration= 160\r\n") == 200
        assert await call.leg.next_fact() == Digit("#", DtmfTransport.INFO)
        for rubbish in ("", "Signal", "Signal=\r\n", "\xff" * 1000):
            assert await call.ask("INFO", [relay], rubbish) >= 200
        assert not call.leg.is_gone


async def test_a_phone_that_is_away_is_absent(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        phone = phone_of(stage, "201")
        await trio.to_thread.run_sync(phone.register)
        (contact,) = await stage.switch.contacts("201")
        await trio.to_thread.run_sync(phone.register, 0)
        leg = stage.desk.new_leg(stage.switch, "201", incoming=False)
        stage.switch.dial(leg, contact, CallerShown(number="300"))
        await happens(leg.gone)
        assert leg.cause is Cause.ABSENT


async def test_a_phone_is_asked_to_answer_by_itself(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        phone = phone_of(stage, "201")
        await trio.to_thread.run_sync(phone.register)
        (leg,) = await dial(stage, "201", CallerShown(number="202", answers_itself=True))
        invite = await trio.to_thread.run_sync(phone.wire.receive_request, "INVITE")
        assert "answer-after=0" in invite.need("Call-Info")
        assert "info=alert-autoanswer" in invite.need("Alert-Info")
        assert invite.need("Answer-Mode") == "Auto"
        phone.wire.reply(invite, 486)
        await happens(leg.gone)


async def test_a_dialled_phone_is_told_who_calls_and_how_to_ring(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        phone = phone_of(stage, "201")
        await trio.to_thread.run_sync(phone.register)
        shown = CallerShown(number="+37120000001", name='Jānis "J" O\\B', ring_tone="door")
        (leg,) = await dial(stage, "201", shown)
        invite = await trio.to_thread.run_sync(phone.wire.receive_request, "INVITE")
        assert invite.need("From").startswith('"Jānis \\"J\\" O\\\\B" <sip:+37120000001@porter>')
        assert "info=door" in invite.need("Alert-Info")
        assert not [name for name in invite.names if name.startswith("x-porter")]
        phone.wire.reply(invite, 486)
        await happens(leg.gone)
