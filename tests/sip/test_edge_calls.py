"""What reaches the engine from a phone, and how the engine reaches one registration of a phone."""

from typing import Literal

import pytest

from appliance.sip.edge.configuration import USUAL_PORT
from tests.ports import is_free
from tests.sip.running_edge import RunningEdge, StartEdge
from tests.sip.wire import Headers, Message, Wire, WirePhone, ack, fresh

pytestmark = pytest.mark.real

FORGED = (
    ("X-Porter-User", "100"),
    ("x-porter-side", "10.0.0.1"),
    ("X-Porter-Replaces", "abc;to-tag=1;from-tag=2"),
    ("P-Asserted-Identity", "<sip:100@porter>"),
    ("P-Preferred-Identity", "<sip:100@porter>"),
    ("Remote-Party-ID", "<sip:100@porter>;party=calling"),
    ("Diversion", "<sip:100@porter>"),
    ("History-Info", "<sip:100@porter>;index=1"),
    ("Route", "<sip:10.9.9.9;lr>"),
    ("Record-Route", "<sip:10.9.9.9;lr>"),
    ("Identity", "x"),
)


def invite(phone: WirePhone, uri: str = "sip:202@porter", headers: tuple[tuple[str, str], ...] = ()) -> Message:
    """An authenticated INVITE on its way to the engine; the phone has not yet read a reply to it."""
    first = phone.wire.request("INVITE", uri, from_=phone.from_, contact=False, headers=[phone.contact, *headers])
    phone.wire.send(first)
    challenge = phone.wire.receive_final()
    assert challenge.status == 407, challenge
    phone.wire.send(ack(first, challenge))
    again = phone.wire.request(
        "INVITE",
        uri,
        from_=phone.from_,
        call_id=first.need("Call-ID"),
        cseq=2,
        contact=False,
        headers=[phone.contact, *headers, phone.credentials("INVITE", uri, challenge)],
    )
    phone.wire.send(again)
    return again


def answered_call(edge: RunningEdge, phone: WirePhone, engine: Wire) -> tuple[Message, Message]:
    """A call phone → engine, answered and acknowledged: (the INVITE at the engine, the 200 at the phone)."""
    sent = invite(phone)
    arrived = engine.receive_request("INVITE")
    engine.reply(arrived, 200, headers=[("Contact", f"<{engine.own_uri('engine')}>")])
    answer = phone.wire.receive_final()
    assert answer.status == 200
    phone.wire.send(ack(sent, answer, answer.contact_uri, reversed(answer.all("Record-Route"))))
    engine.receive_request("ACK")
    return arrived, answer


def within(phone: WirePhone, method: str, answer: Message, cseq: int = 3, **more: object) -> Message:
    """A request of the phone inside the dialog that `answer` made."""
    headers = [*(("Route", hop) for hop in reversed(answer.all("Record-Route"))), *more.pop("headers", ())]  # type: ignore[misc]
    return phone.wire.request(
        method,
        answer.contact_uri,
        from_=answer.need("From"),
        to=answer.need("To"),
        call_id=answer.need("Call-ID"),
        cseq=cseq,
        headers=headers,
        **more,  # type: ignore[arg-type]
    )


def dial(
    engine: Wire, edge: RunningEdge, user: str, ruid: str | None, headers: Headers = (), body: str = ""
) -> Message:
    """Send what the engine sends to reach one registration."""
    named = [("X-Porter-Contact", ruid)] if ruid else []
    request = engine.request(
        "INVITE",
        f"sip:{user}@porter",
        from_="<sip:210@porter>",
        headers=[
            ("Route", f"<sip:127.0.0.1:{edge.settings.sip_port};lr>"),
            ("User-Agent", "PJSUA v2.17"),
            *named,
            *headers,
        ],
        body=body,
    )
    engine.send(request)
    return request


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_call_reaches_the_engine_with_who_calls_and_from_where(
    edge: RunningEdge, transport: Literal["udp", "tcp"]
) -> None:
    edge.add("201", "secret")
    phone, engine = edge.phone("201", "secret", transport), edge.engine()
    invite(phone, "sip:*97@127.0.0.1;maddr=10.1.1.1")
    arrived = engine.receive_request("INVITE")
    assert arrived.uri == "sip:*97@porter"
    assert arrived.get("X-Porter-User") == "201"
    assert arrived.get("X-Porter-Transport") == transport
    assert arrived.get("X-Porter-Side") == "127.0.0.1"
    assert arrived.get("X-Porter-Source") == phone.wire.hostport
    assert "proxy-authorization" not in arrived.names


