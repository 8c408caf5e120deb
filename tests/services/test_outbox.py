"""Messages that must not be lost, over lines that fail."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec
import trio
import trio.testing

from appliance.calls.ports import PartNumbers, QueuedSms, SmsPart
from appliance.errors import LineFailed
from appliance.services.outbox import DOUBT_SECONDS, LONGEST_DOUBT_SECONDS, MOST_DOUBTS, SmsOutbox
from appliance.simulated.line import SimulatedLine


class MemoryQueue:
    """A queue that remembers what became of each message."""

    def __init__(self) -> None:
        self.waiting: dict[str, QueuedSms] = {}
        self.sent: list[tuple[str, str]] = []
        self.failed: list[tuple[str, str]] = []
        self.reasons: list[tuple[str, str]] = []
        self._line: dict[str, str] = {}
        self._last: dict[str, bool] = {}

    async def add_sms(self, to: str, text: str, line: str | None) -> str:
        sms = QueuedSms(id=str(len(self.waiting) + len(self.sent)), to=to, text=text, line=line)
        self.waiting[sms.id] = sms
        return sms.id

    async def waiting_sms(self) -> Sequence[QueuedSms]:
        return list(self.waiting.values())

    async def part_begins(self, id: str, part: int, line: str, *, is_last: bool) -> PartNumbers | None:
        if id not in self.waiting:
            return None
        self._line[id], self._last[id] = line, is_last
        self.waiting[id] = msgspec.structs.replace(self.waiting[id], doubt=line)
        return PartNumbers(joining=int(id), reference=100 + part)

    async def part_refused(self, id: str, part: int) -> None:
        self.waiting[id] = msgspec.structs.replace(self.waiting[id], doubt="")

    async def part_taken(self, id: str, part: int, reference: int | None) -> None:
        if self._last[id]:
            self.waiting.pop(id, None)
            self.sent.append((id, self._line[id]))
        else:
            self.waiting[id] = msgspec.structs.replace(self.waiting[id], doubt="", next_part=part + 1)

    async def sms_waits(self, id: str, reason: str, value: str) -> None:
        self.reasons.append((id, reason))

    async def sms_failed(self, id: str, reason: str, value: str) -> None:
        del self.waiting[id]
        self.failed.append((reason, value))


class MoodyLine(SimulatedLine):
    """A line whose network takes a message only when it has no error left."""

    def __init__(self, name: str, *errors: Exception | None) -> None:
        super().__init__(name)
        self.errors = list(errors)
        self.asked: list[SmsPart] = []

    async def send_sms(self, part: SmsPart) -> int | None:
        self.asked.append(part)
        if self.errors and (error := self.errors.pop(0)) is not None:
            raise error
        return await super().send_sms(part)


def in_doubt() -> LineFailed:
    return LineFailed("The modem did not answer.", may_retry=True, in_doubt=True)


def not_now() -> LineFailed:
    return LineFailed("The network is busy.", may_retry=True)


@asynccontextmanager
async def running(queue: MemoryQueue, *lines: SimulatedLine) -> AsyncIterator[SmsOutbox]:
    outbox = SmsOutbox(queue, {line.name: line for line in lines}, lambda text: len(text.split("/")))
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
    assert queue.failed == [("The number does not exist.", "")] and not line.sent


async def test_a_message_waits_while_every_line_is_down_and_goes_when_one_comes_up() -> None:
    queue, line = MemoryQueue(), MoodyLine("gsm1")
    line.is_offline = True
    async with running(queue, line) as outbox:
        await outbox.send_sms("+37120000001", "hello")
        await trio.sleep(10_000)
        assert queue.waiting and not line.sent
        assert queue.reasons == [("0", "no_line")]
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


async def test_lines_that_carry_no_messages_are_passed_over() -> None:
    queue, sip, gsm = MemoryQueue(), MoodyLine("operator"), MoodyLine("gsm1")
    sip.sends_sms = False
    gsm.is_offline = True
    async with running(queue, sip, gsm) as outbox:
        await outbox.send_sms("+37120000001", "hello")
        await trio.sleep(100)
        assert not sip.asked
        gsm.is_offline = False
        outbox.line_came_up()
        await trio.sleep(1)
    assert gsm.sent == [("+37120000001", "hello")]


async def test_a_line_that_hangs_does_not_stop_the_queue() -> None:
    class Hanging(SimulatedLine):
        async def send_sms(self, part: SmsPart) -> int | None:
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
        await trio.sleep(DOUBT_SECONDS + 20)
    assert line.sent == [("+37120000001", "hello")]


# Long messages, and what nobody knows the end of.


async def test_parts_go_in_order_and_a_refused_one_is_sent_again_without_those_before() -> None:
    queue, line = MemoryQueue(), MoodyLine("gsm1", None, not_now())
    async with running(queue, line) as outbox:
        await outbox.send_sms("+37120000001", "one/two/three")
        await trio.sleep(60)
    assert [part.part for part in line.asked] == [1, 2, 2, 3]
    assert {part.joining for part in line.asked} == {0}
    assert not any(part.is_again for part in line.asked)
    assert queue.sent == [("0", "gsm1")]


async def test_a_part_in_doubt_waits_for_its_report_and_is_then_sent_again_under_the_same_numbers() -> None:
    queue, line = MemoryQueue(), MoodyLine("gsm1", in_doubt())
    async with running(queue, line) as outbox:
        await outbox.send_sms("+37120000001", "hello")
        await trio.sleep(DOUBT_SECONDS - 1)
        assert len(line.asked) == 1
        await trio.sleep(2)
    first, second = line.asked
    assert second == msgspec.structs.replace(first, is_again=True)


async def test_a_report_ends_the_doubt_and_the_next_part_goes_at_once() -> None:
    queue, line = MemoryQueue(), MoodyLine("gsm1", in_doubt())
    async with running(queue, line) as outbox:
        await outbox.send_sms("+37120000001", "one/two")
        await trio.sleep(5)
        await queue.part_taken("0", 1, 7)
        outbox.look_again()
        await trio.sleep(1)
    assert [(part.part, part.is_again) for part in line.asked] == [(1, False), (2, False)]


async def test_what_a_crash_left_in_doubt_is_not_sent_at_once() -> None:
    queue, line = MemoryQueue(), MoodyLine("gsm1")
    await queue.add_sms("+37120000001", "from before", None)
    await queue.part_begins("0", 1, "gsm1", is_last=True)
    async with running(queue, line):
        await trio.sleep(DOUBT_SECONDS - 1)
        assert not line.asked
        await trio.sleep(2)
    assert [part.is_again for part in line.asked] == [True]


async def test_the_report_is_waited_for_from_when_the_line_is_back_and_not_for_ever() -> None:
    queue, gone, other = MemoryQueue(), MoodyLine("gsm1"), MoodyLine("gsm2")
    gone.is_offline = True
    for text in ("first", "second"):
        await queue.part_begins(await queue.add_sms("+37120000001", text, None), 1, "gsm1", is_last=True)
    async with running(queue, gone, other) as outbox:
        await trio.sleep(100)
        outbox.line_came_up()
        await trio.sleep(DOUBT_SECONDS - 1)
        assert not other.asked
        await trio.sleep(2)
        assert [part.text for part in other.asked] == ["first", "second"]
    queue, other = MemoryQueue(), MoodyLine("gsm2")
    await queue.part_begins(await queue.add_sms("+37120000001", "third", None), 1, "gsm1", is_last=True)
    async with running(queue, gone, other):
        await trio.sleep(LONGEST_DOUBT_SECONDS - 1)
        assert not other.asked
        await trio.sleep(2)
        assert [part.text for part in other.asked] == ["third"]


async def test_a_modem_that_never_confirms_does_not_send_the_same_message_for_ever() -> None:
    queue, line = MemoryQueue(), MoodyLine("gsm1", *[in_doubt() for _ in range(20)])
    async with running(queue, line) as outbox:
        await outbox.send_sms("+37120000001", "hello")
        await trio.sleep(3600)
    assert len(line.asked) == MOST_DOUBTS + 1
    assert queue.failed == [("never_confirmed", "gsm1")]


async def test_a_cancelled_message_goes_no_further() -> None:
    queue, line = MemoryQueue(), MoodyLine("gsm1", not_now())
    async with running(queue, line) as outbox:
        await outbox.send_sms("+37120000001", "one/two")
        await trio.sleep(1)
        queue.waiting.clear()
        await trio.sleep(3600)
    assert len(line.asked) == 1


async def test_a_refusal_after_a_doubt_leaves_the_doubt() -> None:
    """The network refuses the second try for a passing reason; the first may have gone out all the same."""
    queue, line = MemoryQueue(), MoodyLine("gsm1", in_doubt(), not_now())
    async with running(queue, line) as outbox:
        await outbox.send_sms("+37120000001", "hello")
        await trio.sleep(DOUBT_SECONDS + 1)
        assert queue.waiting["0"].doubt == "gsm1"
        await trio.sleep(60)
    assert [part.is_again for part in line.asked] == [False, True, True]
