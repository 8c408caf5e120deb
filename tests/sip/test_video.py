"""A door station's video reaches the phone that takes its call: what each side is told, through a real edge."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
import trio

from appliance.calls.leg import Leg
from appliance.calls.names import Party, PartyKind
from appliance.calls.ports import CallerShown
from appliance.sip.video import answered_with, body_of, offered_with, video_of
from tests.sip.running_edge import RunningEdge
from tests.sip.stages import RealStage, happens, real_stage
from tests.sip.test_phone_requests import phone_of
from tests.sip.wire import Message, WirePhone, ack

SOUND = "m=audio 30000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
H264 = "a=rtpmap:99 H264/90000\r\na=fmtp:99 profile-level-id=42801F;packetization-mode=1\r\n"
HEAD = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
STATION_VIDEO = f"m=video 30002 RTP/AVP 99\r\n{H264}a=sendonly\r\n"
PHONE_VIDEO = f"m=video 40002 RTP/AVP 99\r\nc=IN IP4 127.0.0.2\r\n{H264}a=recvonly\r\n"
SDP_TYPE = ("Content-Type", "application/sdp")


def test_the_first_video_that_is_not_refused_is_found_with_its_address() -> None:
    assert video_of(HEAD + SOUND + STATION_VIDEO) == STATION_VIDEO.replace("a=rtpmap", "c=IN IP4 127.0.0.1\r\na=rtpmap")
    assert video_of(HEAD + PHONE_VIDEO + SOUND) == PHONE_VIDEO
    assert video_of(HEAD + SOUND) == video_of("") == video_of("m=video 0 RTP/AVP 99\r\n") == ""
    assert video_of((HEAD + SOUND + STATION_VIDEO).replace("m=video 30002", "m=video 0")) == ""
    assert video_of("v=0\r\nm=video 5 RTP/AVP 99\r\n") == "", "nobody knows where to"
    assert body_of("SIP/2.0 200 OK\r\nA: b\r\n\r\nv=0\r\n") == "v=0\r\n" and body_of("SIP/2.0 180 Ringing") == ""


def test_an_answer_keeps_the_order_of_the_streams_that_were_offered() -> None:
    refused = HEAD + "m=video 0 RTP/AVP 99\r\n" + SOUND
    assert answered_with(refused, PHONE_VIDEO) == HEAD + PHONE_VIDEO + SOUND
    assert answered_with(HEAD + SOUND, PHONE_VIDEO) == HEAD + SOUND, "nobody offered any"
    assert answered_with(refused, "") == refused
    assert offered_with(HEAD + SOUND, PHONE_VIDEO) == HEAD + SOUND + PHONE_VIDEO
    assert offered_with(HEAD + SOUND, "") == HEAD + SOUND


def call(phone: WirePhone, sdp: str) -> Message:
    """A station calls; its INVITE, answered by nothing final yet."""
    ask = partial(phone.wire.request, "INVITE", "sip:1@porter", from_=phone.from_, contact=False, body=sdp)
    first = ask(headers=[phone.contact, SDP_TYPE])
    phone.wire.send(first)
    challenge = phone.wire.receive_final()
    phone.wire.send(ack(first, challenge))
    login = phone.credentials("INVITE", "sip:1@porter", challenge)
    again = ask(call_id=first.need("Call-ID"), cseq=2, headers=[phone.contact, SDP_TYPE, login])
    phone.wire.send(again)
    return again


class DoorCall:
    """The call of a door, as far as the switch looks at it."""

    def __init__(self, principal: Leg) -> None:
        self.principal = principal

    def leg_left(self, _: Leg) -> None:
        """Nobody minds."""


async def take_door_call(stage: RealStage, phone_says: str, offer: str = HEAD + SOUND + STATION_VIDEO) -> Taken:
    """A station calls, a phone takes its call: the INVITE the phone got, and the answer the station got."""
    panel, anna = phone_of(stage, "201"), phone_of(stage, "202")
    await trio.to_thread.run_sync(panel.register)
    await trio.to_thread.run_sync(anna.register)
    await trio.to_thread.run_sync(call, panel, offer)
    station = (await stage.desk.next_call()).leg
    station.party = Party(kind=PartyKind.DOOR, number="front")
    station.ring()
    leg = stage.desk.new_leg(stage.switch, "202", incoming=False)
    leg.call = station.call = DoorCall(station)  # type: ignore[assignment]
    (contact,) = await stage.switch.contacts("202")
    stage.switch.dial(leg, contact, CallerShown(number="front", name="Front door", ring_tone="door"))
    invite = await trio.to_thread.run_sync(anna.wire.receive_request, "INVITE")
    contact_line = ("Contact", f"<{anna.wire.own_uri('202')}>")
    anna.wire.reply(invite, 200, headers=[contact_line, SDP_TYPE], body=phone_says)
    await happens(leg.answered)
    station.answer()
    answer = await trio.to_thread.run_sync(panel.wire.receive_final)
    for one in (leg, station):
        is_heard = trio.Event()
        stage.sound.wires.when_up(one.id, is_heard.set)
        await happens(is_heard)
    return Taken(invite, answer, leg)


class Taken(NamedTuple):
    """Both ends of it, whose sound is on the bridge."""

    invite: Message
    answer: Message
    leg: Leg


@pytest.mark.real
async def test_a_phone_that_can_see_gets_the_stations_video_and_the_station_sends_it_there(
    shared_edge: RunningEdge, tmp_path: Path
) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        taken = await take_door_call(stage, HEAD + SOUND + PHONE_VIDEO)
        assert taken.invite.body.count("m=audio") == 1, "the sound goes through the office"
        assert video_of(taken.invite.body) == video_of(HEAD + SOUND + STATION_VIDEO)
        assert taken.answer.status == 200
        assert video_of(taken.answer.body) == PHONE_VIDEO
        assert "m=audio 30000" not in taken.answer.body and "m=audio 40" not in taken.answer.body
        assert not taken.leg.is_gone
        taken.leg.hang_up()


@pytest.mark.real
@pytest.mark.parametrize("refusal", ["", "m=video 0 RTP/AVP 99\r\n"])
async def test_a_phone_that_cannot_see_is_heard_all_the_same(
    shared_edge: RunningEdge, tmp_path: Path, refusal: str
) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        taken = await take_door_call(stage, HEAD + SOUND + refusal)
        assert taken.answer.status == 200 and "m=video 0" in taken.answer.body
        assert "m=audio" in taken.answer.body
        taken.leg.hang_up()


@pytest.mark.real
async def test_a_station_without_a_camera_offers_no_video(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        taken = await take_door_call(stage, HEAD + SOUND, HEAD + SOUND)
        assert "m=video" not in taken.invite.body and "m=video" not in taken.answer.body
        taken.leg.hang_up()
