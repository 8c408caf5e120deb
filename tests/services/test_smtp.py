"""Handing mail over to real servers, willing and unwilling ones."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from appliance.config.models import MailSecurity, MailServer
from appliance.services.smtp import MailFailed, hand_over
from tests.ports import free_ports
from tests.services.mail_servers import PASSWORD, USER, certificate, mail_server


def a_mail(to: str = "anna@example.com") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Voicemail", "office@example.com", to
    mail.set_content("Sveiki, Анно!\n")
    return mail


def server_at(port: int, **settings: object) -> MailServer:
    wanted = {"server": "127.0.0.1", "security": MailSecurity.NONE, "sender": "office@example.com", **settings}
    return MailServer(port=port, **wanted)  # type: ignore[arg-type]


def refusal(server: MailServer, mail: EmailMessage | None = None) -> MailFailed:
    with pytest.raises(MailFailed) as failed:
        hand_over(server, mail or a_mail())
    return failed.value


def test_a_willing_server_takes_a_mail() -> None:
    with mail_server() as (postbox, port):
        hand_over(server_at(port), a_mail())
    (mail,) = postbox.taken
    assert (mail["To"], mail.get_content().strip()) == ("anna@example.com", "Sveiki, Анно!")


def test_a_password_travels_only_after_starttls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls, file = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with mail_server(tls, wants_password=True) as (postbox, port):
        private = server_at(port, server="localhost", security=MailSecurity.STARTTLS, user=USER, password=PASSWORD)
        hand_over(private, a_mail())
        assert len(postbox.taken) == 1
        wrong = refusal(server_at(port, server="localhost", security=MailSecurity.STARTTLS, user=USER, password="no"))
        assert "refuses user and password" in wrong.cause and wrong.may_retry and not wrong.is_only_this
        assert PASSWORD not in str(wrong)


def test_a_certificate_that_is_not_the_servers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls, file = certificate(tmp_path, "mail.somewhere.else")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with mail_server(tls) as (postbox, port):
        failed = refusal(server_at(port, server="localhost", security=MailSecurity.STARTTLS))
    assert "cannot be talked to privately" in failed.cause and failed.may_retry and not postbox.taken


def test_a_server_without_starttls_gets_nothing() -> None:
    with mail_server() as (postbox, port):
        failed = refusal(server_at(port, security=MailSecurity.STARTTLS))
    assert "mail.security" in str(failed) and failed.may_retry and not postbox.taken


@pytest.mark.parametrize(
    ("answer", "may_retry"), [("550 No such person here", False), ("451 Come back in five minutes", True)]
)
def test_what_a_server_says_about_a_receiver_is_told(answer: str, may_retry: bool) -> None:
    with mail_server() as (postbox, port):
        postbox.answers["anna@example.com"] = answer
        failed = refusal(server_at(port))
    assert answer in failed.cause and failed.may_retry is may_retry and failed.is_only_this


def test_an_address_that_is_not_ascii_is_given_up() -> None:
    with mail_server() as (_, port):
        failed = refusal(server_at(port), a_mail("анна@example.com"))
    assert not failed.may_retry


def test_a_server_that_is_not_there_is_tried_again() -> None:
    failed = refusal(server_at(free_ports(1)[0]))
    assert "cannot be reached" in failed.cause and failed.may_retry and not failed.is_only_this


def test_a_server_that_hangs_up_at_once_is_tried_again() -> None:
    with mail_server() as (_, port):
        failed = refusal(server_at(port, security=MailSecurity.TLS))
    assert failed.may_retry and not failed.is_only_this
