"""Mistakes about boxes of groups and the mail server."""

import pytest

from appliance.config.loading import check
from appliance.config.models import Configuration, Extension, Mailbox, MailSecurity, MailServer


def office(**settings: object) -> Configuration:
    people = {"201": Extension(name="Anna"), "202": Extension(name="Boris")}
    usual = {"name": "Office", "default_desk": "extension:201", "extensions": people}
    return Configuration(**{**usual, **settings})  # type: ignore[arg-type]


def box(name: str = "team", **settings: object) -> dict[str, Mailbox]:
    return {name: Mailbox(**{"name": "Team", "number": "699", "members": ("201",), **settings})}  # type: ignore[arg-type]


def mail(**settings: object) -> MailServer:
    return MailServer(**{"server": "smtp.example.com", "sender": "office@example.com", **settings})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"mailboxes": box("699")}, "mailboxes.699"),
        ({"mailboxes": box(members=())}, "mailboxes.team.members"),
        ({"mailboxes": box(members=("203",))}, "mailboxes.team.members.1"),
        ({"mailboxes": box(members=("201", "201"))}, "mailboxes.team.members.2"),
        ({"mailboxes": box(pin="0000")}, "mailboxes.team.pin"),
        ({"mailboxes": box(email="team")}, "mailboxes.team.email"),
        ({"mailboxes": box(number="201")}, "mailboxes.team.number"),
        ({"default_desk": "voicemail:temp", "mailboxes": box()}, "default_desk"),
        ({"mail": mail(sender="office")}, "mail.sender"),
        ({"mail": mail(user="office")}, "mail.password"),
        ({"mail": mail(user="o", password="p", security=MailSecurity.NONE)}, "mail.security"),
    ],
)
def test_one_mistake_is_reported_at_its_place(settings: dict[str, object], path: str) -> None:
    (mistake,) = check(office(**settings))
    assert mistake.path == path


def test_a_box_of_a_group_is_a_destination() -> None:
    assert check(office(default_desk="voicemail:team", mailboxes=box(), mail=mail())) == ()
