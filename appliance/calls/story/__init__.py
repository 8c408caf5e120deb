"""The decisions of a call as facts. They are stored with the record and rendered in the reader's language; flows tell
facts, never sentences."""

from appliance.calls.story._arriving import Announced, ArrivingFact, CallBegan, HoursLooked, RouteTaken
from appliance.calls.story._base import StoryFact
from appliance.calls.story._ending import Broke, EndingFact, HungUp, StepBegan, StepEnded
from appliance.calls.story._hunting import AgentSwitched, HuntBegan, HuntingFact, Lifted, NoAgent, NobodyToRing
from appliance.calls.story._in_call import ConsultBegan, ConsultFailed, InCallFact, PartyAdded, PartyLeft, TookBack
from appliance.calls.story._mail import LeftMessage, ListenedToMail, MailFact, NoMessage
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
from appliance.calls.story._talking import (
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
)

AnyStoryFact = ArrivingFact | RingingFact | HuntingFact | TalkingFact | InCallFact | MailFact | EndingFact

__all__ = [
    "AcceptAsked",
    "AgentSwitched",
    "Announced",
    "Answered",
    "AnyStoryFact",
    "Broke",
    "CallBegan",
    "ConsultBegan",
    "ConsultFailed",
    "DoorAsked",
    "ForwardTried",
    "HoursLooked",
    "HungUp",
    "HuntBegan",
    "Joined",
    "LeftMessage",
    "LegFailed",
    "Lifted",
    "ListenedToMail",
    "NoAgent",
    "NoAnswer",
    "NoMessage",
    "NobodyToRing",
    "NotRung",
    "OffHold",
    "OnHold",
    "ParkEnded",
    "Parked",
    "PartyAdded",
    "PartyLeft",
    "PutThroughFailed",
    "Ringing",
    "RouteTaken",
    "StepBegan",
    "StepEnded",
    "StoryFact",
    "Talked",
    "TookBack",
    "TransferBegan",
    "TransferFailed",
]
