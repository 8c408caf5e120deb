"""Whether mailboxes of groups and the mail server make sense."""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.config.mistakes import Mistake, below, closest
from appliance.config.models import Configuration, MailSecurity
from appliance.config.pins import why_trivial

ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*")


def check_mailboxes(configuration: Configuration) -> Iterator[Mistake]:
    """Every box of a group is told apart from those of people, has members that exist, and a PIN worth its name."""
    for name, box in configuration.mailboxes.items():
        path = f"mailboxes.{name}"
        if name.isdigit():
            yield Mistake(path=path, cause="A name of digits alone is that of an extension's box; add a letter.")
        if not box.members:
            yield Mistake(path=f"{path}.members", cause="A mailbox needs at least one member.")
        for at, member in enumerate(box.members, 1):
            here = below(f"{path}.members", at)
            if member not in configuration.extensions:
                guess = closest(member, configuration.extensions)
                yield Mistake(path=here, cause=f'There is no extension "{member}".', did_you_mean=guess)
            elif member in box.members[: at - 1]:
                yield Mistake(path=here, cause=f'"{member}" is a member already.')
        if why := box.pin and why_trivial(box.pin, box.number):
            yield Mistake(path=f"{path}.pin", cause=why)
        if box.email is not None and not ADDRESS.fullmatch(box.email):
            yield Mistake(path=f"{path}.email", cause=f'"{box.email}" is no mail address.')


def check_mail(configuration: Configuration) -> Iterator[Mistake]:
    """The mail server can be logged in to, and no password travels in the open."""
    mail = configuration.mail
    if mail is None:
        return
    if not ADDRESS.fullmatch(mail.sender):
        yield Mistake(path="mail.sender", cause=f'"{mail.sender}" is no mail address.')
    if (mail.user is None) != (mail.password is None):
        missing = "user" if mail.user is None else "password"
        yield Mistake(path=f"mail.{missing}", cause="The mail server wants a user and a password, or neither.")
    if mail.security is MailSecurity.NONE and mail.password is not None:
        yield Mistake(
            path="mail.security", cause='The password would be readable on the way; write "starttls" or "tls".'
        )
