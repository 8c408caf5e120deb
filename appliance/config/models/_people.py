"""Extensions: who answers an internal number, at which phones, and where her calls go otherwise."""

from __future__ import annotations

from typing import Literal

from appliance.config.models._base import (
    AccountName,
    Language,
    Model,
    Name,
    OutsideNumber,
    Password,
    Pin,
    ShownName,
)
from appliance.config.models._diversion import Diversion, FollowStage
from appliance.config.models._groups import SkillLevel
from appliance.config.models._mailboxes import MailboxRules
from appliance.config.models._outbound import USUAL_KINDS, CallLimits, NumberKind
from appliance.config.models._recording import RecordTalks


class Phone(Model, frozen=True, kw_only=True):
    """A SIP account a device registers with."""

    password: Password
    """As generated; the edge keeps only its digest HA1."""
    name: str = ""
    dtmf: Literal["auto", "inband"] = "auto"
    """How its keys travel: "auto" beside the sound (RFC 4733 or SIP INFO), "inband" as tones in it and no other way."""


class Extension(Model, frozen=True, kw_only=True):
    """An internal number and the person who answers it."""

    name: ShownName
    phones: dict[AccountName, Phone] = {}
    """By SIP user name; every phone of an extension rings."""
    mobile: OutsideNumber | None = None
    language: Language | None = None
    """None: the office's."""
    voicemail: bool = True
    voicemail_pin: Pin | None = None
    mailbox: MailboxRules = MailboxRules()
    email: str | None = None
    divert: Diversion = Diversion()
    follow_me: tuple[FollowStage, ...] = ()
    """Who rings for the person's calls, one stage after the other; none: her phones."""
    do_not_disturb: bool = False
    intercom: bool = True
    """Whether the phones answer by themselves when somebody of the house speaks to them or pages."""
    may_call_outside: bool = True
    """False: nothing but the house and emergency numbers, whatever `may_dial` says."""
    may_dial: tuple[NumberKind, ...] = USUAL_KINDS
    """What sort of outside numbers the extension may dial; international and premium numbers must be allowed."""
    limits: CallLimits | None = None
    """How much it may call outside; None: as the office says for each extension."""
    may_divert_outside: bool = False
    """Divert her calls by a code to any number outside that she may dial. Her own mobile, and what `divert.allowed`
    names, she always may."""
    may_transfer_outside: bool = False
    """Connect a party outside with another number outside, which both lines are then used and paid for."""
    record: RecordTalks = RecordTalks.ON_DEMAND
    """Whether talks are recorded: of two who talk, one "never" counts before the other's "always"."""
    may_supervise: tuple[str, ...] = ()
    """Whose talks may be listened to, whispered into, joined and taken over: extensions, ring groups, or "*"."""
    may_record_prompts: bool = False
    """Put recordings in the place of what callers hear, by telephone."""
    pickup_group: Name | None = None
    skills: dict[Name, SkillLevel] = {}
    """What a team may ask for, such as a language or a product, with the level; see `Team.needs`."""
    call_waiting: bool = True
    """Whether a second call rings during a talk; where there is somebody free, a team rings that one first."""
