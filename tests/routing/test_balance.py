"""The money left on a SIM: what operators answer, and what follows from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.calls.names import Used
from appliance.calls.tolls import LEFT
from appliance.config.models import Balance, GsmLine
from appliance.routing.balance import (
    AFTER_CALL_SECONDS,
    DAILY_SECONDS,
    FAILED_SECONDS,
    Left,
    MoneyState,
    is_due,
    judge,
    read_balance,
)
from appliance.routing.limits import line_account
from appliance.routing.outbound import WhyNot, ways_out
from tests.routing.test_outbound import MOBILE, NOON, office

LINE = GsmLine(simulated=True, balance=Balance(code="*100#", stop_below=1.0))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Jusu konta atlikums ir 4.37 EUR. Deriga lidz 28.11.2026", Left(4.37)),
        ("Atlikums: EUR 12,50; bezmaksas 40 min", Left(12.50, 40)),
        ("Balans 0.05 EUR, 1230 min", Left(0.05, 1230)),
        ("На рахунку 56.20 грн. Бонус 100 хв до 30.11.2026", Left(56.20, 100)),
        ("Баланс: -3,10 р. Пополните счет", Left(-3.10)),
        ("Balance \u22120.50 EUR", Left(-0.50)),
        ("Ваш баланс 1 234,56 руб.", Left(1234.56)),
        ("Vash balans 7 EUR", Left(7.0)),
        ("€3.20 left", Left(3.20)),
        ("Kredits 15.00, derigs 01.12.26", Left(15.0)),
        ("Your number is +37120000001", None),
        ("Valid until 28.11.2026", None),
        ("", None),
    ],
)
def test_answers_of_operators_are_read(text: str, left: Left | None) -> None:
    assert read_balance(text) == left


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        (r"main:\s*(?P<money>-?[\d.,]+)", Left(3.5)),
        (r"main: (?P<money>[\d.]+).*?(?P<minutes>\d+) calls", Left(3.5, 20)),
        (r"bonus: (?P<money>\w+)", None),
        (r"nothing of it (?P<money>\d+)", None),
    ],
)
def test_a_pattern_of_ones_own_comes_before_the_usual_ones(pattern: str, left: Left | None) -> None:
    assert read_balance("Bonus: none 9.99 EUR\nmain: 3.5 EUR, 20 calls, 5 min", pattern) == left


@given(st.text(max_size=200))
def test_no_answer_raises(text: str) -> None:
    read_balance(text)
    read_balance(text, r"(?P<money>.*)")


@pytest.mark.parametrize(
    ("money", "state"),
    [(5.0, MoneyState.ENOUGH), (4.99, MoneyState.LOW), (1.0, MoneyState.LOW), (0.99, MoneyState.SPENT)],
)
def test_what_follows_from_an_amount(money: float, state: MoneyState) -> None:
    assert judge(Balance(code="*100#", stop_below=1.0), money) is state


def test_nothing_follows_where_nothing_is_set() -> None:
    assert judge(Balance(code="*100#", warn_below=None), -5.0) is MoneyState.ENOUGH


@pytest.mark.parametrize(
    ("seconds", "has_failed", "used_since", "due"),
    [
        (DAILY_SECONDS - 1, False, False, False),
        (DAILY_SECONDS, False, False, True),
        (AFTER_CALL_SECONDS - 1, False, True, False),
        (AFTER_CALL_SECONDS, False, True, True),
        (AFTER_CALL_SECONDS, True, True, False),
        (FAILED_SECONDS, True, False, True),
    ],
)
def test_when_a_sim_is_asked_again(seconds: float, has_failed: bool, used_since: bool, due: bool) -> None:
    assert is_due(1000.0 + seconds, asked_at=1000.0, has_failed=has_failed, used_since=used_since) is due


def test_a_sim_is_asked_once_after_the_start() -> None:
    assert is_due(0.0, asked_at=None, has_failed=False, used_since=False)


def test_a_sim_that_is_spent_is_passed_over_and_calls_for_help_are_not() -> None:
    usual = office()
    configuration = office(lines={**usual.lines, "gsm1": LINE})
    assert [way.line for way in ways_out(configuration, MOBILE, "201", NOON).ways] == ["gsm1", "gsm2"]
    spent = {(line_account("gsm1"), LEFT): Used(money=0.5)}
    found = ways_out(configuration, MOBILE, "201", NOON, spent)
    assert [way.line for way in found.ways] == ["gsm2"]
    assert [(limit.account, limit.what) for limit in found.passed_over] == [("line:gsm1", "balance")]
    assert "gsm1" in [way.line for way in ways_out(configuration, "112", "201", NOON, spent).ways]
    only = office(lines={"gsm1": LINE}, outbound_routes=usual.outbound_routes[:1])
    assert ways_out(only, MOBILE, "201", NOON, spent).refused is WhyNot.LIMIT
    enough = {(line_account("gsm1"), LEFT): Used(money=1.0)}
    assert ways_out(only, MOBILE, "201", NOON, enough).refused is None
