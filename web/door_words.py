"""What the pages of the doors call codes, tries and what is wrong, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from appliance.control.door_messages import LedgerEntry
from appliance.control.messages import Detail
from web.words import notice_kind_in_words

KINDS = {
    "code": _l("code"),
    "guest": _l("guest"),
    "duress": _l("code under duress"),
    "card": _l("card"),
}
CHANNELS = {
    "dtmf": _l("key of a phone"),
    "page": _l("this page"),
    "sms": _l("short message"),
    "code": _l("code by phone"),
    "keypad": _l("keypad"),
    "exit": _l("exit button"),
}
RESULTS = {
    "granted": _l("opened"),
    "refused": _l("refused"),
    "not_unlocked": _l("granted, but not opened"),
    "alarm": _l("alarm"),
    "alarm_ended": _l("alarm over"),
    "block_ended": _l("opens from afar again"),
    "code_given": _l("code given"),
    "code_taken": _l("code taken away"),
    "code_undone": _l("change of a code taken back"),
    "ledger_fault": _l("this ledger was damaged"),
}
REASONS = {
    "unknown_door": _l("no such door"),
    "wrong_side": _l("from the street"),
    "not_answered": _l("outside of a talk"),
    "digit_not_allowed": _l("a code is needed"),
    "code_needed": _l("a code is needed"),
    "wrong_code": _l("wrong code"),
    "locked_out": _l("too many wrong codes before"),
    "outside_hours": _l("outside its hours or days"),
    "clock_unsure": _l("the clock is not set"),
    "too_often": _l("too often"),
    "blocked": _l("blocked after tampering"),
    "used_up": _l("used up"),
    "expired": _l("its time was over"),
    "not_local": _l("not from the door itself"),
    "ledger_unavailable": _l("could not be recorded"),
    "relay_failed": _l("the relay did not move"),
}
_DETAILS = (
    _l("A code has 4 to 12 digits."),
    _l("A code that repeats itself is too easy."),
    _l("Digits in a row are too easy."),
    _l("A year is too easy."),
    _l("A code with an extension or telephone number in it is too easy."),
    _l("A guest's code has to end."),
    _l("It ends before it begins."),
    _l("This day is over already."),
)
"""What the door process says about a code that was to be given, word for word."""


def entry_in_words(entry: LedgerEntry) -> str:
    """What happened, and why."""
    result = str(RESULTS.get(entry.result, entry.result))
    if entry.reason is None:
        return result
    if entry.result in ("alarm", "alarm_ended"):
        return f"{result}: {notice_kind_in_words(entry.reason)}"
    return f"{result}: {REASONS.get(entry.reason) or KINDS.get(entry.reason) or entry.reason}"


def channel_in_words(channel: str) -> str:
    return str(CHANNELS.get(channel, channel))


def code_kind_in_words(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def detail_in_words(detail: Detail) -> str:
    """A mistake in what was written; what this page has no words for is said in the door's own."""
    return str(_(detail.cause))
