"""Decisions about callbacks: which numbers may be called back, when, and when it is too late."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumberType

from appliance.calls.names import Party, PartyKind
from appliance.calls.promises import PromisedCall
from appliance.config.models import Callback, Configuration
from appliance.routing.hours import look
from appliance.routing.numbering import is_emergency, to_e164
from appliance.routing.outbound import ways_out
from appliance.routing.own_numbers import own_number

_DEAR = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.PAGER})
"""Kinds of numbers that cost whoever calls them more than others, so that strangers would have us call them."""


def number_to_call(configuration: Configuration, callback: Callback, party: Party) -> str | None:
    """The number a caller can be called back at as he is; None when he does not show one, or not such a one."""
    if party.kind is PartyKind.EXTENSION:
        return party.number if party.number in configuration.extensions else None
    return outside_number(configuration, callback, party.number) if party.kind is PartyKind.OUTSIDE else None


def outside_number(configuration: Configuration, callback: Callback, keyed: str) -> str | None:
    """A number outside that may be called back, as E.164; None: it may not, or it is none.

    Never an emergency number, a number of our own, one that costs extra, or one that no line carries; of other
    countries only where the queue allows it.
    """
    number = to_e164(configuration.country, keyed)
    if number is None or is_emergency(configuration.country, keyed) or own_number(configuration, number) is not None:
        return None
    parsed = phonenumbers.parse(number, None)
    is_abroad = parsed.country_code != phonenumbers.country_code_for_region(configuration.country)
    if (is_abroad and not callback.abroad) or phonenumbers.number_type(parsed) in _DEAR:
        return None
    return number if ways_out(configuration, number, None, None).ways else None


def is_time(configuration: Configuration, callback: Callback, wall: datetime | None) -> bool:
    """Whether callbacks are offered and made at an instant.

    Args:
        wall: None while the clock is not set; it counts as open then.
    """
    hours = configuration.opening_hours.get(callback.hours) if callback.hours is not None else None
    return hours is None or look(hours, configuration.timezone, wall).is_open


class Due(StrEnum):
    """What is to be done about a promised callback."""

    NOTHING = "nothing"
    CALL = "call"
    """It may be served as soon as its turn has come."""
    APOLOGISE = "apologise"
    """It could not be kept."""


def what_is_due(callback: Callback | None, promised: PromisedCall, now: float, *, is_time: bool) -> Due:
    """What to do about a promised callback now.

    Args:
        callback: As the queue has it now; None: the queue offers none any more, or is gone.
        now: Office seconds.
        is_time: Whether customers are called at this time of day.
    """
    if not is_time or now < promised.not_before:
        return Due.NOTHING
    if callback is None or now >= promised.asked_at + callback.seconds or promised.tries >= callback.tries:
        return Due.APOLOGISE
    return Due.CALL
