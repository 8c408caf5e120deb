"""Opening a door whose lock hangs on its SIP station's relay: the door process decides, then the station is told."""

from __future__ import annotations

import http.client
import logging
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import quote

import trio

from appliance.calls.leg import Leg
from appliance.calls.names import LegId, PartyKind
from appliance.calls.ports import DoorPort, OpenAnswer
from appliance.config.models import Configuration, RelayBy, StationRelay
from appliance.config.station_makes import MAKES, Make

log = logging.getLogger(__name__)

HTTP_SECONDS = 3.0
"""How long a station may take; longer nobody stands before a door."""


class Legs(Protocol):
    """The office, as far as the legs of stations matter."""

    @property
    def configuration(self) -> Configuration: ...

    @property
    def legs(self) -> Mapping[LegId, Leg]: ...


class StationRelays:
    """Implements `DoorPort`: whatever is asked goes to the door process, and what it grants at a station's own relay is
    passed on to the station.

    A relay that can only be fired within a call is refused before the door process is asked, so that its ledger tells
    of no opening that cannot happen.

    Args:
        doors: The door process.
        by_info: Sends keys to a leg by SIP INFO.
    """

    def __init__(self, doors: DoorPort, by_info: Callable[[LegId, str], None]) -> None:
        self._doors = doors
        self._by_info = by_info
        self._office: Legs | None = None

    def open(self, office: Legs) -> None:
        """Know the doors and legs of an office from now on."""
        self._office = office

    async def request_open(
        self, door: str, *, channel: str, person: str, code: str | None, call_id: str | None, leg_side: str
    ) -> OpenAnswer:
        relay, make = self._relay_of(door)
        leg = self._leg_of(door)
        if relay is not None and relay.by is not RelayBy.HTTP and leg is None:
            return OpenAnswer(False, "This station opens only while somebody speaks with it. Answer its call first.")
        answer = await self._doors.request_open(
            door, channel=channel, person=person, code=code, call_id=call_id, leg_side=leg_side
        )
        if not answer.granted or relay is None:
            return answer
        if why_not := await self._fire(door, relay, make, leg):
            log.error("door %s: the opening was granted, but %s", door, why_not)
            return OpenAnswer(False, why_not)
        return answer

    async def one_time_code(self, door: str, *, ring: str, person: str, seconds: float) -> str | None:
        return await self._doors.one_time_code(door, ring=ring, person=person, seconds=seconds)

    async def _fire(self, door: str, relay: StationRelay, make: Make, leg: Leg | None) -> str:
        """Have the station unlock; why it does not, "" when it was told."""
        if relay.by is RelayBy.HTTP:
            return await trio.to_thread.run_sync(_ask, relay, make, abandon_on_cancel=True)
        if leg is None or leg.is_gone:
            return "the station has hung up meanwhile."
        keys = f"{relay.opening_code or ''}{make.code_end}"
        if relay.by is RelayBy.INFO:
            self._by_info(leg.id, keys)
        else:
            leg.send_digits(keys)
        return ""

    def _relay_of(self, name: str) -> tuple[StationRelay | None, Make]:
        door = self._office.configuration.doors.get(name) if self._office is not None else None
        if door is None or door.station is None:
            return None, MAKES["other"]
        return door.station.relay, MAKES[door.station.make]

    def _leg_of(self, door: str) -> Leg | None:
        legs = self._office.legs.values() if self._office is not None else ()
        theirs = (leg for leg in legs if leg.party.kind is PartyKind.DOOR and leg.party.number == door)
        return next((leg for leg in theirs if leg.is_answered), None)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """None: a secret goes nowhere but where it is meant for."""


def _ask(relay: StationRelay, make: Make) -> str:
    """In a thread: one request; why the station did not open, "" when it said that it did."""
    user, password = relay.user, relay.password or ""
    path = make.open_path.format(number=relay.number, user=quote(user, safe=""), password=quote(password, safe=""))
    known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    known.add_password(None, relay.address or "", user, password)
    logins = (urllib.request.HTTPDigestAuthHandler(known), urllib.request.HTTPBasicAuthHandler(known))
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), _NoRedirects(), *(logins if make.asks_login else ())
    )
    try:
        with opener.open(f"{relay.address}{path}", timeout=HTTP_SECONDS) as response:
            response.read(1000)
    except HTTPError as error:
        if error.code in (401, 403):
            return "the station does not know the user or the password. Correct them in the door's `station.relay`."
        return f"the station refused it (HTTP {error.code}). Look at its page whether opening by HTTP is switched on."
    except (OSError, http.client.HTTPException, ValueError) as error:
        # Never the error's own text: the address may carry the secret.
        reason = getattr(error, "reason", error)
        words = getattr(reason, "strerror", None) or type(reason).__name__
        return f"the station cannot be reached ({words}). Look whether it has power and network."
    return ""
