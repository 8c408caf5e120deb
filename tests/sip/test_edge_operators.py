"""What the edge lets operators do that phones and strangers may not, and what it lets nobody do."""

from __future__ import annotations

import pytest
import trio

from appliance.sip.edge.operators import ANSWERS, CALLS, KnownOperators
from appliance.sip.edge.rpc import EdgeRpc
from tests.sip.running_edge import RunningEdge, StartEdge
from tests.sip.test_edge_calls import invite
from tests.sip.wire import Message, Wire, ack

pytestmark = pytest.mark.real

CUSTOMER, OURS = "+37129999999", "+37160000000"
IDENTITY = (
    ("P-Asserted-Identity", f"<sip:{CUSTOMER}@op.test>"),
    ("Remote-Party-ID", f"<sip:{CUSTOMER}@op.test>"),
    ("Diversion", "<sip:+37167111111@op.test>;reason=busy"),
    ("History-Info", "<sip:+37167111111@op.test>;index=1"),
    ("P-Called-Party-ID", f"<sip:{OURS}@op.test>"),
    ("Privacy", "none"),
    ("Porter-Hops", "2"),
)
FORGED = (("X-Porter-User", "201"), ("X-Porter-Operator", "10.0.0.1:5060"), ("X-Porter-Next", "sip:10.0.0.1"))


def operator_of(edge: RunningEdge, right: str = "calls") -> Wire:
    """An operator's server, which the edge knows by its address and port."""
    wire = edge.wire()
    edge.rpc.put_operator(wire.hostport, right)
    return wire


def calls(operator: Wire, uri: str = f"sip:{OURS}@porter", headers: tuple[tuple[str, str], ...] = ()) -> Message:
    sent = operator.request("INVITE", uri, from_=f"<sip:{CUSTOMER}@op.test>", headers=headers)
    operator.send(sent)
    return sent


def test_an_operator_calls_without_a_password_and_its_identities_arrive(edge: RunningEdge) -> None:
    operator, engine = operator_of(edge), edge.engine()
    calls(operator, headers=(*IDENTITY, *FORGED, ("Authorization", "Digest x"), ("Route-Set", "x")))
    arrived = engine.receive_request("INVITE")
    assert arrived.uri == f"sip:{OURS}@porter"
    for name, value in IDENTITY:
        assert arrived.all(name) == [value], name
    assert arrived.all("X-Porter-Operator") == [operator.hostport]
    assert arrived.get("X-Porter-User") is None and arrived.get("X-Porter-Next") is None
    assert arrived.get("Authorization") is None


def test_a_call_of_an_operator_goes_on_both_ways_over_our_own_address(edge: RunningEdge) -> None:
    operator, engine = operator_of(edge), edge.engine()
    sent = calls(operator, headers=(("Record-Route", f"<sip:{operator.hostport};lr>"),))
    arrived = engine.receive_request("INVITE")
    engine.reply(arrived, 200, headers=[("Contact", f"<{engine.own_uri('engine')}>")])
    answer = operator.receive_final()
    assert answer.contact_uri == f"sip:porter@127.0.0.1:{edge.settings.sip_port}", "never the engine's"
    operator.send(ack(sent, answer, answer.contact_uri, reversed(answer.all("Record-Route")[:-1])))
    assert engine.receive_request("ACK").need("CSeq") == "1 ACK"
    bye = engine.request(
        "BYE",
        arrived.contact_uri,
        from_=answer.need("To"),
        to=sent.need("From"),
        call_id=sent.need("Call-ID"),
        headers=[("Route", route) for route in arrived.all("Record-Route")],
        contact=False,
    )
    engine.send(bye)
    ended = operator.receive_request("BYE")
    operator.reply(ended, 200)
    assert engine.receive_final().status == 200


def test_what_an_operator_names_as_way_back_never_leads_into_this_machine(edge: RunningEdge) -> None:
    """A Contact that is a name is where the call came from; nobody looks the name up."""
    operator, engine = operator_of(edge), edge.engine()
    sent = operator.request("INVITE", f"sip:{OURS}@porter", contact=False, headers=[("Contact", "<sip:x@op.invalid>")])
    operator.send(sent)
    arrived = engine.receive_request("INVITE")
    engine.reply(arrived, 200, headers=[("Contact", f"<{engine.own_uri('engine')}>")])
    answer = operator.receive_final()
    bye = engine.request(
        "BYE",
        arrived.contact_uri,
        from_=answer.need("To"),
        to=sent.need("From"),
        call_id=sent.need("Call-ID"),
        headers=[("Route", route) for route in arrived.all("Record-Route")],
        contact=False,
    )
    engine.send(bye)
    assert operator.receive_request("BYE").uri.startswith("sip:x@op.invalid")


def test_from_another_port_or_for_answers_only_nobody_calls_without_a_password(edge: RunningEdge) -> None:
    operator_of(edge)
    engine = edge.engine()
    for stranger in (edge.wire(), operator_of(edge, "answers")):
        calls(stranger, headers=IDENTITY)
        assert stranger.receive_final().status == 407
        calls(stranger, uri="sip:line-op-0123456789abcdef@porter")
        assert stranger.receive_final().status == 403
    assert engine.is_silent(0.2)


