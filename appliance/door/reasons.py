"""What a person is told when the door stays locked: the cause and the next step for every reason."""

from __future__ import annotations

import math

from appliance.control.door_messages import Reason, Refused
from appliance.door.rules import Denial

_TEXTS: dict[Reason, tuple[str, str]] = {
    Reason.UNKNOWN_DOOR: ("There is no door named {door!r}.", "See the names with `porter status`."),
    Reason.WRONG_SIDE: (
        "Keys heard from the door's own side never open it.",
        "Press the key on the phone that answered the door.",
    ),
    Reason.NOT_ANSWERED: ("A key opens only within an answered call.", "Answer the door's call first."),
    Reason.DIGIT_NOT_ALLOWED: (
        "Door {door!r} does not open by a single key.",
        "Use a code, or set `open_digit` for this door.",
    ),
    Reason.CODE_NEEDED: ("Door {door!r} opens only with a code this way.", "Ask again with your code."),
    Reason.WRONG_CODE: ("The code is wrong.", "Check the code and the door it is for."),
    Reason.LOCKED_OUT: (
        "After several wrong codes door {door!r} looks at no code for {wait} s.",
        "Wait, or have somebody inside open.",
    ),
    Reason.OUTSIDE_HOURS: ("It is outside the hours in which this opens door {door!r}.", "Come back in these hours."),
    Reason.CLOCK_UNSURE: (
        "The hours cannot be checked because the clock is not set.",
        "Use a code without hours, and connect the box to a time server.",
    ),
    Reason.TOO_OFTEN: ("Door {door!r} was opened too often just now.", "Try again in {wait} s."),
    Reason.BLOCKED: (
        "Somebody has tampered with door {door!r}, so it opens to nobody from afar for {wait} s.",
        "Go and look; a code at its keypad opens, and so does the exit button.",
    ),
    Reason.USED_UP: ("This code has been used as often as it may be.", "Ask for another one."),
    Reason.EXPIRED: ("The time of this code is over.", "Have the visitor ring again."),
    Reason.NOT_LOCAL: (
        "Only the door process itself hears keypads and exit buttons.",
        "Ask in the name of the one who wants to open.",
    ),
    Reason.LEDGER_UNAVAILABLE: (
        "The opening cannot be recorded, so the door stays locked.",
        "Check the disk: it may be full or read-only. Use a key meanwhile.",
    ),
    Reason.RELAY_FAILED: ("The relay of door {door!r} cannot be moved.", "Check the wiring; use a key meanwhile."),
}


def refusal(door: str, denial: Denial) -> Refused:
    """The answer to somebody who was not let in."""
    cause, next_step = _TEXTS[denial.reason]
    wait = math.ceil(denial.retry_seconds)
    return Refused(
        door,
        denial.reason,
        cause.format(door=door, wait=wait),
        next_step.format(door=door, wait=wait),
        round(denial.retry_seconds, 3),
    )
