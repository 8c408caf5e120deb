"""A day of a queue: 38 callers at once, ten agents, a new call every second as long as there are fewer. How fair is it,
how right is the expected wait, and are callbacks made in their turn?

`docs/queues.md` has the figures of a full day.
"""

import math
import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from statistics import fmean, median, quantiles
from typing import NamedTuple

import pytest
import trio
import trio.testing

from appliance.calls.names import Cause
from appliance.calls.record import CallRecord
from appliance.calls.story import CallbackBegan, CallbackPromised, QueueEntered, QueueServed
from appliance.config.models import (
    Callback,
    CallQueue,
    Configuration,
    Contact,
    GsmLine,
    HuntStrategy,
    InboundRoute,
    OutboundRoute,
    Priority,
)
from appliance.routing.queueing import counts_from
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import TUESDAY_NOON, person

CALLERS, AGENTS, LINES_OUT = 38, 10, 6
AGEING_SECONDS, RING_SECONDS = 60.0, 15.0
VIP = "+37126000001"
LINES = [f"in{at}" for at in range(CALLERS)]


def busy_office() -> Configuration:
    members = tuple(str(201 + at) for at in range(AGENTS))
    return Configuration(
        name="Busy office",
        default_desk="voicemail:201",
        extensions={number: person(f"Agent {number}", number) for number in members},
        call_queues={
            "support": CallQueue(
                name="Support",
                number="610",
                members=members,
                strategy=HuntStrategy.LONGEST_IDLE,
                ring_seconds=RING_SECONDS,
                wrap_up_seconds=5,
                then="voicemail:201",
                priorities=(Priority(caller="vip", steps=1),),
                ageing_seconds=AGEING_SECONDS,
                callback=Callback(),
            )
        },
        inbound_routes=(InboundRoute(name="All", to="queue:support"),),
        outbound_routes=(OutboundRoute(name="All", lines=tuple(f"out{at}" for at in range(LINES_OUT))),),
        lines={name: GsmLine(simulated=True) for name in (*LINES, *(f"out{at}" for at in range(LINES_OUT)))},
        contacts={"vip": Contact(name="Berzina", numbers=(VIP,), vip=True)},
    )


class Served(NamedTuple):
    """A caller, or a customer who was called back, when an agent was offered to him who took it."""

    offered_at: float
    """Seconds of the day."""
    entered: float
    steps: int
    expected: float | None
    is_callback: bool

    @property
    def waited(self) -> float:
        return self.offered_at - self.entered

    @property
    def counts_from(self) -> float:
        return counts_from(self, AGEING_SECONDS)


