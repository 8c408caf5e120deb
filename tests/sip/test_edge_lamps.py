"""BLF and message-waiting lamps: published by the controller's side, shown by phones."""

import sqlite3
from contextlib import closing
from typing import Literal
from xml.etree import ElementTree

import pytest
import trio

from appliance.sip.edge.accounts import ha1, write_accounts
from appliance.sip.edge.publisher import publisher
from appliance.sip.edge.publishing import DialogState, Direction, WatchedDialog
from tests.sip.running_edge import RunningEdge
from tests.sip.wire import Message, WirePhone

pytestmark = pytest.mark.real

RINGING = WatchedDialog("a1", DialogState.EARLY, Direction.RECIPIENT, "203", "Anna")
TALKING = WatchedDialog("a2", DialogState.CONFIRMED, Direction.INITIATOR, "204")


def subscribe(phone: WirePhone, event: str, user: str) -> Message:
    accept = "application/dialog-info+xml" if event == "dialog" else "application/simple-message-summary"
    headers = [("Event", event), ("Expires", "300"), ("Accept", accept)]
    return phone.ask("SUBSCRIBE", f"sip:{user}@127.0.0.1", headers=headers)


async def notified(phone: WirePhone) -> Message:
    """The next NOTIFY, answered."""
    notify = await trio.to_thread.run_sync(phone.wire.receive_request, "NOTIFY")
    phone.wire.reply(notify, 200)
    return notify


async def shown_states(phone: WirePhone) -> list[str]:
    root = ElementTree.fromstring((await notified(phone)).body)
    return [element.text or "" for element in root.iter() if element.tag.endswith("}state")]


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_busy_lamp_follows_the_calls_of_the_watched_extension(
    edge: RunningEdge, transport: Literal["udp", "tcp"]
) -> None:
    edge.add("201", "secret")
    phone = edge.phone("201", "secret", transport)
    assert subscribe(phone, "dialog", "202").status == 200
    await notified(phone)
    async with publisher(edge.settings) as lamps:
        lamps.set_dialogs("202", [RINGING])
        assert await shown_states(phone) == ["early"]
        lamps.set_dialogs("202", [RINGING, TALKING])
        assert sorted(await shown_states(phone)) == ["confirmed", "early"]
        lamps.set_dialogs("202", [])
        assert await shown_states(phone) == ["terminated"]


async def test_a_new_watcher_is_told_how_things_stand(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    early = edge.phone("201", "secret")
    subscribe(early, "dialog", "202")
    await notified(early)
    async with publisher(edge.settings) as lamps:
        lamps.set_dialogs("202", [TALKING])
        await notified(early)
        late = edge.phone("201", "secret")
        subscribe(late, "dialog", "202")
        assert await shown_states(late) == ["confirmed"]


async def test_the_letter_box_lamp_of_ones_own_and_of_nobody_else(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    phone = edge.phone("201", "secret")
    assert subscribe(phone, "message-summary", "202").status == 403
    assert subscribe(phone, "message-summary", "201").status == 200
    await notified(phone)
    async with publisher(edge.settings) as lamps:
        lamps.set_mailbox("201", new=2, old=1)
        body = (await notified(phone)).body
        assert "Messages-Waiting: yes" in body
        assert "Voice-Message: 2/1" in body


async def test_lamps_are_right_again_after_the_edge_was_killed(edge: RunningEdge) -> None:
    realm = edge.settings.realm
    write_accounts(edge.settings.accounts_db, realm, {"201": ha1("201", realm, "secret")})
    edge.rpc.reload_accounts()
    phone = edge.phone("201", "secret")
    async with publisher(edge.settings) as lamps:
        lamps.set_dialogs("202", [RINGING])
        assert subscribe(phone, "dialog", "202").status == 200
        while await shown_states(phone) != ["early"]:
            pass
        await _subscription_saved(edge)
        await trio.to_thread.run_sync(edge.kill_kamailio)
        lamps.set_dialogs("202", [TALKING])
        await trio.to_thread.run_sync(edge.start)
        with trio.fail_after(15):
            while await shown_states(phone) != ["confirmed"]:
                pass


async def _subscription_saved(edge: RunningEdge) -> None:
    with trio.fail_after(10), closing(sqlite3.connect(edge.settings.presence_db)) as database:
        while not database.execute("SELECT 1 FROM active_watchers").fetchone():
            await trio.lowlevel.checkpoint()


def test_only_the_publisher_may_publish(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    phone = edge.phone("201", "secret")
    headers = [("Event", "message-summary"), ("Expires", "60"), ("Content-Type", "application/simple-message-summary")]
    reply = phone.ask("PUBLISH", "sip:201@porter", headers=headers, body="Messages-Waiting: yes\r\n")
    assert reply.status == 405


def test_other_events_are_refused_by_name(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    reply = subscribe(edge.phone("201", "secret"), "presence", "202")
    assert reply.status == 489
    assert reply.get("Allow-Events") == "dialog, message-summary"
