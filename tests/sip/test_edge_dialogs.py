"""After a crash of the controller: the calls of its last run are ended at the phones."""

import sqlite3
import time
from contextlib import closing
from typing import Literal

import pytest

from tests.sip.running_edge import RunningEdge
from tests.sip.test_edge_calls import answered_call, dial, invite
from tests.sip.wire import Wire, WirePhone, ack

pytestmark = pytest.mark.real


def dialled_and_answered(edge: RunningEdge, engine: Wire, phone: WirePhone) -> None:
    """A call engine → phone, answered and acknowledged."""
    phone.register()
    registration = next(r for r in edge.rpc.contacts(phone.user) if r.contact == phone.wire.own_uri(phone.user))
    dial(engine, edge, phone.user, registration.ruid)
    arrived = phone.wire.receive_request("INVITE")
    phone.wire.reply(arrived, 200, headers=[phone.contact])
    answer = engine.receive_final()
    engine.send(ack(arrived, answer, answer.contact_uri, answer.all("Record-Route")))
    phone.wire.receive_request("ACK")


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_both_kinds_of_answered_calls_end_at_the_phone(edge: RunningEdge, transport: Literal["udp", "tcp"]) -> None:
    edge.add("201", "secret")
    edge.add("202", "secret")
    caller, called, engine = (
        edge.phone("201", "secret", transport),
        edge.phone("202", "secret", transport),
        edge.engine(),
    )
    answered_call(edge, caller, engine)
    dialled_and_answered(edge, engine, called)
    engine.socket.close()  # the controller dies; nobody is at its port

    assert edge.rpc.end_dialogs() == 2
    for phone in (caller, called):
        bye = phone.wire.receive_request("BYE")
        assert bye.uri == phone.wire.own_uri(phone.user)
        phone.wire.reply(bye, 200)


def test_ringing_calls_end_on_both_sides(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    edge.add("202", "secret")
    caller, called, engine = edge.phone("201", "secret"), edge.phone("202", "secret"), edge.engine()
    invite(caller)
    engine.reply(engine.receive_request("INVITE"), 180)
    called.register()
    (registration,) = edge.rpc.contacts("202")
    dial(engine, edge, "202", registration.ruid)
    ringing = called.wire.receive_request("INVITE")
    called.wire.reply(ringing, 180)
    engine.receive_request("")
    engine.socket.close()

    assert edge.rpc.end_dialogs() == 2
    called.wire.reply(called.wire.receive_request("CANCEL"), 200)
    assert caller.wire.receive_final().status == 503


def test_answered_calls_end_even_when_the_edge_died_too(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    phone, engine = edge.phone("201", "secret", "udp"), edge.engine()
    answered_call(edge, phone, engine)
    engine.socket.close()
    deadline = time.monotonic() + 10
    with closing(sqlite3.connect(edge.settings.dialogs_db)) as database:
        while not database.execute("SELECT 1 FROM dialog WHERE state = 4").fetchone():
            assert time.monotonic() < deadline
    edge.kill_kamailio()
    edge.start()
    assert edge.rpc.end_dialogs() == 1
    assert phone.wire.receive_request("BYE").uri == phone.wire.own_uri("201")


def test_nothing_to_end_is_fine(edge: RunningEdge) -> None:
    assert edge.rpc.end_dialogs() == 0


def test_more_calls_than_one_answer_can_list_are_all_ended(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    phone, engine = edge.phone("201", "secret"), edge.engine()
    for _ in range(150):
        answered_call(edge, phone, engine)
    engine.socket.close()
    assert edge.rpc.end_dialogs() == 150