def test_identities_a_phone_claims_never_reach_the_engine(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    phone, engine = edge.phone("201", "secret"), edge.engine()
    invite(phone, headers=FORGED)
    arrived = engine.receive_request("INVITE")
    print(arrived)
    assert arrived.all("X-Porter-User") == ["201"]
    assert arrived.all("X-Porter-Side") == ["127.0.0.1"]
    assert not arrived.names & {
        "x-porter-replaces",
        "p-asserted-identity",
        "p-preferred-identity",
        "remote-party-id",
        "diversion",
        "history-info",
        "identity",
        "route",
    }
    assert "10.9.9.9" not in str(arrived)


def test_identities_a_phone_claims_in_a_reply_never_reach_the_engine(edge: RunningEdge) -> None:
    edge.add("202", "secret")
    phone, engine = edge.phone("202", "secret"), edge.engine()
    phone.register()
    (registration,) = edge.rpc.contacts("202")
    dial(engine, edge, "202", registration.ruid)
    ringing = phone.wire.receive_request("INVITE")
    phone.wire.reply(ringing, 200, headers=[phone.contact, *[h for h in FORGED if h[0] != "Record-Route"]])
    answer = engine.receive_final()
    assert not [name for name in answer.names if name.startswith("x-porter")]
    assert not answer.names & {"p-asserted-identity", "remote-party-id", "diversion", "identity"}


def test_replaces_arrives_under_another_name_and_is_not_required(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    phone, engine = edge.phone("201", "secret"), edge.engine()
    value = "98asjd8@10.0.0.1;to-tag=7;from-tag=8"
    invite(phone, headers=(("Replaces", value), ("Require", "replaces"), ("Supported", "replaces, timer")))
    arrived = engine.receive_request("INVITE")
    print(arrived)
    assert arrived.all("X-Porter-Replaces") == [value]
    assert not arrived.names & {"replaces", "require"}
    assert arrived.get("Supported") == "replaces, timer"


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("replaces, 100rel", "100rel"),
        ("100rel,Replaces", "100rel"),
        ("a, replaces , b", "a, b"),
        ("100rel", "100rel"),
        ("noreplaces", "noreplaces"),
    ],
)
def test_other_required_extensions_stay_required(edge: RunningEdge, given: str, left: str) -> None:
    edge.add("201", "secret")
    phone, engine = edge.phone("201", "secret"), edge.engine()
    invite(phone, headers=(("Replaces", "a@b;to-tag=1;from-tag=2"), ("Require", given)))
    required = engine.receive_request("INVITE").need("Require")
    assert [token.strip() for token in required.split(",")] == [token.strip() for token in left.split(",")]


