"""Real mail servers for tests, on loopback: aiosmtpd in a thread of its own."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.ports import free_ports

USER, PASSWORD = "office", "a password for tests"


class Postbox:
    """What a server has taken, and how it answers.

    Attributes:
        answers: By receiver, what the server says instead of taking a mail for it.
    """

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(mail, EmailMessage)
        self.taken.append(mail)
        return "250 OK"


@contextmanager
def mail_server(tls: ssl.SSLContext | None = None, *, wants_password: bool = False) -> Iterator[tuple[Postbox, int]]:
    """A server that takes mail, and its port."""
    postbox, (port,) = Postbox(), free_ports(1)

    def is_known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)

    controller = Controller(
        postbox,
        hostname="127.0.0.1",
        port=port,
        ready_timeout=30,  # seconds, on a machine that is busy
        tls_context=tls,
        require_starttls=tls is not None,
        auth_required=wants_password,
        auth_require_tls=tls is not None,
        authenticator=is_known,
    )
    controller.start()
    try:
        yield postbox, port
    finally:
        controller.stop()


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS, and its own certificate, which nobody else vouches for."""
    key, file = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-keyout", str(key), "-out", str(file)),
            *("-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return context, file
