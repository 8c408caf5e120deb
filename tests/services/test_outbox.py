"""Messages that must not be lost, over lines that fail."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import trio
import trio.testing

from appliance.errors import LineFailed
from appliance.services.outbox import QueuedSms, SmsOutbox
from appliance.simulated.line import SimulatedLine


class MemoryQueue:
    """A queue that remembers what became of each message."""

    def __init__(self) -> None:
        self.waiting: dict[str, QueuedSms] = {}
        self.sent: list[tuple[str, str]] = []
        self.given_up: list[str] = []

    async def add_sms(self, to: str, text: str, line: str | None) -> None:
        sms = QueuedSms(id=str(len(self.waiting) + len(self.sent)), to=to, text=text, line=line)
        self.waiting[sms.id] = sms

    async def waiting_sms(self) -> Sequence[QueuedSms]:
        return list(self.waiting.values())

    async def sms_sent(self, id: str, line: str) -> None:
        del self.waiting[id]
        self.sent.append((id, line))

    async def sms_given_up(self, id: str, reason: str) -> None:
        del self.waiting[id]
        self.given_up.append(reason)


class MoodyLine(SimulatedLine):
    """A line whose network takes a message only when it has no error left."""

    def __init__(self, name: str, *errors: Exception) -> None:
        super().__init__(name)
        self.errors = list(errors)

    async def send_sms(self, to: str, text: str) -> None:
        if self.errors:
            raise self.errors.pop(0)
        await super().send_sms(to, text)


def not_now() -> LineFailed:
    return LineFailed("The network is busy.", may_retry=True)


@asynccontextmanager
async def running(queue: MemoryQueue, *lines: SimulatedLine) -> AsyncIterator[SmsOutbox]:
    outbox = SmsOutbox(queue, {line.name: line for line in lines})
    async with trio.open_nursery() as nursery:
        nursery.start_soon(outbox.run)
        yield outbox
        nursery.cancel_scope.cancel()


async def test_a_message_goes_out_at_once_and_only_once() -> None:
    queue, line = MemoryQueue(), MoodyLine("gsm1")
    async with running(queue, line) as outbox:
        await outbox.send_sms("+37120000001", "hello")
        await trio.sleep(3600)
    assert line.sent == [("+37120000001", "hello")]
    assert queue.sent == [("0", "gsm1")] and not queue.waiting


async def test_what_waited_over_a_restart_is_sent() -> None:
    queue, line = MemoryQueue(), MoodyLine("gsm1")
    await queue.add_sms("+37120000001", "from before", None)
    async with running(queue, line):
        await trio.sleep(1)
    assert line.sent == [("+37120000001", "from before")]


async def test_a_line_that_fails_is_tried_again_and_others_are_not_held_up() -> None:
    queue, line = MemoryQueue(), MoodyLine("gsm1", not_now(), not_now())
    async with running(queue, line) as outbox:
        await outbox.send_sms("+37120000001", "first")
        await trio.sleep(1)
        await outbox.send_sms("+37120000002", "second")
        await trio.sleep(60)
    assert sorted(line.sent) == [("+37120000001", "first"), ("+37120000002", "second")]


async def test_what_can_never_be_sent_is_given_up_with_its_reason() -> None:
    queue, line = MemoryQueue(), MoodyLine("gsm1", LineFailed("The number does not exist."))
    async with running(queue, line) as outbox:
        await outbox.send_sms("+1", "hello")
        await trio.sleep(3600)
    assert queue.given_up == ["The number does not exist."] and not line.sent


async def test_a_message_waits_while_every_line_is_down_and_goes_when_one_comes_up() -> None:
    queue, line = MemoryQueue(), MoodyLine("gsm1")
    line.is_offline = True
    async with running(queue, line) as outbox:
        await outbox.send_sms("+37120000001", "hello")
        await trio.sleep(10_000)
        assert queue.waiting and not line.sent
        line.is_offline = False
        outbox.line_came_up()
        await trio.sleep(1)
    assert line.sent == [("+37120000001", "hello")]


async def test_the_named_line_is_used_and_else_any_that_is_ready() -> None:
    queue, down, up = MemoryQueue(), MoodyLine("gsm1"), MoodyLine("gsm2")
    down.is_offline = True
    async with running(queue, down, up) as outbox:
        await outbox.send_sms("+37120000001", "any")
        await outbox.send_sms("+37120000002", "named", line="gsm1")
        await outbox.send_sms("+37120000003", "gone", line="gsm9")
        await trio.sleep(1)
    assert [to for to, _ in up.sent] == ["+37120000001", "+37120000003"]
    assert [sms.to for sms in queue.waiting.values()] == ["+37120000002"]


async def test_a_line_that_hangs_does_not_stop_the_queue() -> None:
    class Hanging(SimulatedLine):
        async def send_sms(self, to: str, text: str) -> None:
            await trio.sleep_forever()

    queue, hanging, good = MemoryQueue(), Hanging("gsm1"), MoodyLine("gsm2")
    async with running(queue, hanging, good) as outbox:
        await outbox.send_sms("+37120000001", "stuck", line="gsm1")
        await outbox.send_sms("+37120000002", "fine", line="gsm2")
        await trio.sleep(100)
    assert good.sent == [("+37120000002", "fine")]


async def test_a_fault_of_a_driver_keeps_the_message() -> None:
    queue, line = MemoryQueue(), MoodyLine("gsm1", RuntimeError("a bug"))
    async with running(queue, line) as outbox:
        await outbox.send_sms("+37120000001", "hello")
        await trio.sleep(20)
    assert line.sent == [("+37120000001", "hello")]
