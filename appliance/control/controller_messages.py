"""What can be said to the controller, and what it says: the office as observers see it, and what they may ask for."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from appliance.control.caller_messages import CallerRequest, CallerResult
from appliance.control.diversion_messages import LiveDiversion
from appliance.control.learned_messages import ForgetLine, LiveLearned
from appliance.control.line_messages import LineRequest, LineResult
from appliance.control.mailbox_messages import MailboxRequest, MailboxResult
from appliance.control.messages import Ask, Done, Service
from appliance.control.notice_messages import AcknowledgeNotice, LiveNotice
from appliance.control.prompt_messages import PromptRequest, PromptResult
from appliance.control.self_call_messages import LinesTested, TestLines
from appliance.control.simulation_messages import SimulationRequest
from appliance.control.sms_messages import SmsListed, SmsRequest
from appliance.control.team_messages import LiveAgent, LiveQueue, SwitchAgent


class PhoneState(StrEnum):
    """How far a leg is."""

    RINGING = "ringing"
    TALKING = "talking"
    HOLDING = "holding"
    """Talks, and keeps the other party on hold."""


class LiveLeg(msgspec.Struct, frozen=True, kw_only=True):
    """One party of a call that goes on."""

    id: str
    number: str
    name: str
    kind: str
    """"extension", "outside" or "door"."""
    line: str | None
    state: PhoneState
    is_principal: bool


class LiveCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call that goes on."""

    id: str
    caller: str
    caller_name: str
    called: str
    step: str
    """Name of the flow it is in, such as "ring_group" or "talk"."""
    began: float
    """Monotonic seconds, the scale of `time.monotonic()` of every process of this machine."""
    talking_since: float | None
    """The same; None while nobody has answered."""
    legs: tuple[LiveLeg, ...]


class LiveModem(msgspec.Struct, frozen=True, kw_only=True):
    """The modem of a line now, as far as it is known."""

    model: str
    imei: str
    iccid: str
    """Of the SIM in it."""
    technology: str
    """"2G", "3G" or "4G"; "": not known."""
    divert: str | None
    """Where the network sends calls that cannot reach the modem; "": nowhere; None: not asked yet."""
    divert_failed: bool
    """The network did not tell, or did not take what was to be set."""


class LiveBalance(msgspec.Struct, frozen=True, kw_only=True):
    """What the SIM of a line has left."""

    money: float
    minutes: int | None
    """None: the operator does not say."""
    state: str
    """"enough", "low" or "spent"."""


class LiveLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line now."""

    name: str
    kind: str
    state: str
    """"ready", "busy", "starting" or "offline"."""
    reason: str
    """Why it is not ready and what to do, in plain words."""
    reason_code: str = ""
    """The name of the reason in `appliance.control.line_reasons`, for other languages; "": there are only words."""
    reason_value: str = ""
    """What that name leaves open."""
    signal: int | None
    operator: str
    number: str
    simulated: bool
    learned: LiveLearned | None = None
    """What calls taught of it; None for a line that learns nothing."""
    profile: str = ""
    """Family of modems, as far as it is settled."""
    modem: LiveModem | None = None
    """None where a line has no modem, or nothing is known of it."""
    balance: LiveBalance | None = None
    """None: nobody asks, or no answer came yet."""


class LiveDoor(msgspec.Struct, frozen=True, kw_only=True):
    """A door now."""

    name: str
    title: str
    unlocked: bool
    """As read back from the pin."""
    seconds_left: float
    lockout_seconds: float
    simulated: bool
    station_registered: bool | None = None
    """Whether its SIP station is there; None: the door has none."""
    is_known: bool = True
    """False: the door process does not tell, or has no pins for it; then nobody knows whether it is locked."""
    is_open: bool | None = None
    """What its contact says; None without one."""
    blocked_seconds: float = 0.0
    """How long nobody opens from afar after tampering."""


class LivePhone(msgspec.Struct, frozen=True, kw_only=True):
    """An account of an extension, registered or not."""

    extension: str
    person: str
    account: str
    registered: bool
    address: str
    """Contact of the phone; "" when it is not registered."""
    transport: str
    user_agent: str
    do_not_disturb: bool = False
    diverted_to: str = ""
    """Number or name to which every call of the extension goes now; "" while its phones ring."""
    diversions: tuple[LiveDiversion, ...] = ()
    """Every rule of the extension."""


class Mailbox(msgspec.Struct, frozen=True, kw_only=True):
    """Messages in one box."""

    box: str
    new: int
    old: int


class LiveHours(msgspec.Struct, frozen=True, kw_only=True):
    """Opening hours now."""

    name: str
    is_open: bool
    why: str
    """"week", "special", "date", "holiday", "calendar", "hand" or "no_clock"."""
    cause: str
    """The holiday or the event of a calendar; "" for other reasons."""
    until: str | None
    """When the hand on the switch lets go, ISO 8601 by the clock of these hours; None: when it is taken back."""
    changes_at: str | None
    """When it opens or closes next, the same; None: nobody knows, or never."""


class Trouble(msgspec.Struct, frozen=True):
    """Something a person should see to."""

    where: str
    """Such as "line gsm1", "door", "edge"."""
    cause: str
    next_step: str
    code: str = ""
    """Its name in `appliance.control.line_reasons`, for other languages; "": there are only these words."""
    value: str = ""
    """What that name leaves open."""


class OfficeNow(msgspec.Struct, frozen=True, kw_only=True, tag="office_now"):
    """The snapshot: everything an observer may see."""

    name: str
    language: str
    version: int
    """Number of the configuration in force."""
    at: float
    """Monotonic seconds when it was taken."""
    clock: str | None
    """Wall time, ISO 8601 with zone; None when nobody trusts it."""
    calls: tuple[LiveCall, ...]
    lines: tuple[LiveLine, ...]
    doors: tuple[LiveDoor, ...]
    phones: tuple[LivePhone, ...]
    mailboxes: tuple[Mailbox, ...]
    parked: dict[str, str]
    """Slot to the call that waits in it."""
    agents: tuple[LiveAgent, ...] = ()
    """Everybody who is a member of a team."""
    hours: tuple[LiveHours, ...] = ()
    queues: tuple[LiveQueue, ...] = ()
    notices: tuple[LiveNotice, ...] = ()
    """What happened at doors, newest first."""
    edge_ok: bool
    troubles: tuple[Trouble, ...]
    simulated: bool
    """Whether the demo panel has anything to act on."""
    self_call: LinesTested | None = None
    """What came of the last self-call of the lines; None: there was none since the start."""


class GetStatus(Ask["OfficeNow"], frozen=True, tag="get_status"):
    """The office as it is now."""


CHANGED_MEANWHILE = "changed_meanwhile"
"""Code of the fault when a configuration was made from one that is no longer in force."""


class ApplyConfiguration(Ask["Applied"], frozen=True, kw_only=True, tag="apply_configuration"):
    """Replace the whole configuration. Refused with every mistake as a detail; live calls go on."""

    text: str
    """YAML."""
    by: str
    """Who did it, for the history."""
    dry_run: bool = False
    version: int | None = None
    """The one it was made from: refused when another is in force by now; None: whatever is in force."""


class Applied(msgspec.Struct, frozen=True, tag="applied"):
    """The configuration is durable and in force; after a dry run, would be."""

    version: int
    changes: tuple[str, ...]
    """Paths that differ from before, such as `ring_groups.sales.members`; empty: nothing changed."""
    dry_run: bool


class ExportConfiguration(Ask["Exported"], frozen=True, tag="export_configuration"):
    """The whole configuration as one readable file."""


class Exported(msgspec.Struct, frozen=True, tag="exported"):
    """The configuration in force."""

    text: str
    """YAML."""
    version: int


class UndoConfiguration(Ask["Applied"], frozen=True, tag="undo_configuration"):
    """Go back to the configuration before the last change."""

    by: str


class HoursSwitch(StrEnum):
    """Where the switch of opening hours can be put."""

    OPEN = "open"
    CLOSED = "closed"
    AUTO = "auto"
    """By the week."""


class SwitchHours(Ask[Done], frozen=True, kw_only=True, tag="switch_hours"):
    """Put opening hours to open or closed by hand, or take the hand off."""

    name: str | None
    """None: all hours."""
    to: HoursSwitch
    until: str | None = None
    """When the hand lets go: "2026-11-30 09:00" in the zone of the hours, or "change" for when the week opens or closes
    next; None: when it is taken back."""
    by: str
    """Who did it, for the history."""


class HangUpCall(Ask[Done], frozen=True, tag="hang_up_call"):
    """End a call."""

    call: str


class OpenDoor(Ask["DoorAnswered"], frozen=True, kw_only=True, tag="open_door"):
    """Ask the door to open; it decides."""

    door: str
    person: str
    code: str | None = None


class DoorAnswered(msgspec.Struct, frozen=True, tag="door_answered"):
    """What the door decided."""

    granted: bool
    reason: str


class TellStory(Ask["StoryTold"], frozen=True, kw_only=True, tag="tell_story"):
    """What a recorded call did and why, in sentences."""

    call: str
    language: str


class StoryTold(msgspec.Struct, frozen=True, tag="story_told"):
    """One sentence a fact, in order."""

    sentences: tuple[str, ...]


class ShowCodes(Ask["CodesShown"], frozen=True, kw_only=True, tag="show_codes"):
    """The card of all codes in force: those that are dialled, and those keyed in during a talk."""

    language: str | None = None
    """None: the office's."""


