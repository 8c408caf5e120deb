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


MailFact = LeftMessage | NoMessage | ListenedToMail
