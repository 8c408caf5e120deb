"""Sending mail: the server of the office's provider."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import Model
from appliance.config.models._mailboxes import MailAddress

HostName = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$", description='a name such as "smtp.example.com"'),
]


class MailSecurity(StrEnum):
    """How the connection to the mail server is kept private."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class MailServer(Model, frozen=True, kw_only=True):
    """Who takes the office's mail (RFC 6409)."""

    server: HostName
    port: Annotated[int, Meta(ge=1, le=65535, description="a port, 1 to 65535")] = 587
    security: MailSecurity = MailSecurity.STARTTLS
    """"starttls" as port 587 wants it, "tls" as port 465 does, "none" only within the house."""
    user: Annotated[str, Meta(max_length=254)] | None = None
    """None: the server asks for no password."""
    password: (
        Annotated[str, Meta(min_length=1, max_length=254, description="a password", extra={"secret": True})] | None
    ) = None
    sender: MailAddress
    """Whom the mail comes from."""
