"""The mail that brings a voicemail: who called, when and how long, in the receiver's language, and the sound."""

from __future__ import annotations

from collections.abc import Mapping
from email.header import Header
from email.message import Message
from email.mime.audio import MIMEAudio
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr
from functools import cache

import msgspec

from appliance.calls.ports import VoiceMessage
from appliance.config.models import Language
from appliance.services.words import InAllLanguages, load_words


class Sound(msgspec.Struct, frozen=True):
    """A message as it is attached."""

    subtype: str
    """Of the media type audio/…, such as "mpeg" (RFC 3003)."""
    suffix: str
    data: bytes


def voicemail_mail(
    message: VoiceMessage, sound: Sound, *, to: str, sender: str, office: str, box: str, language: Language, by: str
) -> Message:
    """The whole mail.

    Args:
        office: Its name, shown with the sender.
        box: Name of whom or what the mailbox belongs to.
        by: Name of who forwarded the message; "" when it was left in this box.

    The message id follows from the voicemail's: a mail that comes twice, since nobody could know whether the server had
    taken it, is known again (RFC 5322 §3.6.4). Texts of strangers cannot add headers.
    """
    words = _words()
    who = caller_of(message) or words["withheld"].text(language)
    long = f"{int(message.seconds) // 60}:{int(message.seconds) % 60:02d}"
    left = message.left_at
    when = words["unknown-time"].text(language) if left is None else left.strftime("%Y-%m-%d %H:%M")
    lines = [
        words["from"].text(language).format(who=who),
        words["left"].text(language).format(when=when),
        words["long"].text(language).format(long=long),
        words["box"].text(language).format(box=_one_line(box)),
        *([words["forwarded"].text(language).format(by=_one_line(by))] if by else []),
        "",
        words["attached"].text(language),
    ]
    # Not EmailMessage: its folding loses spaces between Cyrillic words in some releases of Python 3.11 and 3.12.
    mail = MIMEMultipart()
    mail["Subject"] = Header(
        words["subject"].text(language).format(who=who, long=long), "utf-8", header_name="Subject"
    ).encode()
    mail["From"] = formataddr((_one_line(office), sender))
    mail["To"] = to
    if left is not None:
        mail["Date"] = format_datetime(left)
    mail["Message-ID"] = f"<voicemail.{message.id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes in answer
    mail["Content-Language"] = language.value
    mail.attach(MIMEText("\n".join(lines) + "\n", "plain", "utf-8"))
    attached = MIMEAudio(sound.data, sound.subtype)
    named = "voicemail" if left is None else f"voicemail-{left:%Y-%m-%d-%H%M}"
    attached.add_header("Content-Disposition", "attachment", filename=f"{named}.{sound.suffix}")
    mail.attach(attached)
    return mail


def caller_of(message: VoiceMessage) -> str:
    """Name and number of who left a message, as far as they are known; "" when withheld."""
    name, number = _one_line(message.caller_name), _one_line(message.caller)
    return f"{name} ({number})" if name and number and name != number else name or number


def _one_line(text: str) -> str:
    """A text of a stranger, such as a name the network sent, without what would break a header."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


@cache
def _words() -> Mapping[str, InAllLanguages]:
    return load_words("mail.yaml", dict[str, InAllLanguages])
