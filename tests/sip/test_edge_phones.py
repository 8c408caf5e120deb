"""The edge with phones from Debian's shelf: baresip and sipsak."""

import subprocess
from pathlib import Path
from typing import Literal

import pytest
import trio

from appliance.sip.edge.publisher import publisher
from tests.sip.phones import baresip, poll
from tests.sip.running_edge import RunningEdge, StartEdge
from tests.sip.test_edge_calls import dial
from tests.sip.wire import Wire, ack

pytestmark = pytest.mark.real

TRANSPORTS = pytest.mark.parametrize("transport", ["udp", "tcp"])
OFFER = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 9 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
)
SDP = ("Content-Type", "application/sdp")


async def answer_call(engine: Wire) -> None:
    """Be the engine for one call from a phone: answer it and wait for the ACK."""
    invite = await trio.to_thread.run_sync(engine.receive_request, "INVITE")
    engine.reply(invite, 200, headers=[("Contact", f"<{engine.own_uri('engine')}>"), SDP], body=OFFER)
    await trio.to_thread.run_sync(engine.receive_request, "ACK")


@TRANSPORTS
async def test_baresip_registers_calls_and_is_hung_up_when_the_engine_comes_back(
    edge: RunningEdge, tmp_path: Path, transport: Literal["udp", "tcp"]
) -> None:
    edge.add("201", "secret")
    engine = edge.engine()
    async with baresip(tmp_path, "201", "secret", edge.settings.sip_port, transport=transport) as phone:
        await phone.registered()
        (registration,) = edge.rpc.contacts("201")
        assert registration.transport == transport
        assert "baresip" in registration.user_agent
        await phone.dial("202")
        await answer_call(engine)
        await phone.until("CALL_ESTABLISHED")
        engine.socket.close()
        assert await trio.to_thread.run_sync(edge.rpc.end_dialogs) == 1
        await phone.until("CALL_CLOSED")


@TRANSPORTS
async def test_baresip_is_dialled_and_hung_up_when_the_engine_comes_back(
    edge: RunningEdge, tmp_path: Path, transport: Literal["udp", "tcp"]
) -> None:
    edge.add("202", "secret")
    engine = edge.engine()
    async with baresip(tmp_path, "202", "secret", edge.settings.sip_port, transport=transport, answers="auto") as phone:
        await phone.registered()
        (registration,) = edge.rpc.contacts("202")
        request = dial(engine, edge, "202", registration.ruid, headers=[SDP], body=OFFER)
        answer = await trio.to_thread.run_sync(engine.receive_final)
        assert answer.status == 200
        engine.send(ack(request, answer, answer.contact_uri, answer.all("Record-Route")))
        await phone.until("CALL_ESTABLISHED")
        engine.socket.close()
        assert await trio.to_thread.run_sync(edge.rpc.end_dialogs) == 1
        await phone.until("CALL_CLOSED")


@TRANSPORTS
async def test_the_message_lamp_of_baresip_lights_and_goes_out(
    edge: RunningEdge, tmp_path: Path, transport: Literal["udp", "tcp"]
) -> None:
    edge.add("201", "secret")
    port = edge.settings.sip_port
    async with (
        publisher(edge.settings) as lamps,
        baresip(tmp_path, "201", "secret", port, transport=transport, apps=["mwi"]) as phone,
    ):
        await phone.registered()
        lamps.set_mailbox("201", new=1, old=0)
        while "Messages-Waiting: yes" not in str(await phone.until("MWI_NOTIFY", 30)):
            pass
        lamps.set_mailbox("201", new=0, old=1)
        while "Messages-Waiting: no" not in str(await phone.until("MWI_NOTIFY")):
            pass


async def test_baresip_with_a_wrong_password_is_refused_and_does_not_hammer(
    start_edge: StartEdge, tmp_path: Path
) -> None:
    edge = start_edge()
    edge.add("201", "secret")
    async with baresip(tmp_path, "201", "wrong", edge.settings.sip_port) as phone:
        await poll(lambda: "403 Forbidden" in phone.log(), "a refusal in the phone's log")
        with trio.move_on_after(3):
            await phone.until("REGISTER_FAIL", 5)
        assert phone.log().count("403 Forbidden") < 5
    assert edge.rpc.contacts("201") == ()


def test_sipsak_gets_an_answer_and_no_version(edge: RunningEdge) -> None:
    uri = f"sip:porter@127.0.0.1:{edge.settings.sip_port}"
    command = ["sipsak", "-vv", "-H", "127.0.0.1", "-s", uri]
    said = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout
    assert "SIP/2.0 200 OK" in said
    assert "kamailio" not in said.lower()
