"""SIP status codes and Q.850 causes: the one place where one becomes the other.

RFC 3398 is the base (§7.2.4.1 to SIP, §8.2.6.1 from SIP). Departures, each because a phone of the house is meant and
not a gateway: 21 is the declining of a person (603), 88 means codecs (488), and what our own edge answers (410 for a
registration that is no more, 477 for a dead connection) means that the phone is away.
"""

from __future__ import annotations

import re

from appliance.calls.names import Cause

_STATUS_OF = {
    Cause.UNALLOCATED: 404,
    Cause.NO_ROUTE: 404,
    Cause.NORMAL: 480,
    Cause.BUSY: 486,
    Cause.NO_USER_RESPONSE: 408,
    Cause.NO_ANSWER: 480,
    Cause.ABSENT: 480,
    Cause.REJECTED: 603,
    Cause.NUMBER_CHANGED: 410,
    Cause.ANSWERED_ELSEWHERE: 480,
    Cause.OUT_OF_ORDER: 502,
    Cause.INVALID_NUMBER: 484,
    Cause.NORMAL_UNSPECIFIED: 480,
    Cause.NO_CIRCUIT: 503,
    Cause.TEMPORARY_FAILURE: 503,
    Cause.CONGESTION: 503,
    Cause.NOT_ALLOWED: 403,
    Cause.INCOMPATIBLE: 488,
    Cause.RECOVERY_ON_TIMER: 504,
    Cause.INTERWORKING: 500,
}

_CAUSE_OF = {
    400: Cause.TEMPORARY_FAILURE,
    401: Cause.REJECTED,
    402: Cause.REJECTED,
    403: Cause.REJECTED,
    404: Cause.UNALLOCATED,
    405: Cause.INTERWORKING,
    406: Cause.INCOMPATIBLE,
    407: Cause.REJECTED,
    408: Cause.NO_USER_RESPONSE,
    410: Cause.ABSENT,
    415: Cause.INCOMPATIBLE,
    477: Cause.ABSENT,
    480: Cause.NO_USER_RESPONSE,
    481: Cause.TEMPORARY_FAILURE,
    484: Cause.INVALID_NUMBER,
    485: Cause.UNALLOCATED,
    486: Cause.BUSY,
    487: Cause.NORMAL,
    488: Cause.INCOMPATIBLE,
    500: Cause.TEMPORARY_FAILURE,
    501: Cause.INTERWORKING,
    502: Cause.OUT_OF_ORDER,
    503: Cause.CONGESTION,
    504: Cause.RECOVERY_ON_TIMER,
    600: Cause.BUSY,
    603: Cause.REJECTED,
    604: Cause.UNALLOCATED,
    606: Cause.INCOMPATIBLE,
    607: Cause.REJECTED,
    608: Cause.REJECTED,
}

_CAUSE_ON_LINE = {
    401: Cause.OUT_OF_ORDER,
    402: Cause.OUT_OF_ORDER,
    403: Cause.NO_ROUTE,
    407: Cause.OUT_OF_ORDER,
    408: Cause.OUT_OF_ORDER,
    477: Cause.OUT_OF_ORDER,
    482: Cause.NO_ROUTE,
    483: Cause.NO_ROUTE,
}
"""Our password, our credit, a number that is not open to us, an operator that does not answer: the next line is tried.
RFC 3398 means by 408 a telephone that does not answer; behind an operator that is 480."""

REASONS = {
    100: "Trying",
    180: "Ringing",
    200: "OK",
    403: "Forbidden",
    404: "Not Found",
    408: "Request Timeout",
    410: "Gone",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    484: "Address Incomplete",
    486: "Busy Here",
    488: "Not Acceptable Here",
    500: "Server Internal Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Server Time-out",
    603: "Decline",
}
"""Phrases for the statuses we send."""

COMPLETED_ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"'
"""The Reason of a CANCEL that a phone must not count as a missed call (RFC 3326 §2, "HERFP" example)."""

_Q850 = re.compile(r"Q\.850\s*;.*?\bcause\s*=\s*(\d+)", re.IGNORECASE)


def status_of(cause: Cause) -> int:
    """The final status that refuses a call for this cause."""
    return _STATUS_OF[cause]


def cause_of(status: int) -> Cause:
    """Why a call failed, from the final status of its INVITE; below 300 it ended normally."""
    if status < 300:
        return Cause.NORMAL
    if found := _CAUSE_OF.get(status):
        return found
    match status // 100:
        case 3:
            return Cause.NUMBER_CHANGED
        case 5:
            return Cause.TEMPORARY_FAILURE
        case 6:
            return Cause.REJECTED
    return Cause.INTERWORKING


def cause_on_line(status: int) -> Cause:
    """Why a call over a line failed: what an operator says of us and our account is not about the called party."""
    return _CAUSE_ON_LINE.get(status) or cause_of(status)


def reason_header(cause: Cause) -> str:
    """The Reason header (RFC 3326) that goes with our CANCEL or BYE."""
    if cause is Cause.ANSWERED_ELSEWHERE:
        return COMPLETED_ELSEWHERE
    return f"Q.850;cause={int(cause)}"


def cause_in_reason(header: str) -> Cause | None:
    """The Q.850 cause of a Reason header; None when it names none that we know."""
    found = _Q850.search(header)
    try:
        return Cause(int(found[1])) if found else None
    except ValueError:
        return None
