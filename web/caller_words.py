"""What the page calls the marks of callers, what they answered, and how people's calls are diverted."""

from __future__ import annotations

from babel.dates import get_day_names
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from appliance.control.caller_messages import CallerAnswer
from appliance.control.diversion_messages import LiveDiversion

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_MARKS = {
    "blocked": _l("blocked"),
    "allowed": _l("always allowed"),
    "spam": _l("doubtful"),
    "night": _l("rings at night"),
    "vip": _l("VIP"),
}


def mark_in_words(kind: str) -> str:
    return str(_MARKS.get(kind, kind))


_RULES = {
    "always": _l("always to %(where)s"),
    "busy": _l("when busy to %(where)s"),
    "no_answer": _l("unanswered to %(where)s"),
    "unreachable": _l("not connected to %(where)s"),
}


def diversion_in_words(diversion: LiveDiversion) -> str:
    """One rule of a person, with when it holds."""
    parts = [str(_RULES[diversion.rule]) % {"where": diversion.to}]
    if diversion.after_seconds is not None:
        parts.append(_("after %(seconds)d s", seconds=round(diversion.after_seconds)))
    if diversion.hours and diversion.closed:
        parts.append(_("while closed by %(hours)s", hours=diversion.hours))
    elif diversion.hours:
        parts.append(_("while open by %(hours)s", hours=diversion.hours))
    parts += [f"{_day(day)} {', '.join(periods)}" for day, periods in diversion.weekly.items()]
    return " · ".join(parts)


def _day(day: str) -> str:
    """The day of a week by the name the configuration has for it."""
    names = get_day_names("abbreviated", locale=get_locale())
    return str(names[_DAYS.index(day)]) if day in _DAYS else day


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
