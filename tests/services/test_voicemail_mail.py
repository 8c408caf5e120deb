"""What a mail about a voicemail says, in every language, whatever strangers call themselves."""

from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.calls.ports import VoiceMessage
from appliance.config.models import Language
from appliance.services.voicemail_mail import Sound, caller_of, voicemail_mail

NOON = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)
LEFT = VoiceMessage(
    id="ab12", box="201", path="x.wav", caller="+37129999999", caller_name="Līga", left_at=NOON, seconds=65
)
SOUND = Sound("mpeg", "mp3", b"\xff\xf3sound")


def mail_of(message: VoiceMessage, language: Language = Language.EN, *, by: str = "") -> object:
    made = voicemail_mail(
        message,
        SOUND,
        to="anna@example.com",
        sender="pbx@example.com",
        office="Small office",
        box="Anna",
        language=language,
        by=by,
    )
    return BytesParser(policy=default).parsebytes(made.as_bytes())


def test_a_mail_says_who_when_and_how_long_and_has_the_sound() -> None:
    mail = mail_of(LEFT)
    assert mail["Subject"] == "Voicemail from Līga (+37129999999), 1:05"  # type: ignore[index]
    assert mail["From"] == "Small office <pbx@example.com>"  # type: ignore[index]
    assert mail["Message-ID"] == "<voicemail.ab12@example.com>"  # type: ignore[index]
    assert mail.get_body().get_content().splitlines() == [  # type: ignore[attr-defined]
        "From: Līga (+37129999999)",
        "Left: 2026-11-24 12:05",
        "Length: 1:05",
        "Mailbox: Anna",
        "",
        "The message is attached.",
    ]
    (sound,) = mail.iter_attachments()  # type: ignore[attr-defined]
    assert (sound.get_content_type(), sound.get_filename()) == ("audio/mpeg", "voicemail-2026-11-24-1205.mp3")
    assert sound.get_content() == SOUND.data


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        (Language.EN, "Voicemail from a withheld number, 0:03"),
        (Language.LV, "Balss ziņa no slēpta numura, 0:03"),
        (Language.UK, "Голосове повідомлення від прихованого номера, 0:03"),
        (Language.RU, "Голосовое сообщение от скрытого номера, 0:03"),
    ],
)
def test_a_withheld_number_and_an_unknown_time_are_said_in_each_language(language: Language, subject: str) -> None:
    mail = mail_of(VoiceMessage(id="x", box="201", path="x.wav", caller="", seconds=3.9), language, by="Boris")
    assert mail["Subject"] == subject and mail["Date"] is None  # type: ignore[index]
    body = mail.get_body().get_content()  # type: ignore[attr-defined]
    assert "Boris" in body and "2026" not in body and "{" not in body


@settings(deadline=None)
@given(name=st.text(max_size=60), number=st.text(max_size=30))
def test_no_name_of_a_caller_adds_a_header_or_breaks_the_mail(name: str, number: str) -> None:
    wanted = VoiceMessage(id="x", box="201", path="x.wav", caller=number, caller_name=name, left_at=NOON, seconds=3)
    mail = mail_of(wanted)
    assert set(mail.keys()) == set(mail_of(LEFT).keys())  # type: ignore[attr-defined]
    assert mail["To"] == "anna@example.com"  # type: ignore[index]
    assert "\n" not in caller_of(wanted) and "\r" not in caller_of(wanted)
