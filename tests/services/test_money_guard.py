"""The money guard over a simulated office: SIMs are asked, people are told once, spent lines are passed over."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import trio

from appliance.calls.names import Used
from appliance.config.models import Balance, Configuration, GsmLine
from appliance.control.controller_messages import LiveBalance
from appliance.errors import LineFailed
from appliance.routing.balance import AFTER_CALL_SECONDS, DAILY_SECONDS, FAILED_SECONDS
from appliance.routing.limits import line_account
from appliance.services.money_guard import LOOK_SECONDS, MoneyGuard
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from tests.flows.offices import TUESDAY_NOON, small_office

OWNER = "+37120000005"


class Operator:
    """Answers codes, the last answer again and again."""

    def __init__(self, *answers: str | LineFailed) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, float]] = []

    async def __call__(self, line: str, code: str) -> str:
        self.asked.append((line, code, trio.current_time()))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, LineFailed):
            raise answer
        return answer


def guarded(**changes: object) -> Configuration:
    configuration = small_office(**changes)
    line = next(iter(configuration.lines))
    balance = Balance(code="*100#", warn_below=5.0, stop_below=1.0)
    settings = msgspec.structs.replace(configuration.lines[line], balance=balance)
    assert isinstance(settings, GsmLine)
    limits = msgspec.structs.replace(configuration.outside_limits, alert=(OWNER,))
    return msgspec.structs.replace(configuration, lines={line: settings}, outside_limits=limits)


@asynccontextmanager
async def guarding(
    configuration: Configuration, operator: Operator
) -> AsyncIterator[tuple[MoneyGuard, SimulatedOffice, str]]:
    async with open_simulated_office(configuration, TUESDAY_NOON) as world, trio.open_nursery() as nursery:
        guard = MoneyGuard(world.office, operator, lambda: None)
        nursery.start_soon(guard.run)
        await trio.sleep(1)
        yield guard, world, next(iter(configuration.lines))
        nursery.cancel_scope.cancel()


async def test_a_sim_is_asked_at_the_start_daily_and_some_time_after_calls() -> None:
    operator = Operator("12.50 EUR, 40 min")
    async with guarding(guarded(), operator) as (guard, world, line):
        began = trio.current_time()
        assert guard.balance_of(line) == LiveBalance(money=12.5, minutes=40, state="enough")
        await trio.sleep(DAILY_SECONDS - 60)
        assert len(operator.asked) == 1
        await trio.sleep(120)
        assert len(operator.asked) == 2
        await trio.sleep(AFTER_CALL_SECONDS)
        world.office.tolls.add([line_account(line)], ["2026-11-25"], Used(1, 1, 0.1))
        await trio.sleep(LOOK_SECONDS + 1)
        assert len(operator.asked) == 3 and operator.asked[2][2] > began
        await trio.sleep(AFTER_CALL_SECONDS * 3)
        assert len(operator.asked) == 3
    assert world.outbox.queued == []


async def test_people_are_told_once_when_little_is_left_and_once_more_when_calls_stop() -> None:
    operator = Operator("9.00 EUR", "4.20 EUR", "4.10 EUR", "0.30 EUR", "0.30 EUR", "20.00 EUR", "3 EUR")
    async with guarding(guarded(), operator) as (guard, world, line):
        for _ in range(5):
            await trio.sleep(DAILY_SECONDS + LOOK_SECONDS)
        assert [text for _, text in world.outbox.queued] == [
            f"Line {line}: only 4.20 left on the SIM.",
            f"Line {line}: 0.30 left on the SIM, calls STOP.",
        ]
        await trio.sleep(DAILY_SECONDS + LOOK_SECONDS)
        assert world.outbox.queued[2:] == [(OWNER, f"Line {line}: only 3.00 left on the SIM.")]
        assert [trouble.where for trouble in guard.troubles] == [f"line {line}"]


async def test_what_was_so_before_the_start_is_not_told_again() -> None:
    async with guarding(guarded(), Operator("0.30 EUR")) as (guard, world, line):
        await trio.sleep(DAILY_SECONDS)
        assert world.outbox.queued == []
        shown = guard.balance_of(line)
        assert shown is not None and shown.state == "spent"


async def test_an_answer_nobody_understands_is_shown_and_asked_for_again_later() -> None:
    operator = Operator("Izvelieties: 1 Tarifi 2 Karte", LineFailed("The network did not answer."), "7.00 EUR")
    async with guarding(guarded(), operator) as (guard, _, line):
        [trouble] = guard.troubles
        assert "Izvelieties" in trouble.cause and "balance.pattern" in trouble.next_step
        await trio.sleep(FAILED_SECONDS + LOOK_SECONDS)
        assert ["did not answer" in trouble.cause for trouble in guard.troubles] == [True]
        await trio.sleep(FAILED_SECONDS + LOOK_SECONDS)
        assert list(guard.troubles) == []
        assert guard.balance_of(line) == LiveBalance(money=7.0, minutes=None, state="enough")


async def test_a_line_that_is_down_is_not_asked() -> None:
    operator = Operator("7.00 EUR")
    configuration = guarded()
    async with open_simulated_office(configuration, TUESDAY_NOON) as world:
        (line,) = world.lines
        world.lines[line].is_offline = True
        guard = MoneyGuard(world.office, operator, lambda: None)
        await guard.look()
        assert operator.asked == [] and guard.balance_of(line) is None
        world.lines[line].is_offline = False
        await guard.look()
        assert [code for _, code, _ in operator.asked] == ["*100#"]
