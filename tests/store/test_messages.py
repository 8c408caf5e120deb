"""Short messages: none is lost, none is obeyed twice, and of each that goes out it is known how far it came."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.calls.ports import ReceivedSms, SmsFate, SmsReport
from appliance.store.messages import SmsState, StoredMessages
from appliance.store.writer import Writer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NUMBER = "+37120000001"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "records.sqlite"


@pytest.fixture
def messages(file: Path) -> Iterator[StoredMessages]:
    with Writer(file) as writer:
        yield StoredMessages(writer, lambda: NOON)


async def came(messages: StoredMessages, key: str, text: str = "status", parts: tuple[str, ...] = ()) -> bool:
    sms = ReceivedSms(key=key, line="gsm1", sender=NUMBER, text=text, sent_at=NOON, parts=parts)
    return await messages.keep_received(sms)


def report(reference: int, fate: SmsFate = SmsFate.DELIVERED, to: str = NUMBER, line: str = "gsm1") -> SmsReport:
    return SmsReport(line=line, to=to, reference=reference, fate=fate, status=0)


async def send(messages: StoredMessages, id: str, *references: int) -> None:
    """The network takes every part."""
    for part, reference in enumerate(references, 1):
        assert await messages.part_begins(id, part, "gsm1", is_last=part == len(references))
        await messages.part_taken(id, part, reference)


async def state(messages: StoredMessages, id: str) -> SmsState:
    [found] = [sms.state for sms in await messages.outgoing() if sms.id == id]
    return found


# Coming in.


async def test_a_message_read_twice_is_handed_over_once(messages: StoredMessages) -> None:
    assert [await came(messages, key) for key in ("a", "a", "b", "a")] == [True, False, True, False]
    assert [sms.key for sms in await messages.received()] == ["b", "a"]


async def test_a_message_is_known_after_a_restart(file: Path) -> None:
    with Writer(file) as writer:
        assert await came(StoredMessages(writer, lambda: None), "a", "Привет 🙂")
    with Writer(file) as writer:
        again = StoredMessages(writer, lambda: NOON)
        assert not await came(again, "a")
        (sms,) = await again.received()
        assert (sms.text, sms.sent_at, sms.received_at) == ("Привет 🙂", NOON, None)


async def test_parts_wait_over_a_restart_until_their_message_is_kept_and_are_known_for_ever(file: Path) -> None:
    with Writer(file) as writer:
        messages = StoredMessages(writer, lambda: NOON)
        assert await messages.keep_part("gsm1", "a", "0A")
        assert await messages.keep_part("gsm2", "x", "FF")
        assert await messages.keep_part("gsm1", "b", "0B")
        assert await messages.keep_part("gsm1", "b", "0B"), "the same part may come twice while its message waits"
    with Writer(file) as writer:
        messages = StoredMessages(writer, lambda: NOON)
        assert list(await messages.parts("gsm1")) == [("a", "0A"), ("b", "0B")]
        assert await came(messages, "ab", parts=("a", "b"))
        assert list(await messages.parts("gsm1")) == []
        assert not await messages.keep_part("gsm1", "a", "0A")
        assert list(await messages.parts("gsm2")) == [("x", "FF")]


# Going out.


async def test_what_is_queued_waits_until_the_network_took_it(file: Path) -> None:
    with Writer(file) as writer:
        queue = StoredMessages(writer, lambda: NOON)
        await queue.add_sms(NUMBER, "one", None)
        await queue.add_sms("+37120000002", "two", "gsm1")
    with Writer(file) as writer:
        queue = StoredMessages(writer, lambda: NOON)
        one, two = await queue.waiting_sms()
        assert (one.text, one.line, two.text, two.line) == ("one", None, "two", "gsm1")
        await send(queue, one.id, 5)
        await queue.sms_failed(two.id, "bad_recipient", "+3712")
        assert list(await queue.waiting_sms()) == []
        ended = [(sms.text, sms.state, sms.line, sms.reason, sms.reason_value) for sms in await queue.outgoing()]
        assert ended == [
            ("two", SmsState.FAILED, "gsm1", "bad_recipient", "+3712"),
            ("one", SmsState.SENT, "gsm1", "", ""),
        ]


async def test_a_long_message_goes_on_after_a_crash_with_the_part_that_is_missing(file: Path) -> None:
    with Writer(file) as writer:
        queue = StoredMessages(writer, lambda: NOON)
        id = await queue.add_sms(NUMBER, "long", None)
        first = await queue.part_begins(id, 1, "gsm1", is_last=False)
        await queue.part_taken(id, 1, 7)
        second = await queue.part_begins(id, 2, "gsm1", is_last=True)
    with Writer(file) as writer:
        queue = StoredMessages(writer, lambda: NOON)
        [waiting] = await queue.waiting_sms()
        assert (waiting.next_part, waiting.doubt) == (2, "gsm1")
        again = await queue.part_begins(id, 2, "gsm1", is_last=True)
        assert first and second and again == second
        assert (first.joining, second.joining) == (first.reference, first.reference)
        assert second.reference != first.reference
        await queue.part_refused(id, 2)
        [waiting] = await queue.waiting_sms()
        assert (waiting.next_part, waiting.doubt) == (2, "")


async def test_a_message_is_delivered_when_every_part_is(messages: StoredMessages) -> None:
    id = await messages.add_sms(NUMBER, "long", None)
    await send(messages, id, 7, 8)
    assert await messages.reported(report(8))
    assert await state(messages, id) is SmsState.SENT
    assert await messages.reported(report(7, SmsFate.TRYING))
    assert await state(messages, id) is SmsState.SENT
    assert await messages.reported(report(7, to="20000001"))
    assert await state(messages, id) is SmsState.DELIVERED


async def test_a_message_that_could_not_be_delivered_has_failed_and_is_sent_whole_again(
    messages: StoredMessages,
) -> None:
    id = await messages.add_sms(NUMBER, "long", None)
    await send(messages, id, 7, 8)
    await messages.reported(report(7))
    await messages.reported(report(8, SmsFate.FAILED))
    [failed] = await messages.outgoing()
    assert (failed.state, failed.reason) == (SmsState.FAILED, "undelivered")
    assert await messages.retry(id)
    [waiting] = await messages.waiting_sms()
    assert (waiting.next_part, waiting.doubt) == (1, "")


@pytest.mark.parametrize(
    "other",
    [report(7, to="+37120000002"), report(7, line="gsm2"), report(9), report(7, to="20")],
    ids=["another number", "another line", "another reference", "a short number"],
)
async def test_a_report_about_something_else_changes_nothing(messages: StoredMessages, other: SmsReport) -> None:
    id = await messages.add_sms(NUMBER, "one", None)
    await send(messages, id, 7)
    assert not await messages.reported(other)
    assert await state(messages, id) is SmsState.SENT


async def test_a_report_names_the_newest_part_of_that_reference(messages: StoredMessages) -> None:
    """References begin again after 255."""
    old, new = [await messages.add_sms(NUMBER, text, None) for text in ("old", "new")]
    await send(messages, old, 7)
    await send(messages, new, 7)
    await messages.reported(report(7))
    assert (await state(messages, old), await state(messages, new)) == (SmsState.SENT, SmsState.DELIVERED)


async def test_a_report_that_fits_nothing_else_ends_the_doubt_about_a_part(file: Path) -> None:
    with Writer(file) as writer:
        queue = StoredMessages(writer, lambda: NOON)
        known, doubtful = [await queue.add_sms(NUMBER, text, None) for text in ("known", "doubtful")]
        await send(queue, known, 7)
        await queue.part_begins(doubtful, 1, "gsm1", is_last=True)
    with Writer(file) as writer:
        queue = StoredMessages(writer, lambda: NOON)
        assert await queue.reported(report(7))
        assert await state(queue, doubtful) is SmsState.WAITING
        assert await queue.reported(report(8))
        assert await state(queue, doubtful) is SmsState.DELIVERED
        await queue.part_taken(doubtful, 1, 8)
        assert await state(queue, doubtful) is SmsState.DELIVERED
        assert list(await queue.waiting_sms()) == []


async def test_a_cancelled_message_is_not_sent_until_somebody_wants_it_again(messages: StoredMessages) -> None:
    id = await messages.add_sms(NUMBER, "one", None)
    assert await messages.cancel(id)
    assert list(await messages.waiting_sms()) == []
    assert await messages.part_begins(id, 1, "gsm1", is_last=True) is None
    assert not await messages.cancel(id)
    assert await messages.retry(id)
    await send(messages, id, 7)
    assert not await messages.cancel(id)
    assert not await messages.retry(id)


async def test_a_message_cancelled_while_it_was_under_way_is_shown_as_sent(messages: StoredMessages) -> None:
    id = await messages.add_sms(NUMBER, "one", None)
    await messages.part_begins(id, 1, "gsm1", is_last=True)
    assert await messages.cancel(id)
    await messages.part_taken(id, 1, 7)
    assert await state(messages, id) is SmsState.SENT


async def test_whoever_shows_lists_is_told_of_every_change(messages: StoredMessages) -> None:
    told: list[None] = []
    messages.on_change = lambda: told.append(None)
    await came(messages, "a")
    await came(messages, "a")
    id = await messages.add_sms(NUMBER, "one", None)
    await send(messages, id, 7)
    await messages.reported(report(7))
    assert len(told) == 4
