"""What can be asked of the mailboxes and of the mail, and the answers."""

from __future__ import annotations

from datetime import datetime

import msgspec

from appliance.control.messages import Ask, Done


class ListVoicemail(Ask["VoicemailListed"], frozen=True, kw_only=True, tag="list_voicemail"):
    """The messages of a box, oldest first; refused when there is no such box."""

    box: str
    """Extension, or name of a group's box."""
    deleted: bool = False
    """Those in its bin instead."""


class KeptVoicemail(msgspec.Struct, frozen=True, kw_only=True):
    """One message."""

    id: str
    path: str
    caller: str
    """"" when withheld."""
    caller_name: str
    left_at: datetime | None
    """None when the clock was not set."""
    seconds: float
    heard: bool
    forwarded_by: str
    """Extension or box; "" when it was left in this box."""


class VoicemailListed(msgspec.Struct, frozen=True, tag="voicemail_listed"):
    """They are there."""

    messages: tuple[KeptVoicemail, ...]


class DeleteVoicemail(Ask[Done], frozen=True, kw_only=True, tag="delete_voicemail"):
    """Put a message into the bin of its box; refused when it is not there."""

    box: str
    id: str
    by: str
    """Who did it, for the log."""


class RestoreVoicemail(Ask[Done], frozen=True, kw_only=True, tag="restore_voicemail"):
    """Take a message out of the bin of its box; refused when it is not there."""

    box: str
    id: str
    by: str


class KeepVoicemail(Ask[Done], frozen=True, kw_only=True, tag="keep_voicemail"):
    """Count a message as heard, so that no lamp lights for it; refused when it is not there."""

    box: str
    id: str
    by: str


class ForwardVoicemail(Ask[Done], frozen=True, kw_only=True, tag="forward_voicemail"):
    """Copy a message to another box, where it is new; refused when either is not there, or that box is full."""

    box: str
    id: str
    to: str
    by: str


class FetchVoicemail(Ask["VoicemailSound"], frozen=True, kw_only=True, tag="fetch_voicemail"):
    """The sound of a message; refused when it is not there, in the bin or out of it."""

    box: str
    id: str


class VoicemailSound(msgspec.Struct, frozen=True, tag="voicemail_sound"):
    """A whole WAV file."""

    data: bytes


class ListBoxes(Ask["BoxesListed"], frozen=True, tag="list_boxes"):
    """Every mailbox, those of people first."""


class ShownBox(msgspec.Struct, frozen=True, kw_only=True):
    """One mailbox."""

    key: str
    """Extension, or name of a group's box."""
    name: str
    new: int
    old: int
    deleted: int
    used: float
    """Share of it, 0 empty to 1 full, by the limit that is nearest."""
    is_full: bool
    """Whether callers can leave nothing in it."""
    pin_rests_seconds: float
    """How long no PIN is taken, after too many wrong ones; 0: one is."""


class BoxesListed(msgspec.Struct, frozen=True, tag="boxes_listed"):
    """They are there."""

    boxes: tuple[ShownBox, ...]


class SendTestMail(Ask[Done], frozen=True, tag="send_test_mail"):
    """Send a mail now; refused with what the server has against it."""

    to: str


MailboxRequest = (
    ListVoicemail
    | DeleteVoicemail
    | RestoreVoicemail
    | KeepVoicemail
    | ForwardVoicemail
    | FetchVoicemail
    | ListBoxes
    | SendTestMail
)
MailboxResult = VoicemailListed | VoicemailSound | BoxesListed
