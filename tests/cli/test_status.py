"""What `porter status` says of lines."""

from appliance.cli.status import _line, _queue
from appliance.control.controller_messages import LiveLine, LiveQueue


def line(*, reason: str, signal: int | None) -> LiveLine:
    return LiveLine(
        name="gsm1", kind="gsm", state="offline" if reason else "ready", reason=reason, signal=signal, operator="LMT",
        number="", simulated=False,
    )  # fmt: skip


def test_a_line_that_does_not_work_says_why_rather_than_who_its_operator_was() -> None:
    assert _line(line(reason="There is no device.", signal=None)) == "There is no device."


def test_a_line_that_works_says_what_it_hears() -> None:
    assert _line(line(reason="", signal=4)) == "LMT, signal 4 of 5"
    assert _line(line(reason="", signal=None)) == "LMT"


def test_a_queue_is_told_in_a_row() -> None:
    queue = LiveQueue(name="support", title="Support", waiting=3, callbacks=1, longest_wait=95.4, agents=2, free=0)
    assert _queue(queue) == (
        "support", "Support", "3 waiting", "1 to call back", "0 of 2 agents free", "longest wait 95 s"
    )  # fmt: skip
