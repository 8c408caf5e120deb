"""What the domain needs of the outside: adapters and simulators implement these protocols, `appliance/main.py` wires
them. Everything synchronous here returns at once; the few coroutines are where a flow must wait for an answer."""

from appliance.calls.ports._carriers import CallerShown, Contact, LegCarrier, Line, Lines, LineState, LineStatus, Switch
from appliance.calls.ports._door import DoorPort, OpenAnswer
from appliance.calls.ports._mailboxes import Mailboxes, VoiceMessage
from appliance.calls.ports._prompts import (
    BEEP,
    CURRENCIES,
    RINGBACK,
    Counted,
    Figure,
    Filled,
    KeptPrompt,
    Moment,
    Money,
    OwnPrompt,
    Phrase,
    Prompt,
    PromptShelf,
    Recorded,
    Said,
    SpelledDigits,
    TimeOfDay,
    Tone,
    Value,
)
from appliance.calls.ports._reception import Reception
from appliance.calls.ports._recordings import Recordings, TalkRecording
from appliance.calls.ports._records import Acquaintances, Records
from appliance.calls.ports._services import Appointment, Appointments, Enquired, Recogniser, WebServices
from appliance.calls.ports._sms import Outbox, QueuedSms, SmsQueue
from appliance.calls.ports._sound import Attachment, AudioFrames, Scratch, Sound
from appliance.calls.ports._surroundings import Clock, Network

__all__ = [
    "BEEP",
    "CURRENCIES",
    "RINGBACK",
    "Acquaintances",
    "Appointment",
    "Appointments",
    "Attachment",
    "AudioFrames",
    "CallerShown",
    "Clock",
    "Contact",
    "Counted",
    "DoorPort",
    "Enquired",
    "Figure",
    "Filled",
    "KeptPrompt",
    "LegCarrier",
    "Line",
    "LineState",
    "LineStatus",
    "Lines",
    "Mailboxes",
    "Moment",
    "Money",
    "Network",
    "OpenAnswer",
    "Outbox",
    "OwnPrompt",
    "Phrase",
    "Prompt",
    "PromptShelf",
    "QueuedSms",
    "Reception",
    "Recogniser",
    "Recorded",
    "Recordings",
    "Records",
    "Said",
    "Scratch",
    "SmsQueue",
    "Sound",
    "SpelledDigits",
    "Switch",
    "TalkRecording",
    "TimeOfDay",
    "Tone",
    "Value",
    "VoiceMessage",
    "WebServices",
]
