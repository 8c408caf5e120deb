"""Whether a caller gets through, before anybody is rung."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from appliance.config.models import AskUnknown, Configuration, Treatment
from appliance.routing.callers import Caller, is_allowed, is_any_of, is_named


class Verdict(StrEnum):
    """What happens to a caller."""

    PASS = "pass"
    BLOCK = "block"
    CHALLENGE = "challenge"
    """A key must be pressed."""
    ASK_NAME = "ask_name"
    ASK_CUSTOMER_NUMBER = "ask_customer_number"


class Screened(NamedTuple):
    """A verdict and what it rests on."""

    verdict: Verdict
    why: str = ""
    """"blocked", "allowed", "spam", "withheld", "unknown", "help"; "" when nothing speaks for or against the caller."""


_BY_TREATMENT = {
    Treatment.ACCEPT: Verdict.PASS,
    Treatment.REJECT: Verdict.BLOCK,
    Treatment.CHALLENGE: Verdict.CHALLENGE,
}
_BY_QUESTION = {
    AskUnknown.NAME: Verdict.ASK_NAME,
    AskUnknown.CUSTOMER_NUMBER: Verdict.ASK_CUSTOMER_NUMBER,
}


def screen(
    configuration: Configuration,
    caller: Caller,
    *,
    rings_people: bool,
    is_proven: bool = False,
    may_be_help: bool = False,
) -> Screened:
    """What happens to a caller.

    Args:
        rings_people: Whether people are going to be rung; a caller who only gets a mailbox is not asked who he is.
        is_proven: He has pressed the key, or answered the question, already.
        may_be_help: Somebody of the house has called an emergency number a short time ago. Help that calls back shows
            any number or none, and can neither press keys nor wait.

    A number that is blocked by itself, such as from a telephone, counts before every pattern; what is allowed counts
    before patterns that block. A colleague is never screened.
    """
    settings = configuration.screening
    if caller.is_colleague:
        return Screened(Verdict.PASS)
    if is_named(settings.blocked, caller) or (caller.contact is not None and caller.contact.blocked):
        return Screened(Verdict.BLOCK, "blocked")
    if is_allowed(configuration, caller):
        return Screened(Verdict.PASS, "allowed")
    if may_be_help and caller.contact is None:
        return Screened(Verdict.PASS, "help")
    if is_any_of(configuration, settings.blocked, caller):
        return Screened(Verdict.BLOCK, "blocked")
    if caller.is_spam and not is_proven:
        return Screened(_BY_TREATMENT[settings.spam_treatment], "spam")
    if caller.is_withheld and not is_proven and settings.withheld is not Treatment.ACCEPT:
        return Screened(_BY_TREATMENT[settings.withheld], "withheld")
    if caller.contact is None and rings_people and not is_proven and settings.ask_unknown is not AskUnknown.OFF:
        return Screened(_BY_QUESTION[settings.ask_unknown], "unknown")
    return Screened(Verdict.PASS)
