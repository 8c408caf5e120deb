"""What the page calls the marks of callers, and what they answered."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from appliance.control.caller_messages import CallerAnswer

_MARKS = {
    "blocked": _l("blocked"),
    "allowed": _l("always allowed"),
    "spam": _l("doubtful"),
    "night": _l("rings at night"),
    "vip": _l("VIP"),
}


def mark_in_words(kind: str) -> str:
    return str(_MARKS.get(kind, kind))


def answer_in_words(answer: CallerAnswer) -> str:
    """What the caller was asked for, and what came of it."""
    match answer.asked, answer.answer:
        case "key", "yes":
            return _("pressed the key that was asked for")
        case "key", _answer:
            return _("did not press the key that was asked for")
        case "name", "yes":
            return _("said a name")
        case "name", _answer:
            return _("said no name")
        case "customer_number", "":
            return _("gave no customer number")
        case "customer_number", number:
            return _("gave the customer number %(number)s", number=number)
        case "mark", "":
            return _("gave no mark")
        case _asked, mark:
            return _("gave the mark %(mark)s", mark=mark)
