"""The decisions of a call as facts. They are stored with the record and rendered in the reader's language; flows tell
facts, never sentences."""

from appliance.calls.story._arriving import Announced, ArrivingFact, CallBegan, HoursLooked, RouteTaken
from appliance.calls.story._attendant import (
    AttendantFact,
    KeyChosen,
    LanguageChosen,
    LedOn,
    MenuEntered,
    NameLookedUp,
    NothingKeyed,
    NumberKeyed,
    WordsUnderstood,
    WrongKeys,
)
from appliance.calls.story._base import StoryFact
from appliance.calls.story._callbacks import (
    CallbackBegan,
    CallbackExpired,
    CallbackFact,
    CallbackInVain,
    CallbackKept,
    CallbackPromised,
    CallbackRefused,
)
from appliance.calls.story._callers import (
    BlockListChanged,
    CallerFact,
    CallerKnown,
    CameBack,
    CameTooFar,
    CustomerNumberAsked,
    Greeted,
    KeyAsked,
    NameAsked,
    NightCaller,
    OwnNumberCalled,
    Redirected,
    ResponsibleFirst,
    Screened,
    WentRound,
)
from appliance.calls.story._diversion import (
    DiversionFact,
    DiversionRefused,
    DiversionSet,
    Diverted,
    DoNotDisturbSet,
    HoursSwitched,
)
from appliance.calls.story._doors import (
    AskedToLetIn,
    DoorFact,
    DoorRings,
    DoorTalkEnded,
    NobodyCame,
    RangAgain,
    StreetKeyIgnored,
)
from appliance.calls.story._ending import Broke, EndingFact, HungUp, StepBegan, StepEnded
from appliance.calls.story._hunting import AgentSwitched, Briefed, HuntBegan, HuntingFact, Lifted, NoAgent, NobodyToRing
from appliance.calls.story._imagined import CodesOpen, ImaginedFact, KeysOffered, ServiceNotAsked, TalkImagined, WrapsUp
from appliance.calls.story._in_call import (
    ConsultBegan,
    ConsultFailed,
    InCallFact,
    PartyAdded,
    PartyLeft,
    RecordingBegan,
    RecordingEnded,
    RecordingRefused,
    Supervised,
    TookBack,
)
from appliance.calls.story._mail import (
    ForwardedMessage,
    GreetingChanged,
    LeftMessage,
    ListenedToMail,
    MailboxFull,
    MailFact,
    NoMessage,
)
from appliance.calls.story._outbound import LimitEnded, LineSpent, OutboundFact, WayOutChosen, WayOutRefused
from appliance.calls.story._prompts import PromptFact, PromptRecorded, PromptRestored
from appliance.calls.story._queueing import (
    KeptInside,
    QueueEntered,
    QueueingFact,
    QueueKeyPressed,
    QueueLeft,
    QueueServed,
)
from appliance.calls.story._ringing import (
    AcceptAsked,
    Answered,
    ForwardTried,
    LegFailed,
    NoAnswer,
    NotRung,
    PutThroughFailed,
    Ringing,
    RingingFact,
)
from appliance.calls.story._rooms import EnteredRoom, LeftRoom, Paged, RoomFact
from appliance.calls.story._scripts import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentFailed,
    Branched,
    DigitsCollected,
    LowMarkTold,
    NothingCollected,
    NotRated,
    Rated,
    ReadBack,
    ScriptBegan,
    ScriptFact,
    ScriptLeft,
    ServiceAsked,
)
from appliance.calls.story._talking import (
    CallbackWished,
    DoorAsked,
    Joined,
    OffHold,
    OnHold,
    Parked,
    ParkEnded,
    Talked,
    TalkingFact,
    TransferBegan,
    TransferFailed,
    WentOver,
)

AnyStoryFact = (
    ArrivingFact
    | CallerFact
    | RingingFact
    | HuntingFact
    | QueueingFact
    | AttendantFact
    | CallbackFact
    | ScriptFact
    | TalkingFact
    | InCallFact
    | RoomFact
    | MailFact
    | DiversionFact
    | PromptFact
    | OutboundFact
    | ImaginedFact
    | DoorFact
    | EndingFact
)

__all__ = [
    "AcceptAsked",
    "AgentSwitched",
    "Announced",
    "Answered",
    "AnyStoryFact",
    "AppointmentBooked",
    "AppointmentCancelled",
    "AppointmentFailed",
    "AskedToLetIn",
    "BlockListChanged",
    "Branched",
    "Briefed",
    "Broke",
    "CallBegan",
    "CallbackBegan",
    "CallbackExpired",
    "CallbackInVain",
    "CallbackKept",
    "CallbackPromised",
    "CallbackRefused",
    "CallbackWished",
    "CallerKnown",
    "CameBack",
    "CameTooFar",
    "CodesOpen",
    "ConsultBegan",
    "ConsultFailed",
    "CustomerNumberAsked",
    "DigitsCollected",
    "DiversionRefused",
    "DiversionSet",
    "Diverted",
    "DoNotDisturbSet",
    "DoorAsked",
    "DoorRings",
    "DoorTalkEnded",
    "EnteredRoom",
    "ForwardTried",
    "ForwardedMessage",
    "Greeted",
    "GreetingChanged",
    "HoursLooked",
    "HoursSwitched",
    "HungUp",
    "HuntBegan",
    "Joined",
    "KeptInside",
    "KeyAsked",
    "KeyChosen",
    "KeysOffered",
    "LanguageChosen",
    "LedOn",
    "LeftMessage",
    "LeftRoom",
    "LegFailed",
    "Lifted",
    "LimitEnded",
    "LineSpent",
    "ListenedToMail",
    "LowMarkTold",
    "MailboxFull",
    "MenuEntered",
    "NameAsked",
    "NameLookedUp",
    "NightCaller",
    "NoAgent",
    "NoAnswer",
    "NoMessage",
    "NobodyCame",
    "NobodyToRing",
    "NotRated",
    "NotRung",
    "NothingCollected",
    "NothingKeyed",
    "NumberKeyed",
    "OffHold",
    "OnHold",
    "OwnNumberCalled",
    "Paged",
    "ParkEnded",
    "Parked",
    "PartyAdded",
    "PartyLeft",
    "PromptRecorded",
    "PromptRestored",
    "PutThroughFailed",
    "QueueEntered",
    "QueueKeyPressed",
    "QueueLeft",
    "QueueServed",
    "RangAgain",
    "Rated",
    "ReadBack",
    "RecordingBegan",
    "RecordingEnded",
    "RecordingRefused",
    "Redirected",
    "ResponsibleFirst",
    "Ringing",
    "RouteTaken",
    "Screened",
    "ScriptBegan",
    "ScriptLeft",
    "ServiceAsked",
    "ServiceNotAsked",
    "StepBegan",
    "StepEnded",
    "StoryFact",
    "StreetKeyIgnored",
    "Supervised",
    "TalkImagined",
    "Talked",
    "TookBack",
    "TransferBegan",
    "TransferFailed",
    "WayOutChosen",
    "WayOutRefused",
    "WentOver",
    "WentRound",
    "WordsUnderstood",
    "WrapsUp",
    "WrongKeys",
]
