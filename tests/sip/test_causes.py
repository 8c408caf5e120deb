"""SIP statuses and Q.850 causes."""

import pytest

from appliance.calls.names import Cause
from appliance.calls.ringing import LINE_TROUBLE
from appliance.sip.causes import cause_in_reason, cause_of, cause_on_line, reason_header, status_of


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_has_a_final_status_that_refuses(cause: Cause) -> None:
    assert 400 <= status_of(cause) <= 699


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (486, Cause.BUSY),
        (600, Cause.BUSY),
        (603, Cause.REJECTED),
        (404, Cause.UNALLOCATED),
        (408, Cause.NO_USER_RESPONSE),
        (410, Cause.ABSENT),
        (477, Cause.ABSENT),
        (487, Cause.NORMAL),
        (488, Cause.INCOMPATIBLE),
        (503, Cause.CONGESTION),
        (302, Cause.NUMBER_CHANGED),
        (499, Cause.INTERWORKING),
        (599, Cause.TEMPORARY_FAILURE),
        (699, Cause.REJECTED),
        (200, Cause.NORMAL),
        (0, Cause.NORMAL),
    ],
)
def test_a_failed_invite_has_a_cause(status: int, cause: Cause) -> None:
    assert cause_of(status) is cause


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (486, Cause.BUSY),
        (404, Cause.UNALLOCATED),
        (480, Cause.NO_USER_RESPONSE),
        (401, Cause.OUT_OF_ORDER),
        (402, Cause.OUT_OF_ORDER),
        (407, Cause.OUT_OF_ORDER),
        (408, Cause.OUT_OF_ORDER),
        (403, Cause.NO_ROUTE),
        (482, Cause.NO_ROUTE),
        (503, Cause.CONGESTION),
    ],
)
def test_what_an_operator_says_of_us_lets_the_next_line_try(status: int, cause: Cause) -> None:
    assert cause_on_line(status) is cause
    assert (cause in LINE_TROUBLE) == (status not in (486, 404, 480))


def test_busy_stays_busy_both_ways() -> None:
    for cause in (Cause.BUSY, Cause.REJECTED, Cause.INCOMPATIBLE, Cause.INVALID_NUMBER, Cause.RECOVERY_ON_TIMER):
        assert cause_of(status_of(cause)) is cause


@pytest.mark.parametrize(
    ("header", "cause"),
    [
        ('Q.850;cause=17;text="User busy"', Cause.BUSY),
        ('SIP;cause=200;text="Call completed elsewhere"', None),
        ("SIP;cause=480, q.850 ;text=x; cause=27", Cause.OUT_OF_ORDER),
        ("Q.850;cause=250", None),
        ("Q.850;cause=", None),
        ("", None),
    ],
)
def test_a_reason_header_may_name_the_cause(header: str, cause: Cause | None) -> None:
    assert cause_in_reason(header) is cause


def test_completed_elsewhere_is_no_missed_call() -> None:
    assert reason_header(Cause.ANSWERED_ELSEWHERE) == 'SIP;cause=200;text="Call completed elsewhere"'
    assert reason_header(Cause.NO_ANSWER) == "Q.850;cause=19"
