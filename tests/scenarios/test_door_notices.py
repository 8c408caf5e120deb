"""A door that is forced: the page and a short message tell of it within two seconds, through all real processes."""

from __future__ import annotations

import time

import pytest
import trio

from appliance.control.client import Client
from appliance.control.door_messages import DOOR, SimulateDoor
from appliance.control.notice_messages import AcknowledgeNotice
from tests.scenarios.running_office import RunningOffice

pytestmark = pytest.mark.real

OWNER = "+37120000001"
MOST_SECONDS = 2.0


async def test_a_forced_door_is_told_on_the_page_and_by_sms_within_two_seconds(office: RunningOffice) -> None:
    await office.change("doors:\n  front:\n", "doors:\n  front:\n    contact: {pin: 22}\n")
    await office.change("name: Test office\n", f"name: Test office\nnotices: {{receivers: [{{to: '{OWNER}'}}]}}\n")
    try:
        await office.until_ready()
        door = Client(office.layout.door_socket, DOOR, "command")
        await trio.to_thread.run_sync(lambda: door.ask(SimulateDoor(door="front", is_open=False)))
        await trio.sleep(1)
        began = time.monotonic()
        await trio.to_thread.run_sync(lambda: door.ask(SimulateDoor(door="front", is_open=True)))
        (shown,) = await office.until(lambda now: now.notices, "the notice on the page", MOST_SECONDS)
        on_page = time.monotonic() - began
        await office.until_modem(
            lambda modem: any("FORCE" in text for _, text in modem.sms), "the message", MOST_SECONDS
        )
        by_sms = time.monotonic() - began
        print(f"on the page after {on_page:.2f} s, by SMS after {by_sms:.2f} s")
        assert (shown.kind, shown.door, shown.acknowledged_by) == ("forced", "Front door", "")
        assert by_sms < MOST_SECONDS
        await trio.to_thread.run_sync(lambda: office.client.ask(AcknowledgeNotice(id=shown.id, by="owner")))
        await office.until(lambda now: now.notices[0].acknowledged_by == "owner", "who has seen it")
        await trio.to_thread.run_sync(lambda: door.ask(SimulateDoor(door="front", is_open=False)))
        office.kill("appliance.main")
        await office.until(lambda now: [one.acknowledged_by for one in now.notices] == ["owner"], "it after a crash")
    finally:
        await office.undo()
        await office.undo()
