"""Short messages as people ask for them, over a real store and an outbox that sends nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from appliance.calls.ports import ReceivedSms
from appliance.control.faults import RequestFailed
from appliance.control.sms_messages import CancelSms, ListSms, RetrySms, SendSms, SmsListed, SmsRequest
from appliance.services.message_desk import MessageDesk
from appliance.services.outbox import SmsOutbox
from appliance.simulated.office import open_simulated_office
from appliance.store.messages import StoredMessages
from appliance.store.writer import Writer
from tests.flows.offices import TUESDAY_NOON, small_office


@asynccontextmanager
async def a_desk(folder: Path) -> AsyncIterator[tuple[MessageDesk, StoredMessages]]:
    with Writer(folder / "records.sqlite") as writer:
        messages = StoredMessages(writer, lambda: TUESDAY_NOON)
        async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
            yield MessageDesk(world.office, messages, SmsOutbox(messages, {}, len)), messages


async def listed(desk: MessageDesk) -> SmsListed:
    found = await desk.handle(ListSms())
    assert isinstance(found, SmsListed)
    return found


async def refused(desk: MessageDesk, request: SmsRequest) -> str:
    with pytest.raises(RequestFailed) as failed:
        await desk.handle(request)
    return failed.value.fault.code


@pytest.mark.real
async def test_a_message_is_queued_to_the_number_it_means(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as (desk, messages):
        await desk.handle(SendSms(to="2612-3456", text=" Labdien\r\n", by="test"))
        [waiting] = await messages.waiting_sms()
        assert (waiting.to, waiting.text, waiting.line) == ("+37126123456", "Labdien", None)
        [shown] = (await listed(desk)).outgoing
        assert (shown.state, shown.reason) == ("waiting", "")


@pytest.mark.real
async def test_what_cannot_be_sent_is_refused_and_nothing_is_queued(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as (desk, _):
        for to in ("", "door", "1", "+", "++37120000001", "+371x"):
            assert await refused(desk, SendSms(to=to, text="hello", by="test")) == "sms_number"
        assert await refused(desk, SendSms(to="+37120000001", text=" \n", by="test")) == "sms_empty"
        assert await refused(desk, SendSms(to="+37120000001", text="x", line="gsm9", by="test")) == "no_such_line"
        assert (await listed(desk)).outgoing == ()


@pytest.mark.real
async def test_a_message_is_stopped_and_sent_after_all(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as (desk, messages):
        await desk.handle(SendSms(to="+37120000001", text="hello", by="test"))
        [waiting] = await messages.waiting_sms()
        assert await refused(desk, RetrySms(id=waiting.id, by="test")) == "sms_not_failed"
        await desk.handle(CancelSms(id=waiting.id, by="test"))
        assert await refused(desk, CancelSms(id=waiting.id, by="test")) == "sms_not_waiting"
        assert (await listed(desk)).outgoing[0].state == "cancelled"
        await desk.handle(RetrySms(id=waiting.id, by="test"))
        assert list(await messages.waiting_sms()) == [waiting]


@pytest.mark.real
async def test_a_part_nobody_knows_the_end_of_is_shown_as_such(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as (desk, messages):
        id = await messages.add_sms("+37120000001", "hello", None)
        await messages.part_begins(id, 1, "gsm1", is_last=True)
        [shown] = (await listed(desk)).outgoing
        assert (shown.reason, shown.reason_value) == ("in_doubt", "gsm1")
        await messages.keep_received(ReceivedSms(key="k", line="gsm1", sender="", text="?", sent_at=None, raw="00"))
        assert [(sms.text, sms.raw) for sms in (await listed(desk)).received] == [("?", "00")]
