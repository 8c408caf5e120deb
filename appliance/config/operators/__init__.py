"""What is known of operators and gateways: one file each, every line of it with where it is known from.

A profile says what an operator expects of everybody; what a customer has, such as the password, stands in the line.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.config.models import CallerFrom, DidFrom, DtmfMode, SessionTimer, SipCodec, SipLine

OUR_DOMAIN = "porter"
"""What stands behind the @ for those who register here, as for our telephones."""


class OperatorProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one operator, or one kind of gateway, speaks SIP."""

    title: str
    countries: tuple[str, ...] = ()
    """ISO 3166; (): anywhere."""
    sources: Annotated[tuple[str, ...], Meta(min_length=1)]
    """Documents and pages all this is known from."""
    server: str = ""
    second_server: str = ""
    domain: str = ""
    did_from: DidFrom = DidFrom.REQUEST
    caller_from: CallerFrom = CallerFrom.ASSERTED
    show_by: CallerFrom = CallerFrom.FROM
    codecs: tuple[SipCodec, ...] = ("alaw", "ulaw")
    dtmf: DtmfMode = DtmfMode.AUTO
    session_timer: SessionTimer = SessionTimer.ON
    expires_seconds: int = 600
    keep_alive_seconds: float = 20.0
    answers_options: bool = True
    """False: OPTIONS are not answered, so only registering shows whether the operator is there."""
    dials_plus: bool = True
    """Whether whole numbers are dialled with their plus sign."""
    needs_national: bool = False
    """Numbers are dialled there as people in the country dial them: `outgoing.spelling` is to be "national"."""


class SipRules(msgspec.Struct, frozen=True, kw_only=True):
    """A line's profile with what the line itself says in place of it."""

    server: str
    second_server: str
    domain: str
    did_from: DidFrom
    caller_from: CallerFrom
    show_by: CallerFrom
    codecs: tuple[SipCodec, ...]
    dtmf: DtmfMode
    session_timer: SessionTimer
    expires_seconds: int
    keep_alive_seconds: float
    answers_options: bool
    dials_plus: bool


@cache
def profiles() -> dict[str, OperatorProfile]:
    """All profiles by their names, which are those of their files."""
    files = (entry for entry in resources.files(__name__).iterdir() if entry.name.endswith(".toml"))
    found = {entry.name.removesuffix(".toml"): entry.read_bytes() for entry in files}
    return {name: msgspec.toml.decode(found[name], type=OperatorProfile) for name in sorted(found)}


def rules_of(line: SipLine) -> SipRules:
    """How a line is spoken with. A profile that does not exist counts as the standard one; validation reports it."""
    profile = profiles().get(line.profile) or profiles()["standard"]
    server = line.server or profile.server
    return SipRules(
        server=server,
        second_server=line.second_server or profile.second_server,
        domain=line.domain or profile.domain or server.partition(":")[0] or OUR_DOMAIN,
        did_from=line.did_from or profile.did_from,
        caller_from=line.caller_from or profile.caller_from,
        show_by=line.show_by or profile.show_by,
        codecs=line.codecs or profile.codecs,
        dtmf=line.dtmf or profile.dtmf,
        session_timer=line.session_timer or profile.session_timer,
        expires_seconds=line.expires_seconds or profile.expires_seconds,
        keep_alive_seconds=line.keep_alive_seconds or profile.keep_alive_seconds,
        answers_options=profile.answers_options if line.answers_options is None else line.answers_options,
        dials_plus=profile.dials_plus,
    )
