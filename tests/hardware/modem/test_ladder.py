"""What is done about a modem that fails, rung by rung."""

import pytest

from hardware.modem.facts import Remedy
from hardware.modem.ladder import PAUSES, Ladder, Rung

REOPEN, RESET, POWER, ALARM = Rung.REOPEN, Rung.RESET, Rung.POWER, Rung.ALARM


@pytest.mark.parametrize(
    ("remedies", "rungs"),
    [
        ([Remedy.REOPEN] * 6, [REOPEN, RESET, POWER, ALARM, REOPEN, RESET]),
        ([Remedy.RESET] * 5, [RESET, POWER, ALARM, RESET, POWER]),
        ([Remedy.REOPEN, Remedy.RESET, Remedy.RESET], [REOPEN, RESET, POWER]),
    ],
)
def test_each_failure_in_a_row_goes_one_rung_further(remedies: list[Remedy], rungs: list[Rung]) -> None:
    ladder = Ladder()
    assert [ladder.failed(remedy) for remedy in remedies] == rungs


def test_modem_that_works_again_begins_below() -> None:
    ladder = Ladder()
    for _ in range(4):
        ladder.failed(Remedy.REOPEN)
    assert ladder.is_alarmed
    ladder.worked()
    assert not ladder.is_alarmed
    assert ladder.failed(Remedy.REOPEN) is REOPEN


def test_alarm_stays_while_it_goes_on_failing() -> None:
    ladder = Ladder()
    for _ in range(6):
        ladder.failed(Remedy.REOPEN)
    assert ladder.is_alarmed


def test_every_rung_is_followed_by_a_look_within_half_a_minute() -> None:
    assert set(PAUSES) == set(Rung)
    assert max(PAUSES.values()) <= 30
