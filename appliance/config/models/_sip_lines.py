"""SIP lines: an account or an address at an operator, an analog gateway, the Porter of another office."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from appliance.config.models._base import Model, OutsideNumber
from appliance.config.models._outbound import NumberKind, Outgoing

HostName = Annotated[
    str,
    Meta(
        pattern=r"^([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?)?$",
        description='a name or an IPv4 address, with a port where it is not the usual one: "sip.example.lv:5080"',
    ),
]
SipUser = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9+._*#@-]{0,64}$",
        description="letters, digits, + . _ * # @ and -, at most 64 long",
    ),
]
SipPassword = Annotated[
    str,
    Meta(pattern=r"^[!-~]{1,128}$", description="1 to 128 characters without spaces", extra={"secret": True}),
]
BranchPattern = Annotated[
    str, Meta(pattern=r"^[0-9]{0,5}[0-9x]{1,6}$", description='a short number, x for any digit, such as "3xx"')
]
KeepAliveSeconds = Annotated[float, Meta(ge=5, le=600, description="seconds, 5 to 600")]
RegistrationSeconds = Annotated[int, Meta(ge=60, le=86_400, description="seconds, 60 to 86400")]
Channels = Annotated[int, Meta(ge=1, le=100, description="calls at once, 1 to 100")]


class SipLink(StrEnum):
    """How a SIP line and we find and trust each other."""

    REGISTER = "register"
    """We register there with a user name and a password."""
    ADDRESS = "address"
    """Both know each other by their addresses; nobody registers."""
    ACCOUNT = "account"
    """It registers here, as a phone does, by the user name `line-NAME`: a gateway, or an office behind a router."""


class DidFrom(StrEnum):
    """Where in an INVITE the number stands that was called."""

    REQUEST = "request"
    """The Request-URI."""
    TO = "to"
    CALLED_PARTY = "called_party"
    """P-Called-Party-ID (RFC 7315 §4.2)."""


class CallerFrom(StrEnum):
    """Where in an INVITE the number stands that calls."""

    FROM = "from"
    ASSERTED = "asserted"
    """P-Asserted-Identity (RFC 3325)."""
    RPID = "rpid"
    """Remote-Party-ID (draft-ietf-sip-privacy-04), which some networks never gave up."""


class DtmfMode(StrEnum):
    """How keys travel on a line."""

    AUTO = "auto"
    """RFC 4733 where both sides offer it, SIP INFO otherwise; both are heard."""
    RFC4733 = "rfc4733"
    INFO = "info"
    """SIP INFO, application/dtmf-relay."""
    INBAND = "inband"
    """As tones in the sound."""


class SessionTimer(StrEnum):
    """Whether both sides tell each other now and then that a call still stands (RFC 4028)."""

    OFF = "off"
    ON = "on"
    """Where the other side wants it."""
    REQUIRED = "required"


SipCodec = Literal["alaw", "ulaw", "g722", "opus"]


class BranchOffice(Model, frozen=True, kw_only=True):
    """The line leads to the Porter of another office."""

    numbers: tuple[BranchPattern, ...]
    """Short numbers of the other office that are dialled here just so: "3xx" for 300 to 399."""
    may_dial: tuple[NumberKind, ...] = ()
    """What sort of outside numbers people there may call over our lines, by the routes here without `callers`."""


class SipLine(Model, frozen=True, kw_only=True, tag_field="kind", tag="sip"):
    """A path to the outside over SIP. What is None follows the profile."""

    withholds_by_digits: ClassVar[bool] = False
    """Our number is withheld by headers (RFC 3323, RFC 3325), not by digits in front."""

    link: SipLink = SipLink.REGISTER
    profile: str = "standard"
    """Which operator or device it is; see docs/sip-lines.md for what there is."""
    server: HostName = ""
    """The operator's domain or address; not used where it registers here. A domain may have SRV records."""
    second_server: HostName = ""
    """Tried when `server` does not answer."""
    transport: Literal["udp", "tcp"] = "udp"
    user: SipUser = ""
    auth_user: SipUser = ""
    """The name that goes with the password, where it is another than `user`."""
    password: SipPassword | None = None
    domain: HostName = ""
    """What stands behind the @ of our address there; "": the server's name, or the profile's."""
    number: OutsideNumber | None = None
    """Ours, shown to whom we call; also the number that was called where the INVITE names none."""
    channels: Channels = 4
    """Calls at once; the next line is used beyond."""
    passes_callers: bool = False
    """Whether the operator lets us show other numbers than ours, as those of forwarded callers."""
    did_from: DidFrom | None = None
    caller_from: CallerFrom | None = None
    """Where the caller is looked for first; the other places follow."""
    show_by: CallerFrom | None = None
    """Where our number, or the caller's, is shown to the operator."""
    codecs: tuple[SipCodec, ...] = ()
    """Best first; (): the profile's."""
    dtmf: DtmfMode | None = None
    session_timer: SessionTimer | None = None
    expires_seconds: RegistrationSeconds | None = None
    keep_alive_seconds: KeepAliveSeconds | None = None
    """Between two questions whether the operator is there; they also keep a router's way open."""
    answers_options: bool | None = None
    """Whether its servers answer when asked whether they are there (OPTIONS); nearly all do."""
    branch: BranchOffice | None = None
    simulated: bool = False
    outgoing: Outgoing = Outgoing()

    @property
    def shows_callers(self) -> bool:
        """Whether whom we call may see who called us."""
        return self.passes_callers or self.branch is not None


def account_of_line(name: str) -> str:
    """The SIP user name by which a gateway or an office registers for a line."""
    return f"{LINE_ACCOUNT}{name}"


LINE_ACCOUNT = "line-"
"""How the user names of lines begin; those of phones may not."""