def test_a_gateway_that_registers_here_shows_who_calls_but_only_with_its_password(edge: RunningEdge) -> None:
    edge.add("line-analog", "a-long-enough-password")
    edge.add("201", "secret")
    engine = edge.engine()
    gateway, phone = edge.phone("line-analog", "a-long-enough-password"), edge.phone("201", "secret")
    invite(gateway, "sip:line-analog@porter", headers=(IDENTITY[0],))
    arrived = engine.receive_request("INVITE")
    assert (arrived.get("X-Porter-User"), arrived.get("P-Asserted-Identity")) == ("line-analog", IDENTITY[0][1])
    invite(phone, headers=(IDENTITY[0],))
    assert engine.receive_request("INVITE").get("P-Asserted-Identity") is None
    liar = edge.phone("line-analog", "another-password-xx")
    sent = liar.ask("INVITE", "sip:line-analog@porter")
    assert sent.status == 403


def test_a_number_is_dialled_at_the_one_contact_of_a_gateway(edge: RunningEdge) -> None:
    edge.add("line-analog", "secret")
    gateway, engine = edge.phone("line-analog", "secret"), edge.engine()
    assert gateway.register().status == 200
    (contact,) = edge.rpc.contacts("line-analog")
    headers = [("X-Porter-Contact", contact.ruid), ("X-Porter-Dial", "29999999")]
    engine.send(engine.request("INVITE", "sip:line-analog@porter", headers=headers))
    dialled = gateway.wire.receive_request("INVITE")
    assert dialled.uri.startswith("sip:29999999@")
    assert dialled.get("X-Porter-Dial") is None


def test_the_engine_dials_an_operator_from_our_own_address(edge: RunningEdge) -> None:
    operator, engine = operator_of(edge), edge.engine()
    port = edge.settings.sip_port
    headers = [
        ("X-Porter-Next", f"sip:{operator.hostport};transport=udp"),
        ("X-Porter-From", f"udp:127.0.0.1:{port}"),
        ("X-Porter-Ours", f"line-op-0@127.0.0.1:{port}"),
        ("P-Asserted-Identity", f"<sip:{OURS}@op.test>"),
    ]
    engine.send(engine.request("INVITE", f"sip:{CUSTOMER}@op.test", headers=headers))
    dialled = operator.receive_request("INVITE")
    assert (dialled.uri, dialled.contact_uri) == (f"sip:{CUSTOMER}@op.test", f"sip:line-op-0@127.0.0.1:{port}")
    assert dialled.get("P-Asserted-Identity") is not None
    assert not {name for name in dialled.names if name.startswith("x-porter")}
    operator.reply(dialled, 407, headers=[("Proxy-Authenticate", 'Digest realm="op", nonce="n"')])
    assert engine.receive_final().get("Proxy-Authenticate") == 'Digest realm="op", nonce="n"'


def test_an_overloaded_operator_is_heard_as_such(edge: RunningEdge) -> None:
    operator, engine = operator_of(edge), edge.engine()
    headers = [
        ("X-Porter-Next", f"sip:{operator.hostport}"),
        ("X-Porter-From", f"udp:127.0.0.1:{edge.settings.sip_port}"),
    ]
    engine.send(engine.request("INVITE", f"sip:{CUSTOMER}@op.test", headers=headers))
    operator.reply(operator.receive_request("INVITE"), 503)
    assert engine.receive_final().status == 503


def test_phones_cannot_send_where_the_engine_can(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    phone, engine, elsewhere = edge.phone("201", "secret"), edge.engine(), edge.wire()
    invite(phone, headers=(("X-Porter-Next", f"sip:{elsewhere.hostport}"),))
    assert engine.receive_request("INVITE").get("X-Porter-Next") is None
    assert elsewhere.is_silent(0.2)


def test_the_limit_against_floods_holds_for_an_operators_address_too(start_edge: StartEdge) -> None:
    edge = start_edge(flood_requests=20)
    operator, engine = operator_of(edge), edge.engine()
    for _ in range(100):
        operator.send(operator.request("OPTIONS", "sip:porter"))
    calls(operator)
    assert engine.is_silent(1)


async def test_an_edge_that_starts_anew_knows_the_operators_again(start_edge: StartEdge) -> None:
    edge = start_edge()
    rpc = EdgeRpc(edge.settings.rpc_socket)
    known = KnownOperators(rpc)
    await known.admit("op", {"192.0.2.1": CALLS, "192.0.2.2": CALLS})
    await known.admit("gateway", {"192.0.2.2": ANSWERS, "192.0.2.3": ANSWERS})
    expected = {"192.0.2.1": CALLS, "192.0.2.2": CALLS, "192.0.2.3": ANSWERS}
    assert await rpc.operators() == expected
    async with trio.open_nursery() as nursery:
        nursery.start_soon(known.run)
        await trio.to_thread.run_sync(edge.stop)
        await known.forget("gateway")
        await trio.to_thread.run_sync(edge.start)
        with trio.fail_after(5):
            while not await rpc.operators():  # noqa: ASYNC110  # the edge has no event for it
                await trio.sleep(0.1)
            await trio.sleep(0.2)
        nursery.cancel_scope.cancel()
    assert await rpc.operators() == {"192.0.2.1": CALLS, "192.0.2.2": CALLS}
