"""Short messages: none is lost, none is obeyed twice."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.store.messages import SmsState, StoredMessages
from appliance.store.writer import Writer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "records.sqlite"


@pytest.fixture
def messages(file: Path) -> Iterator[StoredMessages]:
    with Writer(file) as writer:
        yield StoredMessages(writer, lambda: NOON)


async def came(messages: StoredMessages, key: str, text: str = "status") -> bool:
    return await messages.keep_received(line="gsm1", sender="+37120000001", text=text, sent_at=NOON, key=key)


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


async def test_what_is_queued_waits_until_the_network_took_it(file: Path) -> None:
    with Writer(file) as writer:
        queue = StoredMessages(writer, lambda: NOON)
        await queue.add_sms("+37120000001", "one", None)
        await queue.add_sms("+37120000002", "two", "gsm1")
    with Writer(file) as writer:
        queue = StoredMessages(writer, lambda: NOON)
        one, two = await queue.waiting_sms()
        assert (one.text, one.line, two.text, two.line) == ("one", None, "two", "gsm1")
        await queue.sms_sent(one.id, "gsm1")
        await queue.sms_given_up(two.id, "no such number")
        await queue.sms_sent(two.id, "gsm1")
        assert list(await queue.waiting_sms()) == []
        ended = [(sms.text, sms.state, sms.line, sms.reason) for sms in await queue.outgoing()]
        assert ended == [
            ("two", SmsState.GIVEN_UP, "gsm1", "no such number"),
            ("one", SmsState.SENT, "gsm1", ""),
        ]
