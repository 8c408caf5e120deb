"""The whole store of an office, opened and closed as the controller does."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trio

from appliance.calls.ports import ReceivedSms
from appliance.config.demo import demo_office
from appliance.office_layout import OfficeLayout
from appliance.store.house_store import NEVER_SAVED, NOBODY_YET, open_store
from tests.store.test_mailboxes import message, record
from tests.store.test_records import begun, call

DEMO = demo_office(random.Random(1).choice)
ONE = ReceivedSms(key="k", line="gsm1", sender="+1", text="x", sent_at=None)


@pytest.fixture
def layout(tmp_path: Path) -> OfficeLayout:
    layout = OfficeLayout(tmp_path / "office", 6000)
    layout.make_folders()
    return layout


def noon() -> datetime:
    return datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.real
async def test_an_office_remembers_everything(layout: OfficeLayout) -> None:
    async with open_store(layout, noon) as store:
        assert (store.configuration, store.version, store.repairs) == (NOBODY_YET, NEVER_SAVED, ())
        assert await store.previous() is None
        assert await store.save(NOBODY_YET, by="anna") == 1
        assert await store.save(DEMO, by="anna") == 2
        assert await store.previous() == NOBODY_YET
        store.records.call_ended(call(1))
        store.records.call_started(begun(call(2)))
        assert await store.messages.keep_received(ONE)
        await store.messages.add_sms("+37120000001", "alarm", None)
    async with open_store(layout, noon) as store:
        assert (store.configuration, store.version, store.trouble) == (DEMO, 2, "")
        assert [(row.id, row.interrupted) for row in store.reader.page().calls] == [("call2", True), ("call1", False)]
        assert not await store.messages.keep_received(ONE)
        assert len(await store.messages.waiting_sms()) == 1


@pytest.mark.real
async def test_lamps_are_told_in_trio(layout: OfficeLayout) -> None:
    async with open_store(layout, noon) as store:
        told, came, task = [], trio.Event(), trio.lowlevel.current_trio_token()

        def hear(*counts: object) -> None:
            told.append((counts, trio.lowlevel.current_trio_token() is task))
            came.set()

        store.mailboxes.on_change = hear
        path = Path(await store.mailboxes.new_recording("201"))
        record(str(path), 4)
        store.mailboxes.keep_soon(message(str(path)))
        await came.wait()
        assert told == [(("201", 1, 0), True)]


@pytest.mark.real
async def test_broken_files_are_told_and_the_office_opens(layout: OfficeLayout) -> None:
    async with open_store(layout, noon) as store:
        await store.save(DEMO, by="anna")
        await store.save(NOBODY_YET, by="anna")
    layout.settings_file.write_bytes(b"{")
    layout.records_file.write_bytes(b"no database at all")
    async with open_store(layout, noon) as store:
        assert [repair.restored for repair in store.repairs] == [True, False]
        assert store.configuration == DEMO
