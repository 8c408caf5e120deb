"""The usual house: phones on a network of their own, the engine on loopback, and the edge between the two."""

from typing import Literal

import pytest
import trio

from appliance.sip.edge.publisher import publisher
from tests.sip.running_edge import RunningEdge, StartEdge
from tests.sip.test_edge_calls import answered_call, dial, within
from tests.sip.test_edge_lamps import notified, subscribe
from tests.sip.wire import Wire, WirePhone, ack

pytestmark = pytest.mark.real

LAN = "127.0.0.2"
TRANSPORTS = pytest.mark.parametrize("transport", ["udp", "tcp"])


@pytest.fixture
def house(start_edge: StartEdge) -> RunningEdge:
    edge = start_edge(listen=(LAN,), flood_exempt=("127.0.0.3", "127.0.0.4"))
    edge.add("201", "secret")
    edge.add("202", "secret")
    return edge


def phone_at_home(house: RunningEdge, user: str, transport: Literal["udp", "tcp"]) -> WirePhone:
    return house.phone(user, "secret", transport, near=("127.0.0.3", 0))


@TRANSPORTS
def test_a_call_crosses_to_the_engine_and_back(house: RunningEdge, transport: Literal["udp", "tcp"]) -> None:
    phone, engine = phone_at_home(house, "201", transport), house.engine()
    arrived, answer = answered_call(house, phone, engine)
    assert arrived.get("X-Porter-Side") == LAN
    phone.wire.send(within(phone, "INFO", answer))
    engine.reply(engine.receive_request("INFO"), 200)
    assert phone.wire.receive_final().status == 200
    bye = engine.request(
        "BYE",
        arrived.contact_uri,
        from_=answer.need("To"),
        to=answer.need("From"),
        call_id=answer.need("Call-ID"),
        headers=[("Route", hop) for hop in arrived.all("Record-Route")],
    )
    engine.send(bye)
    phone.wire.reply(phone.wire.receive_request("BYE"), 200)
    assert engine.receive_final().status == 200


@TRANSPORTS
def test_the_engine_dials_across_and_the_phone_hangs_up(house: RunningEdge, transport: Literal["udp", "tcp"]) -> None:
    phone, engine = phone_at_home(house, "202", transport), house.engine()
    assert phone.register().status == 200
    (registration,) = house.rpc.contacts("202")
    assert (registration.side, registration.transport) == (LAN, transport)
    dial(engine, house, "202", registration.ruid)
    arrived = phone.wire.receive_request("INVITE")
    assert arrived.need("Via").startswith(f"SIP/2.0/{transport.upper()} {LAN}:")
    phone.wire.reply(arrived, 200, headers=[phone.contact])
    answer = engine.receive_final()
    engine.send(ack(arrived, answer, answer.contact_uri, reversed(answer.all("Record-Route"))))
    phone.wire.receive_request("ACK")
    bye = phone.wire.request(
        "BYE",
        arrived.contact_uri,
        from_=answer.need("To"),
        to=answer.need("From"),
        call_id=answer.need("Call-ID"),
        headers=[("Route", hop) for hop in arrived.all("Record-Route")],
    )
    phone.wire.send(bye)
    engine.reply(engine.receive_request("BYE"), 200)
    assert phone.wire.receive_final().status == 200


@TRANSPORTS
def test_dead_dialogs_end_across(house: RunningEdge, transport: Literal["udp", "tcp"]) -> None:
    phone, engine = phone_at_home(house, "201", transport), house.engine()
    answered_call(house, phone, engine)
    engine.socket.close()
    assert house.rpc.end_dialogs() == 1
    phone.wire.reply(phone.wire.receive_request("BYE"), 200)


@TRANSPORTS
async def test_lamps_light_across(house: RunningEdge, transport: Literal["udp", "tcp"]) -> None:
    phone = phone_at_home(house, "201", transport)
    assert subscribe(phone, "message-summary", "201").status == 200
    await notified(phone)
    async with publisher(house.settings) as lamps:
        lamps.set_mailbox("201", new=1, old=0)
        with trio.fail_after(5):
            assert "Messages-Waiting: yes" in (await notified(phone)).body


def test_loopback_is_no_way_in_for_phones_then(house: RunningEdge) -> None:
    """The engine's socket is UDP only."""
    with pytest.raises(ConnectionRefusedError):
        Wire(("127.0.0.1", house.settings.sip_port), "tcp")
