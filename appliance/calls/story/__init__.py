"""The decisions of a call as facts. They are stored with the record and rendered in the reader's language; flows tell
facts, never sentences."""

from appliance.calls.story._arriving import Announced, ArrivingFact, CallBegan, HoursLooked, RouteTaken
from appliance.calls.story._base import StoryFact
from appliance.calls.story._ending import Broke, EndingFact, HungUp, StepBegan, StepEnded
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

AnyStoryFact = ArrivingFact | RingingFact | TalkingFact | MailFact | EndingFact

__all__ = [
    "AcceptAsked",
    "Announced",
    "Answered",
    "AnyStoryFact",
    "Broke",
    "CallBegan",
    "DoorAsked",
    "ForwardTried",
    "HoursLooked",
    "HungUp",
    "Joined",
    "LeftMessage",
    "LegFailed",
    "ListenedToMail",
    "NoAnswer",
    "NoMessage",
    "NotRung",
    "OffHold",
    "OnHold",
    "ParkEnded",
    "Parked",
    "PutThroughFailed",
    "Ringing",
    "RouteTaken",
    "StepBegan",
    "StepEnded",
    "StoryFact",
    "Talked",
    "TransferBegan",
    "TransferFailed",
]
