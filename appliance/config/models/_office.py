"""The office as a whole."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import DialledNumber, Language, Model, Name, OutsideNumber, Pin, Seconds, ShownName
from appliance.config.models._codes import FeatureCodes
from appliance.config.models._contacts import Contact, ContactManager, NumberPrefix
from appliance.config.models._doors import Door
from appliance.config.models._groups import PauseKey, RingGroup
from appliance.config.models._hours import OpeningHours
from appliance.config.models._lines import LineModel
from appliance.config.models._mail import MailServer
from appliance.config.models._mailboxes import Mailbox
from appliance.config.models._menus import Menu, SpeechRecognition
from appliance.config.models._notices import Notices
from appliance.config.models._outbound import OutboundRoute, OutsideLimits
from appliance.config.models._people import Extension
from appliance.config.models._prompts import OfficePrompt
from appliance.config.models._queues import CallQueue
from appliance.config.models._recording import TalkRecordings
from appliance.config.models._rooms import ConferenceRoom
from appliance.config.models._routes import InboundRoute
from appliance.config.models._screening import Screening
from appliance.config.models._scripts import Calendar, Script, Survey
from appliance.config.models._self_call import SelfCall
from appliance.config.models._supervision import Supervision

SCHEMA = 1
"""Version of this model; a file with a newer one is refused."""


class SmsCommands(Model, frozen=True, kw_only=True):
    """Remote control by SMS."""

    allowed: tuple[OutsideNumber, ...] = ()
    pin: Pin | None = None
    """Needed before every command but `status`; None: only `status` is answered."""


class Parking(Model, frozen=True, kw_only=True):
    """Slots in which callers wait."""

    number: DialledNumber = "70"
    slots: tuple[DialledNumber, ...] = ("71", "72", "73", "74", "75", "76", "77", "78", "79")
    seconds: Seconds = 90.0
    """Then the one who parked is rung again."""


ShortNumber = Annotated[str, Meta(pattern=r"^[0-9]{1,3}$", description="1 to 3 digits")]
NumberToDial = Annotated[
    str,
    Meta(pattern=r"^\+?[0-9][0-9 ()/-]{1,24}$", description='a number as it is dialled, such as "201" or "20000000"'),
]


class Configuration(Model, frozen=True, kw_only=True):
    """The whole office."""

    schema: Annotated[int, Meta(ge=1, le=SCHEMA, description=f"a whole number, at most {SCHEMA}")] = SCHEMA
    name: ShownName
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$", description='two capital letters such as "LV"')] = "LV"
    """ISO 3166: numbering, emergency numbers and tones."""
    language: Language = Language.EN
    timezone: str = "Europe/Riga"
    default_desk: str
    """Destination for calls that nothing else matches."""
    extensions: dict[DialledNumber, Extension] = {}
    ring_groups: dict[Name, RingGroup] = {}
    call_queues: dict[Name, CallQueue] = {}
    menus: dict[Name, Menu] = {}
    scripts: dict[Name, Script] = {}
    surveys: dict[Name, Survey] = {}
    calendars: dict[Name, Calendar] = {}
    speech: SpeechRecognition = SpeechRecognition()
    prompts: dict[Name, OfficePrompt] = {}
    opening_hours: dict[Name, OpeningHours] = {}
    inbound_routes: tuple[InboundRoute, ...] = ()
    outbound_routes: tuple[OutboundRoute, ...] = ()
    outside_limits: OutsideLimits = OutsideLimits()
    self_call: SelfCall = SelfCall()
    contacts: dict[Name, Contact] = {}
    contact_lists: tuple[Name, ...] = ()
    """Lists that contacts can be on."""
    regions: dict[Name, tuple[NumberPrefix, ...]] = {}
    """By what people call it, the beginnings of the numbers of a region."""
    contact_manager: ContactManager = ContactManager()
    screening: Screening = Screening()
    lines: dict[Name, LineModel] = {}
    doors: dict[Name, Door] = {}
    notices: Notices = Notices()
    sms: SmsCommands = SmsCommands()
    mailboxes: dict[Name, Mailbox] = {}
    """Boxes for several people; those of persons belong to their extensions."""
    mail: MailServer | None = None
    """None: the office sends no mail."""
    parking: Parking = Parking()
    conference_rooms: dict[Name, ConferenceRoom] = {}
    speed_dials: dict[ShortNumber, NumberToDial] = {}
    """Short numbers of one to three digits, dialled after the code for them, to numbers as they are dialled."""
    codes: FeatureCodes = FeatureCodes()
    recordings: TalkRecordings = TalkRecordings()
    supervision: Supervision = Supervision()
    pause_reasons: dict[PauseKey, ShownName] = {}
    """Why members of teams pause, by what is dialled after the code for it; without a reason works always."""
