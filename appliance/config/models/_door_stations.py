"""SIP door stations: panels with a telephone in them, which register as a phone and call when a button is pressed."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import AccountName, Model, Password

OpeningCode = Annotated[
    str, Meta(pattern=r"^[0-9*#]{1,12}$", description="1 to 12 of the keys 0-9 * #", extra={"secret": True})
]
HttpAddress = Annotated[
    str,
    Meta(pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$", description='an address such as "http://192.168.1.30"'),
]
HttpPassword = Annotated[
    str, Meta(pattern=r"^[!-~]{1,64}$", description="1 to 64 characters without spaces", extra={"secret": True})
]
DialledButton = Annotated[str, Meta(pattern=r"^[0-9*#]{1,16}$", description="what the station dials, 1 to 16 keys")]


class RelayBy(StrEnum):
    """How a station is told to fire its own relay."""

    DTMF = "dtmf"
    """By keys within its call, RFC 4733."""
    INFO = "info"
    """By keys within its call, SIP INFO."""
    HTTP = "http"
    """By a request to its web server, at any time."""


class StationRelay(Model, frozen=True, kw_only=True):
    """The lock hangs on the station's own relay.

    Who takes the panel off the wall has its wires in his hands: a relay inside, driven by the Pi, is safer.
    """

    by: RelayBy
    opening_code: OpeningCode | None = None
    """The code the station expects, for `dtmf` and `info`."""
    address: HttpAddress | None = None
    """Of its web server, for `http`."""
    user: str = ""
    password: HttpPassword | None = None
    """Of an account of its web server that may open and nothing else."""
    number: Annotated[int, Meta(ge=1, le=4, description="a relay, 1 to 4")] = 1


class SipStation(Model, frozen=True, kw_only=True):
    """The account a station registers with, and what is special about it."""

    password: Password
    account: AccountName | None = None
    """None: the door's name."""
    make: str = "other"
    """Whose station it is, which says how its relay is fired: see `appliance.config.station_makes`."""
    buttons: dict[DialledButton, str] = {}
    """What a button dials to the destination it rings, for panels with several; every other button rings as `rings`
    says."""
    relay: StationRelay | None = None
    """None: the door's pins open, and the station only speaks."""
