"""One mail to the office's mail server (RFC 6409), and in plain words why it was not taken."""

from __future__ import annotations

import smtplib
import ssl
from email.errors import MessageError
from email.message import Message

import trio

from appliance.config.models import MailSecurity, MailServer
from appliance.errors import PorterError

TIMEOUT_SECONDS = 30.0
"""For each answer of the server."""


class MailFailed(PorterError):
    """A mail was not taken.

    Args:
        may_retry: Whether the same mail may be taken later, once the server or the configuration is other than now.
        is_only_this: Whether other mails may be taken meanwhile.
    """

    def __init__(self, cause: str, next_step: str, *, may_retry: bool = True, is_only_this: bool = False) -> None:
        super().__init__(cause, next_step)
        self.may_retry = may_retry
        self.is_only_this = is_only_this


async def send_mail(server: MailServer, mail: Message) -> None:
    """Hand a mail over; the server has taken it when this returns.

    Raises:
        MailFailed: With the cause and the next step.
    """
    await trio.to_thread.run_sync(hand_over, server, mail, abandon_on_cancel=True)


def hand_over(server: MailServer, mail: Message) -> None:
    """`send_mail`, for callers without Trio; blocks."""
    if not str(mail["To"]).isascii():
        cause = f"Many mail servers take no mail to {mail['To']}, which is not ASCII (RFC 6531)."
        raise MailFailed(cause, "Use another address.", may_retry=False)
    try:
        with _connected(server) as connection:
            if server.user is not None and server.password is not None:
                connection.login(server.user, server.password)
            connection.send_message(mail)
    except (OSError, MessageError, ValueError) as error:
        raise _told(server, error) from error


def _connected(server: MailServer) -> smtplib.SMTP:
    """A connection as private as the configuration wants it: the server's certificate must be right."""
    # Our name for the greeting; else the library asks the network for one, which may take long.
    own_name = server.sender.rpartition("@")[2]
    if server.security is MailSecurity.TLS:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.server, server.port, own_name, timeout=TIMEOUT_SECONDS, context=context)
    connection = smtplib.SMTP(server.server, server.port, own_name, timeout=TIMEOUT_SECONDS)
    if server.security is MailSecurity.STARTTLS:
        try:
            connection.starttls(context=ssl.create_default_context())
        except BaseException:
            connection.close()
            raise
    return connection


def _told(server: MailServer, error: Exception) -> MailFailed:
    """What happened, for the owner."""
    where = f"The mail server {server.server}, port {server.port},"
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            code, said = next(iter(refused.values()))
            return _refused(f"{where} refuses the receiver", code, said, "Correct the address, and see who gives it.")
        case smtplib.SMTPDataError(smtp_code=code, smtp_error=said):
            return _refused(f"{where} refuses the mail", code, said, "Ask the provider what it does not take.")
        case smtplib.SMTPSenderRefused(smtp_error=said):
            return MailFailed(
                f"{where} refuses the sender {server.sender}: {_text(said)}.",
                "Write in mail.sender the address that belongs to mail.user.",
            )
        case smtplib.SMTPAuthenticationError(smtp_error=said):
            return MailFailed(
                f"{where} refuses user and password: {_text(said)}.",
                "Correct mail.user and mail.password; some providers want a password for programs of its own.",
            )
        case smtplib.SMTPNotSupportedError():
            return MailFailed(
                f"{where} cannot do what mail.security or the password asks for: {error}.",
                'Port 587 usually wants mail.security "starttls", port 465 "tls".',
            )
        case ssl.SSLError():
            return MailFailed(
                f"{where} cannot be talked to privately: {error.reason or error}.",
                "Is mail.server the name its certificate is for, does mail.security fit the port, is the clock right?",
            )
        case smtplib.SMTPException():
            return MailFailed(f"{where} broke off: {_text(str(error))}.", "It is tried again; ask the provider.")
        case OSError():
            return MailFailed(
                f"{where} cannot be reached: {error.strerror or error}.",
                "Is the internet there, and are mail.server and mail.port right? It is tried again.",
            )
        case _:
            return MailFailed(f"The mail cannot be written: {error}.", "Correct the address.", may_retry=False)


def _refused(what: str, code: int, said: bytes | str, next_step: str) -> MailFailed:
    """Codes of 400 to 499 are for now, those of 500 to 599 for ever (RFC 5321 §4.2.1)."""
    is_for_ever = 500 <= code <= 599
    return MailFailed(f"{what}: {code} {_text(said)}.", next_step, may_retry=not is_for_ever, is_only_this=True)


def _text(said: bytes | str) -> str:
    """What a server said, as one short line."""
    text = said.decode("utf-8", errors="replace") if isinstance(said, bytes) else said
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:200].rstrip(".")
