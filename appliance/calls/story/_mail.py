"""Voicemail."""

from appliance.calls.story._base import StoryFact


class LeftMessage(StoryFact, frozen=True):
    """The caller left a voicemail."""

    box: str
    seconds: float


class NoMessage(StoryFact, frozen=True):
    """The caller reached a mailbox and said nothing that could be kept."""

    box: str


class ListenedToMail(StoryFact, frozen=True):
    """Somebody listened to a mailbox."""

    box: str
    messages: int


class MailboxFull(StoryFact, frozen=True):
    """The caller reached a mailbox that takes no more messages."""

    box: str


class ForwardedMessage(StoryFact, frozen=True):
    """A listener copied a message into another mailbox."""

    box: str
    to: str


class GreetingChanged(StoryFact, frozen=True):
    """A greeting of a mailbox was recorded, or taken away."""

    box: str
    reason: str


MailFact = LeftMessage | NoMessage | ListenedToMail | MailboxFull | ForwardedMessage | GreetingChanged
