"""What lamps are told: the documents, and which of them still has to be said. No socket; `publisher.py` owns that.

Per watched entity there is one document that lists everything (all dialogs of an extension, the whole letter box), one
publisher and one entity tag (RFC 3903). So the edge never has to merge, and the last word is always the whole truth.
"""

from collections.abc import Iterable
from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr

import msgspec

EXPIRES_SECONDS = 3600
"""How long a document holds unless it is refreshed, which the publisher does far more often."""


class DialogState(StrEnum):
    """RFC 4235 section 3.7.1, as far as lamps tell them apart."""

    TRYING = "trying"
    EARLY = "early"
    CONFIRMED = "confirmed"


class Direction(StrEnum):
    """Who began: the watched extension, or the other party."""

    INITIATOR = "initiator"
    RECIPIENT = "recipient"


class WatchedDialog(msgspec.Struct, frozen=True):
    """One call of an extension as others may see it."""

    id: str
    state: DialogState
    direction: Direction
    remote: str | None = None
    """Number of the other party; None when it is not to be shown."""
    remote_name: str | None = None


def message_summary(*, account: str, new: int, old: int, urgent_new: int = 0, urgent_old: int = 0) -> str:
    """Body for `message-summary` (RFC 3842 section 5).

    Args:
        account: What a phone dials to hear the messages, as a URI.
        new: Messages not heard yet; the lamp is lit when there is one.
    """
    return (
        f"Messages-Waiting: {'yes' if new else 'no'}\r\n"
        f"Message-Account: {account}\r\n"
        f"Voice-Message: {new}/{old} ({urgent_new}/{urgent_old})\r\n"
    )


def dialog_info(entity: str, dialogs: Iterable[WatchedDialog]) -> str:
    """Body for `dialog` (RFC 4235 section 4) listing all calls of `entity`, a URI.

    With no call it lists one that is over: phones with nothing to show keep the lamp as it was.
    """
    lines = [_dialog(entity, dialog) for dialog in dialogs] or ['<dialog id="idle"><state>terminated</state></dialog>']
    return (
        '<?xml version="1.0"?>\r\n'
        '<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" '
        f"entity={quoteattr(entity)}>\r\n" + "\r\n".join(lines) + "\r\n</dialog-info>\r\n"
    )


def _dialog(entity: str, dialog: WatchedDialog) -> str:
    remote = ""
    if dialog.remote is not None:
        _, _, domain = entity.partition("@")
        uri = f"sip:{_printable(dialog.remote)}@{domain}"
        shown = f" display={quoteattr(_printable(dialog.remote_name))}" if dialog.remote_name else ""
        remote = f"<remote><identity{shown}>{escape(uri)}</identity><target uri={quoteattr(uri)}/></remote>"
    return (
        f"<dialog id={quoteattr(_printable(dialog.id))} direction={quoteattr(dialog.direction)}>"
        f"<state>{dialog.state}</state>{remote}</dialog>"
    )


def _printable(text: str) -> str:
    """Without the characters XML 1.0 cannot hold: names come from callers, who send anything."""
    return "".join(character for character in text if character.isprintable())


class Event(StrEnum):
    """The two event packages the edge serves."""

    DIALOG = "dialog"
    MESSAGE_SUMMARY = "message-summary"


_CONTENT_TYPES = {
    Event.DIALOG: "application/dialog-info+xml",
    Event.MESSAGE_SUMMARY: "application/simple-message-summary",
}


class Publication(msgspec.Struct, frozen=True):
    """One PUBLISH to send. `body` None refreshes what is already known under `etag`."""

    event: Event
    entity: str
    body: str | None
    etag: str | None

    @property
    def content_type(self) -> str:
        return _CONTENT_TYPES[self.event]


class _Kept:
    """What is to be known of one entity, and what the edge knows of it."""

    def __init__(self) -> None:
        self.body = ""
        self.is_said = False
        self.etag: str | None = None


class EtagKeeper:
    """Which document to publish next, and under which entity tag.

    The edge keeps documents in memory, so a restart forgets them all. It shows as 412 (RFC 3903 section 11.2.1) to any
    one of them; then all are said again. To see it soon, `refresh` names one document after the other, round and round.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[Event, str], _Kept] = {}
        self._turn: list[tuple[Event, str]] = []

    def want(self, event: Event, entity: str, body: str) -> None:
        """From now on this is the truth about `entity`; an unsent older one is never sent."""
        kept = self._kept.setdefault((event, entity), _Kept())
        if kept.body != body:
            kept.body, kept.is_said = body, False

    def next(self) -> Publication | None:
        """A document the edge does not know yet; None when it knows all."""
        for (event, entity), kept in self._kept.items():
            if not kept.is_said:
                return Publication(event, entity, kept.body, kept.etag)
        return None

    def refresh(self) -> Publication | None:
        """A document the edge should still know, to be refreshed; None when there is none."""
        if not self._turn:
            self._turn = [key for key, kept in self._kept.items() if kept.etag is not None]
        if not self._turn:
            return None
        event, entity = self._turn.pop()
        return Publication(event, entity, None, self._kept[event, entity].etag)

    def answered(self, publication: Publication, status: int, etag: str | None) -> None:
        """The final reply to a publication. What was refused is tried again after all the others."""
        key = (publication.event, publication.entity)
        kept = self._kept.pop(key)
        self._kept[key] = kept
        if status == 412:
            self.forget()
        elif status // 100 == 2:
            kept.etag = etag
            if publication.body is not None:
                kept.is_said = kept.body == publication.body

    def forget(self) -> None:
        """The edge has forgotten everything: say it all again, as if for the first time."""
        self._turn.clear()
        for kept in self._kept.values():
            kept.etag, kept.is_said = None, False