class CardLine(msgspec.Struct, frozen=True):
    """One feature."""

    codes: tuple[str, ...]
    """As they are keyed in, with "…" for a number."""
    does: str


class CodesShown(msgspec.Struct, frozen=True, kw_only=True, tag="codes_shown"):
    """A card in one language."""

    language: str
    title: str
    office: str
    dialled_title: str
    dialled: tuple[CardLine, ...]
    in_talk_title: str
    in_talk: tuple[CardLine, ...]
    legend: str
    """What the signs on it mean."""


class SmsCame(msgspec.Struct, frozen=True, tag="sms_came"):
    """A message came in."""

    line: str
    sender: str
    text: str


class SmsSent(msgspec.Struct, frozen=True, tag="sms_sent"):
    """The network took a message of ours."""

    line: str
    to: str
    text: str


class DoorRang(msgspec.Struct, frozen=True, tag="door_rang"):
    """Somebody is at a door."""

    door: str


class ConfigurationChanged(msgspec.Struct, frozen=True, tag="configuration_changed"):
    """A new configuration is in force."""

    version: int
    by: str


CONTROLLER = Service(
    "controller",
    requests=GetStatus
    | ApplyConfiguration
    | ExportConfiguration
    | UndoConfiguration
    | SwitchHours
    | SwitchAgent
    | HangUpCall
    | OpenDoor
    | AcknowledgeNotice
    | TellStory
    | ShowCodes
    | MailboxRequest
    | CallerRequest
    | LineRequest
    | SmsRequest
    | TestLines
    | ForgetLine
    | PromptRequest
    | SimulationRequest,
    results=Done
    | OfficeNow
    | Applied
    | Exported
    | DoorAnswered
    | StoryTold
    | CodesShown
    | MailboxResult
    | CallerResult
    | LineResult
    | SmsListed
    | LinesTested
    | PromptResult,
    snapshots=OfficeNow,
    notices=SmsCame | SmsSent | DoorRang | ConfigurationChanged,
)