def test_refer_and_everything_else_in_a_dialog_is_relayed_as_it_is(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    phone, engine = edge.phone("201", "secret"), edge.engine()
    _, answer = answered_call(edge, phone, engine)
    target = "<sip:203@porter?Replaces=abc%3Bto-tag%3D1%3Bfrom-tag%3D2>"
    phone.wire.send(within(phone, "REFER", answer, headers=[("Refer-To", target), ("X-Porter-User", "100")]))
    refer = engine.receive_request("REFER")
    assert refer.get("Refer-To") == target
    assert "x-porter-user" not in refer.names
    assert "route" not in refer.names
    engine.reply(refer, 202)
    assert phone.wire.receive_final().status == 202


def test_the_engine_ends_a_call_it_was_given(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    for transport in ("udp", "tcp"):
        phone, engine = edge.phone("201", "secret", transport), edge.engine()
        arrived, answer = answered_call(edge, phone, engine)
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
        engine.socket.close()


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_one_registration_is_dialled_and_no_other(edge: RunningEdge, transport: Literal["udp", "tcp"]) -> None:
    edge.add("202", "secret")
    engine = edge.engine()
    wanted, other = edge.phone("202", "secret", transport), edge.phone("202", "secret")
    wanted.register()
    other.register()
    registration = next(r for r in edge.rpc.contacts("202") if r.contact == wanted.wire.own_uri("202"))
    assert registration.transport == transport
    dial(engine, edge, "202", registration.ruid)
    arrived = wanted.wire.receive_request("INVITE")
    assert arrived.uri == wanted.wire.own_uri("202")
    assert not [name for name in arrived.names if name.startswith("x-porter")]
    assert "user-agent" not in arrived.names
    wanted.wire.reply(arrived, 200, headers=[wanted.contact])
    answer = engine.receive_final()
    assert answer.status == 200
    engine.send(ack(arrived, answer, answer.contact_uri, answer.all("Record-Route")))
    wanted.wire.receive_request("ACK")
    wanted.wire.send(
        wanted.wire.request(
            "BYE",
            arrived.contact_uri,
            from_=answer.need("To"),
            to=answer.need("From"),
            call_id=answer.need("Call-ID"),
            headers=[("Route", hop) for hop in arrived.all("Record-Route")],
        )
    )
    engine.reply(engine.receive_request("BYE"), 200)
    assert wanted.wire.receive_final().status == 200
    assert other.wire.is_silent(0.2)


def test_a_phone_answers_where_the_edge_has_the_usual_port(start_edge: StartEdge) -> None:
    """Kamailio leaves that port out of its Record-Route, and every answer of a phone was dropped as a stranger's."""
    if not is_free(USUAL_PORT):
        pytest.skip(f"port {USUAL_PORT} is in use")
    edge = start_edge(sip_port=USUAL_PORT, flood_exempt=("127.0.0.1",))
    edge.add("202", "secret")
    phone, engine = edge.phone("202", "secret"), edge.engine()
    phone.register()
    (registration,) = edge.rpc.contacts("202")
    dial(engine, edge, "202", registration.ruid)
    phone.wire.reply(phone.wire.receive_request("INVITE"), 200, headers=[phone.contact])
    assert engine.receive_final().status == 200


def test_a_contact_behind_another_port_is_reached_where_its_registration_came_from(edge: RunningEdge) -> None:
    edge.add("202", "secret")
    phone, engine = edge.phone("202", "secret", "tcp"), edge.engine()
    phone.register(contact="<sip:202@192.0.2.7:4444;transport=tcp>")
    (registration,) = edge.rpc.contacts("202")
    dial(engine, edge, "202", registration.ruid)
    arrived = phone.wire.receive_request("INVITE")
    assert arrived.uri == "sip:202@192.0.2.7:4444;transport=tcp"
    phone.wire.reply(arrived, 200, headers=[("Contact", "<sip:202@192.0.2.7:4444;transport=tcp>")])
    answer = engine.receive_final()
    engine.send(ack(arrived, answer, answer.contact_uri, answer.all("Record-Route")))
    phone.wire.receive_request("ACK")


def test_a_registration_that_is_gone_is_said_to_be_gone(edge: RunningEdge) -> None:
    edge.add("202", "secret")
    phone, engine = edge.phone("202", "secret"), edge.engine()
    dial(engine, edge, "202", "uloc-1-2-3")
    assert engine.receive_final().status == 410
    phone.register()
    dial(engine, edge, "202", "uloc-1-2-3")
    assert engine.receive_final().status == 410
    dial(engine, edge, "202", None)
    assert engine.receive_final().status == 400
    assert phone.wire.is_silent(0.2)


def test_the_engine_is_trusted_at_its_port_only(edge: RunningEdge) -> None:
    edge.add("202", "secret")
    phone, stranger = edge.phone("202", "secret"), edge.wire()
    phone.register()
    (registration,) = edge.rpc.contacts("202")
    dial(stranger, edge, "202", registration.ruid)
    assert stranger.receive_final().status == 407
    assert phone.wire.is_silent(0.2)


def test_phones_hear_503_while_the_engine_is_away(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    phone = edge.phone("201", "secret")
    invite(phone)
    reply = phone.wire.receive_final(seconds=8)
    assert reply.status == 503
    assert reply.get("Retry-After") == "5"


def test_a_guessed_request_within_a_dialog_needs_a_password(edge: RunningEdge) -> None:
    engine, stranger = edge.engine(), edge.wire()
    for method in ("INVITE", "BYE", "INFO", "REFER", "NOTIFY", "MESSAGE", "UPDATE"):
        request = stranger.request(method, engine.own_uri(), to=f"<sip:202@porter>;tag={fresh('t')}")
        stranger.send(request)
        assert stranger.receive_final().status == 407, method
    assert engine.is_silent(0.2)


def test_a_stranger_in_somebody_elses_dialog_needs_a_password(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    phone, engine = edge.phone("201", "secret"), edge.engine()
    _, answer = answered_call(edge, phone, engine)
    stranger = WirePhone(edge.wire(near=("127.0.0.9", 0)), "201", "unknown")
    stranger.wire.send(within(stranger, "BYE", answer))
    assert stranger.wire.receive_final().status == 407
    assert engine.is_silent(0.2)


def test_a_route_to_elsewhere_is_not_followed(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    phone, engine, elsewhere = edge.phone("201", "secret"), edge.engine(), edge.wire()
    _, answer = answered_call(edge, phone, engine)
    bye = within(phone, "BYE", answer)
    spoiled = [*bye.headers]
    spoiled.insert(3, ("Route", f"<sip:{elsewhere.hostport};lr>"))
    phone.wire.send(Message(bye.start, tuple(spoiled)))
    assert phone.wire.receive_final().status == 403
    assert elsewhere.is_silent(0.2)


@pytest.mark.parametrize("spoil", ["Record-Route", "Contact"])
def test_a_reply_that_leads_elsewhere_is_not_followed(edge: RunningEdge, spoil: str) -> None:
    edge.add("202", "secret")
    phone, engine = edge.phone("202", "secret"), edge.engine()
    phone.register()
    (registration,) = edge.rpc.contacts("202")
    dial(engine, edge, "202", registration.ruid)
    ringing = phone.wire.receive_request("INVITE")
    contact = f"<sip:202@{phone.wire.hostport};transport=udp>"
    bad = {
        "Record-Route": [("Record-Route", "<sip:127.0.0.1:9;lr>"), ("Contact", contact)],
        "Contact": [("Contact", contact.replace(">", ";alias=10.9.9.9~5060~1>"))],
    }
    assert engine.receive().status == 100
    phone.wire.reply(ringing, 200, headers=bad[spoil])
    assert engine.is_silent(0.3)
    phone.wire.reply(ringing, 200, headers=[("Contact", contact)])
    assert engine.receive_final().status == 200


def test_a_phone_that_does_not_answer_is_given_up_soon(edge: RunningEdge) -> None:
    edge.add("202", "secret")
    phone, engine = edge.phone("202", "secret"), edge.engine()
    phone.register()
    (registration,) = edge.rpc.contacts("202")
    dial(engine, edge, "202", registration.ruid)
    assert engine.receive_final(seconds=8).status == 408


def test_a_reply_that_answers_nothing_goes_nowhere(edge: RunningEdge) -> None:
    engine, stranger = edge.engine(), edge.wire()
    via = f"SIP/2.0/UDP 127.0.0.1:{edge.settings.sip_port};branch=z9hG4bKx"
    second = f"SIP/2.0/UDP {engine.hostport};branch=z9hG4bKy"
    request = stranger.request("INVITE", "sip:1@porter")
    kept = [(name, value) for name, value in request.headers if name not in ("Via", "Max-Forwards")]
    stranger.send(Message("SIP/2.0 200 OK", (("Via", via), ("Via", second), *kept)))
    assert engine.is_silent(0.3)


@pytest.mark.parametrize(
    ("right", "spoiled"),
    [
        ("Max-Forwards: 70", "X-Porter-User: 1\r\n 00\r\nMax-Forwards: 70"),
        ("Max-Forwards: 70", "X-Porter-User : 100\r\nMax-Forwards: 70"),
        ("Max-Forwards: 70", "Max-Forwards: 70\nX-Porter-User: 100"),
        ("To: ", "From: <sip:100@porter>;tag=1\r\nTo: "),
        ("To: ", "f: <sip:100@porter>;tag=1\r\nTo: "),
        ("To: ", "t: <sip:100@porter>\r\nTo: "),
        ("CSeq: ", "CSeq: 9 BYE\r\nCSeq: "),
        ("Content-Length: 0", "Content-Length: 0\r\nl: 5"),
        ("Content-Length: 0", "Content-Length: 10"),
        ("Contact: ", "Contact: <sip:100@10.1.1.1>\r\nm: "),
        (";transport=udp>", ";transport=udp;alias=10.9.9.9~5060~1>"),
        ("Call-ID: ", "i: another\r\nCall-ID: "),
    ],
)
def test_what_could_be_read_two_ways_is_refused(edge: RunningEdge, right: str, spoiled: str) -> None:
    edge.add("201", "secret")
    phone, engine = edge.phone("201", "secret"), edge.engine()
    contact = ("Contact", f"<sip:201@{phone.wire.hostport};transport=udp>")
    request = phone.wire.request("INVITE", "sip:202@porter", from_=phone.from_, contact=False, headers=[contact])
    assert right in str(request)
    phone.wire.send(str(request).replace(right, spoiled, 1))
    # Kamailio cannot even answer some of these, so the answer to a later request shows that it is done with them.
    phone.wire.send(phone.wire.request("OPTIONS", "sip:porter"))
    while "OPTIONS" not in (reply := phone.wire.receive_final()).need("CSeq"):
        assert reply.status == 400
    assert engine.is_silent(0.1)


def test_a_call_too_many_hears_503_and_when_to_try_again(edge: RunningEdge) -> None:
    # Kamailio would say 500 for it (RFC 3261 16.7), and phones would take the whole system for broken.
    edge.add("201", "secret")
    phone, engine = edge.phone("201", "secret"), edge.engine()
    invite(phone)
    engine.reply(engine.receive_request("INVITE"), 503, headers=[("Retry-After", "7")])
    refused = phone.wire.receive_final()
    assert refused.status == 503
    assert refused.need("Retry-After") == "7"
