"""The configuration of an office: one typed, immutable value. A change is a new value.

Every table is keyed by what people call the thing: an extension by its number, a group by its name. Destinations are
written `kind:name` (`extension:201`, `ring_group:sales`, `menu:main`, `script:order`, `voicemail:201`,
`outside:+37120000000`, `hang_up`).
"""

from appliance.config.models._balance import Balance
from appliance.config.models._base import (
    DialledNumber,
    GpioPin,
    Language,
    Model,
    Name,
    OutsideNumber,
    Pin,
    Seconds,
    ShownName,
)
from appliance.config.models._codes import Feature, FeatureCodes, Preset, TalkFeature
from appliance.config.models._contacts import Contact, ContactManager, KnownBy
from appliance.config.models._diversion import DESK, MOBILE, Diversion, DivertRule, DivertTimes, FollowStage
from appliance.config.models._door_calls import DoorCall
from appliance.config.models._door_fixtures import (
    DoorContact,
    DoorLamp,
    ExitButton,
    HelpLoop,
    Keypad,
    Level,
    MatrixKeypad,
    WiegandKeypad,
)
from appliance.config.models._door_sound import DoorSound
from appliance.config.models._door_stations import RelayBy, SipStation, StationRelay
from appliance.config.models._doors import Door
from appliance.config.models._fxo import AnalogModem, Dialling, FxoLine
from appliance.config.models._groups import CALLERS_LANGUAGE, HuntStrategy, Membership, PauseKey, Relax, RingGroup, Team
from appliance.config.models._hours import CalendarEvent, OpeningHours
from appliance.config.models._lines import DEFAULT_PROFILE, GsmLine, LineModel
from appliance.config.models._mail import MailSecurity, MailServer
from appliance.config.models._mailboxes import AfterMail, Mailbox, MailboxRules
from appliance.config.models._menus import Menu, SpeechRecognition, SpokenTexts
from appliance.config.models._notices import NoticeKind, NoticeReceiver, Notices
from appliance.config.models._office import SCHEMA, Configuration, Parking, SmsCommands
from appliance.config.models._outbound import (
    SHOW_LINE,
    SHOW_NOTHING,
    USUAL_KINDS,
    Allowance,
    CallLimits,
    LineOrder,
    NumberKind,
    OutboundRoute,
    Outgoing,
    OutsideLimits,
)
from appliance.config.models._people import Extension, Phone
from appliance.config.models._prompts import OfficePrompt
from appliance.config.models._queues import Callback, CallQueue, Priority
from appliance.config.models._recording import RecordingNotice, RecordTalks, TalkRecordings
from appliance.config.models._rooms import ConferenceRoom
from appliance.config.models._routes import InboundRoute, QueueCondition
from appliance.config.models._screening import AskUnknown, CallerPattern, Refusal, Screening, Treatment
from appliance.config.models._scripts import (
    AnyStep,
    Ask,
    Book,
    Branch,
    Calendar,
    Collect,
    Confirm,
    Go,
    Rate,
    Say,
    Script,
    Survey,
)
from appliance.config.models._self_call import SelfCall
from appliance.config.models._sip_lines import (
    LINE_ACCOUNT,
    BranchOffice,
    CallerFrom,
    DidFrom,
    DtmfMode,
    SessionTimer,
    SipCodec,
    SipLine,
    SipLink,
    account_of_line,
)
from appliance.config.models._supervision import EVERYBODY, Supervision

__all__ = [
    "CALLERS_LANGUAGE",
    "DEFAULT_PROFILE",
    "DESK",
    "EVERYBODY",
    "LINE_ACCOUNT",
    "MOBILE",
    "SCHEMA",
    "SHOW_LINE",
    "SHOW_NOTHING",
    "USUAL_KINDS",
    "AfterMail",
    "Allowance",
    "AnalogModem",
    "AnyStep",
    "Ask",
    "AskUnknown",
    "Balance",
    "Book",
    "Branch",
    "BranchOffice",
    "Calendar",
    "CalendarEvent",
    "CallLimits",
    "CallQueue",
    "Callback",
    "CallerFrom",
    "CallerPattern",
    "Collect",
    "ConferenceRoom",
    "Configuration",
    "Confirm",
    "Contact",
    "ContactManager",
    "DialledNumber",
    "Dialling",
    "DidFrom",
    "Diversion",
    "DivertRule",
    "DivertTimes",
    "Door",
    "DoorCall",
    "DoorContact",
    "DoorLamp",
    "DoorSound",
    "DtmfMode",
    "ExitButton",
    "Extension",
    "Feature",
    "FeatureCodes",
    "FollowStage",
    "FxoLine",
    "Go",
    "GpioPin",
    "GsmLine",
    "HelpLoop",
    "HuntStrategy",
    "InboundRoute",
    "Keypad",
    "KnownBy",
    "Language",
    "Level",
    "LineModel",
    "LineOrder",
    "MailSecurity",
    "MailServer",
    "Mailbox",
    "MailboxRules",
    "MatrixKeypad",
    "Membership",
    "Menu",
    "Model",
    "Name",
    "NoticeKind",
    "NoticeReceiver",
    "Notices",
    "NumberKind",
    "OfficePrompt",
    "OpeningHours",
    "OutboundRoute",
    "Outgoing",
    "OutsideLimits",
    "OutsideNumber",
    "Parking",
    "PauseKey",
    "Phone",
    "Pin",
    "Preset",
    "Priority",
    "QueueCondition",
    "Rate",
    "RecordTalks",
    "RecordingNotice",
    "Refusal",
    "Relax",
    "RelayBy",
    "RingGroup",
    "Say",
    "Screening",
    "Script",
    "Seconds",
    "SelfCall",
    "SessionTimer",
    "ShownName",
    "SipCodec",
    "SipLine",
    "SipLink",
    "SipStation",
    "SmsCommands",
    "SpeechRecognition",
    "SpokenTexts",
    "StationRelay",
    "Supervision",
    "Survey",
    "TalkFeature",
    "TalkRecordings",
    "Team",
    "Treatment",
    "WiegandKeypad",
    "account_of_line",
]
