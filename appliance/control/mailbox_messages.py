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
    """Extension; "" when it was left in this box."""


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


class SendTestMail(Ask[Done], frozen=True, tag="send_test_mail"):
    """Send a mail now; refused with what the server has against it."""

    to: str