class QueueDay:
    """People who call, wait, give up, ask to be called back, talk; and agents who answer as people do."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.numbers = 0

    async def live(self, seconds: float) -> list[CallRecord]:
        async with open_simulated_office(busy_office(), TUESDAY_NOON) as world, trio.open_nursery() as nursery:
            for switch in (world.switch, *world.lines.values()):
                switch.on_dialled = lambda phone: nursery.start_soon(self.be_rung, phone)
            with trio.move_on_after(seconds):
                while True:
                    await trio.sleep(1)
                    free = [name for name in LINES if not world.lines[name].far_ends]
                    if free:
                        nursery.start_soon(self.call, world, free[0])
            nursery.cancel_scope.cancel()
        return world.records.ended

    async def call(self, world: SimulatedOffice, line: str) -> None:
        """One caller, with his own patience; some are VIPs, some want to be called back."""
        self.numbers += 1
        number = VIP if self.chance.random() < 0.08 else f"+3712{self.numbers:07d}"
        caller = world.lines[line].call_from_line(world.office, line, number)
        if number != VIP and self.chance.random() < 0.1:
            await trio.sleep(self.chance.uniform(5, 30))
            for key in "11":
                caller.press(key)
                await trio.sleep(2)
        with trio.move_on_after(self.chance.expovariate(1 / 600)):
            await caller.leg.gone.wait()
        if caller.leg.call is None or not caller.leg.call.is_talking:
            caller.hang_up()

    async def be_rung(self, phone: FarEnd) -> None:
        """An agent, or a customer who is called back."""
        is_customer = phone.account.startswith("+")
        phone.alert()
        await trio.sleep(self.chance.uniform(2, 6))
        if self.chance.random() < (0.15 if is_customer else 0.03):
            phone.reject(Cause.BUSY)
            return
        phone.answer()
        await trio.sleep(0.5)
        phone.press("1")
        if is_customer:
            return
        call = phone.leg.call
        with trio.move_on_after(60):
            while call is not None and not call.is_talking:  # noqa: ASYNC110  # a call has no event for it
                await trio.sleep(0.5)
        await trio.sleep(min(self.chance.lognormvariate(math.log(25), 0.5), 300))
        phone.hang_up()


def live(seed: int, seconds: float) -> list[CallRecord]:
    clock = trio.testing.MockClock(autojump_threshold=0)
    return trio.run(partial(QueueDay(seed).live, seconds), clock=clock)


def served(records: Sequence[CallRecord]) -> Iterator[Served]:
    """Whoever got an agent, in the order of the offers."""
    asked: dict[str, tuple[float, int]] = {}
    called: set[str] = set()
    found: list[Served] = []
    for record in sorted(records, key=_began):
        began, steps = _began(record), int(record.caller.number == VIP)
        entered, expected = began, None
        for told in record.story:
            match told.fact:
                case QueueEntered(expected_seconds=seconds):
                    entered, expected = began + told.at, seconds
                case QueueServed(seconds=waited):
                    found.append(Served(entered + waited, entered, steps, expected, False))
                case CallbackPromised(number=number):
                    asked.setdefault(number, (entered, steps))
                case CallbackBegan(number=number) if number in asked and number not in called:
                    called.add(number)
                    found.append(Served(began, *asked[number], None, True))
    yield from sorted(found)


def _began(record: CallRecord) -> float:
    assert record.began_at is not None
    return (record.began_at - TUESDAY_NOON).total_seconds()


def passed(order: Sequence[Served], *, slack_seconds: float) -> int:
    """How many were offered an agent later than somebody behind them, by more than some seconds.

    Those to whom an agent was offered who did not come have lost the time it rang: that is the slack.
    """
    found = 0
    for at, one in enumerate(order):
        behind = [other for other in order[max(at - 100, 0) : at] if other.counts_from > one.counts_from + 0.01]
        found += any(other.offered_at < one.offered_at - slack_seconds and _was_there(one, other) for other in behind)
    return found


def _was_there(one: Served, other: Served) -> bool:
    """Whether somebody waited already when the other was offered an agent."""
    return one.entered < other.offered_at - 0.01


def loads(records: Sequence[CallRecord]) -> Counter[str]:
    """Calls each agent took."""
    taken: Counter[str] = Counter()
    for record in records:
        if record.talk_seconds:
            taken.update(
                leg.party.number
                for leg in record.legs
                if leg.party.number.startswith("2") and leg.answered_at is not None and not leg.incoming
            )
    return taken


def errors(order: Sequence[Served]) -> list[float]:
    """By how much the wait was told wrong, as a part of the true one; of those who waited at all."""
    return [
        abs(one.expected - one.waited) / one.waited for one in order if one.expected is not None and one.waited >= 10
    ]


class Figures(NamedTuple):
    """What is measured."""

    served: int
    called_back: int
    waited_median: float
    waited_p90: float
    waited_longest: float
    error_median: float
    error_p90: float
    bias: float
    """Told wait against true wait, on the average; 0: as often too long as too short."""
    passed: int
    """Who got an agent after somebody behind them."""
    passed_long: int
    """Those of them whom that cost more than the time an agent rings who does not come."""
    callbacks_passed: int
    """Customers who were called back before one who was to be called earlier."""
    least_calls: int
    most_calls: int


def measure(records: Sequence[CallRecord]) -> Figures:
    order = list(served(records))
    waits = [one.waited for one in order if not one.is_callback]
    wrong = errors(order)
    told = [one for one in order if one.expected is not None and one.waited >= 10]
    calls = loads(records)
    late = [one for one in order if one.is_callback]
    return Figures(
        served=len(order),
        called_back=len(late),
        waited_median=median(waits),
        waited_p90=quantiles(waits, n=10)[8],
        waited_longest=max(waits),
        error_median=median(wrong),
        error_p90=quantiles(wrong, n=10)[8],
        bias=fmean((one.expected or 0.0) / one.waited for one in told) - 1,
        passed=passed(order, slack_seconds=0.01),
        passed_long=passed(order, slack_seconds=RING_SECONDS),
        callbacks_passed=sum(1 for one, other in pairwise(late) if one.entered > other.entered),
        least_calls=min(calls.values()),
        most_calls=max(calls.values()),
    )


@pytest.mark.long
def test_a_day_of_38_callers_and_ten_agents_is_fair_and_the_wait_is_told_right(long_seed: int) -> None:
    """Eight hours; a sample is one."""
    hours = 8 if os.environ.get("PORTER_LONG") == "full" else 1
    figures = measure(live(long_seed, hours * 3600))
    print(figures)
    assert figures.served > 850 * hours and figures.called_back > 60 * hours
    assert figures.callbacks_passed == 0
    assert figures.passed < 0.05 * figures.served and figures.passed_long < 0.005 * figures.served
    assert figures.waited_longest < 2 * figures.waited_median
    assert figures.most_calls < 1.3 * figures.least_calls
    assert figures.error_median < 0.13 and figures.error_p90 < 0.3
    assert abs(figures.bias) < 0.1


def test_who_is_passed_is_found() -> None:
    first, second = Served(10, 0, 0, None, False), Served(20, 5, 0, None, False)
    assert passed([first, second], slack_seconds=0) == 0
    late = Served(30, 1, 0, None, False)
    assert passed([first, second, late], slack_seconds=0) == 1
    assert passed([first, second, late], slack_seconds=10) == 0
    assert passed([first, Served(8, 7, 1, None, False)], slack_seconds=0) == 0
    assert passed([Served(8, 7, 1, None, False), first], slack_seconds=0) == 0
