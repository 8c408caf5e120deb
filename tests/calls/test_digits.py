"""One press counts once, however many transports report it."""

import pytest

from appliance.calls.digits import DigitsOnce
from appliance.calls.facts import DtmfTransport

RFC, INFO, INBAND = DtmfTransport.RFC4733, DtmfTransport.INFO, DtmfTransport.INBAND


@pytest.mark.parametrize(
    ("reports", "counted"),
    [
        ([("5", RFC, 0.0)], "5"),
        ([("5", RFC, 0.0), ("5", INFO, 0.3)], "5"),
        ([("5", INFO, 0.0), ("5", RFC, 0.1), ("5", INBAND, 0.2)], "5"),
        # Two quick presses by two transports: each report pairs with one press, whichever order they come in.
        ([("1", RFC, 0.0), ("1", INFO, 0.1), ("1", RFC, 0.2), ("1", INFO, 0.3)], "11"),
        ([("1", RFC, 0.0), ("1", RFC, 0.2), ("1", INFO, 0.3), ("1", INFO, 0.4)], "11"),
        ([("1", RFC, 0.0), ("2", RFC, 0.1), ("1", INFO, 0.2), ("2", INFO, 0.3)], "12"),
        # The same transport never repeats a press, so these are two.
        ([("0", RFC, 0.0), ("0", RFC, 0.1)], "00"),
        # Too late to be the same press.
        ([("7", RFC, 0.0), ("7", INFO, 1.5)], "77"),
        ([("7", RFC, 0.0), ("8", INFO, 0.1)], "78"),
        ([("x", INFO, 0.0), ("", INFO, 0.1), ("12", INFO, 0.2), ("A", INFO, 0.3)], "A"),
    ],
)
def test_presses(reports: list[tuple[str, DtmfTransport, float]], counted: str) -> None:
    once = DigitsOnce(window_seconds=1.0)
    assert "".join(digit for digit, transport, at in reports if once.counts(digit, transport, at)) == counted


def test_a_long_night_of_presses_keeps_no_memory_of_them() -> None:
    once = DigitsOnce()
    assert sum(once.counts("1", RFC, at * 0.01) for at in range(10_000)) == 10_000
    assert len(once._recent) <= 32
