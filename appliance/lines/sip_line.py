"""A SIP line: finds its operator's servers, registers, notices when one is dead and when it is back, and says in plain
words why it cannot be used. Its calls are those of the SIP adapter."""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
import trio

from appliance.calls.leg import Leg
from appliance.calls.names import Cause, LegId
from appliance.calls.ports import CallerShown, Contact, LineReason, LineState, LineStatus, SmsPart
from appliance.calls.trunks import Refused, Registered, Target, Trunk, TrunkLink
from appliance.config import models
from appliance.config.models import Language, SipLink, account_of_line
from appliance.config.operators import rules_of
from appliance.control.line_reasons import line_reason
from appliance.errors import LineFailed
from appliance.lines.operator_names import NameFailed, Names, servers_of

log = logging.getLogger(__name__)

AGAIN_SECONDS = 10.0
"""Between two attempts with an operator that is not reached: a line is back within 15 s (CHECKLIST C5)."""
REFUSED_SECONDS = 60.0
"""After a refusal: operators block addresses that guess passwords."""
NAMES_SECONDS = 60.0
"""How long what a name leads to is believed."""
LOOK_SECONDS = 2.0
"""Between two looks whether a gateway is registered here."""
JUST_SECONDS = 1.0
"""What was asked so lately is not asked again."""
EARLY = 0.8
"""The part of a registration's time after which it is renewed."""

_SILENT = frozenset({408, 477})
_REASONS = {
    401: "sip_wrong_password",
    403: "sip_forbidden",
    404: "sip_unknown_user",
    407: "sip_wrong_password",
    408: "sip_silent",
    477: "sip_not_sent",
}


class SipLine:
    """One account, or one address, at an operator. Implements `appliance.calls.ports.Line`.

    Args:
        names: Finds the operator's servers.
        on_change: Called when `status` has changed; quick and synchronous.
    """

    def __init__(
        self,
        name: str,
        settings: models.SipLine,
        link: TrunkLink,
        names: Names,
        *,
        chance: random.Random,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self._settings = settings
        self._link = link
        self._names = names
        self._chance = chance
        self._on_change = on_change
        # The same over restarts, so that an operator which has us registered still reaches us.
        token = hashlib.sha256(f"{settings.password}\0{name}".encode()).hexdigest()[:16]
        self._trunk = Trunk(line=name, settings=settings, rules=rules_of(settings), token=f"line-{name}-{token}")
        self._targets: list[Target] = []
        """As the operator's names give them, the first server's before the second's."""
        self._found_at = -NAMES_SECONDS
        self._dead: set[Target] = set()
        self._asked_at = -NAMES_SECONDS
        self._registrar: Target | None = None
        self._contacts: Mapping[Contact, str] = {}
        self._fault: LineReason | None = LineReason("sip_starting")
        self._status = LineStatus(name, LineState.STARTING, _in_english(self._fault), why=self._fault)

    # What the office sees.

    @property
    def status(self) -> LineStatus:
        return self._status

    @property
    def is_in_use(self) -> bool:
        """Whether calls go over it, so that it cannot be rebuilt."""
        return self._link.calls_on(self.name) > 0

    def dial(self, leg: Leg, number: str, shown: CallerShown) -> None:
        """Call an outside number by the first server that answers."""
        if self._link.calls_on(self.name) >= self._settings.channels:
            leg.was_ended(Cause.NO_CIRCUIT)
            return
        ways = self._ways()
        if not ways:
            leg.was_ended(Cause.OUT_OF_ORDER)
            return
        self._link.dial(leg, self._trunk, number, shown, ways)

    def ring(self, leg: LegId) -> None:
        self._link.ring(leg)

    def progress(self, leg: LegId) -> bool:
        return self._link.progress(leg)

    def answer(self, leg: LegId) -> None:
        self._link.answer(leg)

    def hang_up(self, leg: LegId, cause: Cause) -> None:
        self._link.hang_up(leg, cause)

    def send_digits(self, leg: LegId, digits: str) -> None:
        self._link.send_digits(leg, digits)

    def report_transfer(self, leg: LegId, progress: int) -> None:
        self._link.report_transfer(leg, progress)

    @property
    def sends_sms(self) -> bool:
        return False

    async def send_sms(self, part: SmsPart) -> int | None:
        """Raises LineFailed: operators carry no messages over SIP lines."""
        cause = f"Line {self.name} cannot send an SMS: it is a SIP line."
        raise LineFailed(cause, "Send it over a GSM line.", reason="no_messages", value=self.name)

    def calls_changed(self) -> None:
        """A call has begun or ended on it."""
        self._update()

    # Supervision.

    async def run(self) -> None:
        """Look after the line until cancelled; nothing an operator does ends this."""
        keep = self._keep_account if self._settings.link is SipLink.ACCOUNT else self._keep_operator
        try:
            while True:
                try:
                    pause = await keep()
                except Exception:
                    log.exception("line %s: looking after it failed", self.name)
                    pause = AGAIN_SECONDS
                await trio.sleep(pause)
        finally:
            with trio.move_on_after(1, shield=True):
                await self._link.forget(self._trunk)

    async def _keep_account(self) -> float:
        """Look whether the gateway, or the other office, is registered here; seconds until the next look."""
        await self._link.serve(self._trunk)
        contacts = await self._link.registrations(self._trunk)
        if contacts != self._contacts:
            self._contacts = contacts
            self._know(contacts.values())
            await self._link.serve(self._trunk)
        self._tell(None if contacts else LineReason("sip_not_registered", account_of_line(self.name)))
        return LOOK_SECONDS

    async def _keep_operator(self) -> float:
        """Find the servers, register at the first that is there; seconds until the next round."""
        try:
            await self._find()
        except NameFailed as failed:
            log.warning("line %s: %s: %s", self.name, self._trunk.rules.server, failed)
            if not self._targets:
                self._tell(LineReason("sip_name_unknown", self._trunk.rules.server.partition(":")[0]))
                return AGAIN_SECONDS
        await self._link.serve(self._trunk)
        if self._trunk.rules.answers_options and trio.current_time() - self._asked_at > JUST_SECONDS:
            await self._ask_all()
        if self._settings.link is SipLink.ADDRESS:
            return self._judge_by_answers()
        return await self._register()

    async def _find(self) -> None:
        """Have the servers of the operator; raises NameFailed when no name of it leads anywhere."""
        if self._targets and trio.current_time() - self._found_at < NAMES_SECONDS:
            return
        rules, transport = self._trunk.rules, self._settings.transport
        found: list[Target] = []
        failed: NameFailed | None = None
        for server in filter(None, (rules.server, rules.second_server)):
            try:
                found += await servers_of(server, transport, self._names, self._chance)
            except NameFailed as error:
                failed = error
        if not found:
            raise failed or NameFailed("no server is set")
        self._found_at = trio.current_time()
        if set(found) != set(self._targets):
            self._targets = list(dict.fromkeys(found))
            self._dead &= set(found)
            self._know(str(target) for target in found)

    async def _ask_all(self) -> None:
        """Ask every server whether it is there."""

        async def ask(target: Target) -> None:
            refused = await self._link.ask(self._trunk, target)
            if refused is not None and target not in self._dead:
                # A single message may be lost on the way, though the edge repeats it.
                refused = await self._link.ask(self._trunk, target)
            (self._dead.discard if refused is None else self._dead.add)(target)

        async with trio.open_nursery() as nursery:
            for target in self._targets:
                nursery.start_soon(ask, target)
        self._asked_at = trio.current_time()

    def _judge_by_answers(self) -> float:
        living = self._living()
        self._tell(None if living else LineReason("sip_silent", self._trunk.rules.server))
        return self._trunk.rules.keep_alive_seconds if living else AGAIN_SECONDS

    async def _register(self) -> float:
        """Register at the first server that takes it, and keep asking until it is to be renewed."""
        refused = Refused(408)
        for target in self._living() or self._targets:
            heard = await self._link.register(self._trunk, target, self._trunk.rules.expires_seconds)
            if isinstance(heard, Registered):
                return await self._registered(target, heard)
            refused = heard
            if heard.status in _SILENT:
                self._dead.add(target)
            elif heard.status < 500:
                break
        self._registrar = None
        self._tell(_reason(refused, self._trunk.rules.server))
        return AGAIN_SECONDS if refused.status in _SILENT or refused.status >= 500 else REFUSED_SECONDS

    async def _registered(self, target: Target, heard: Registered) -> float:
        """Be registered; 0 when it is time to register anew, here or elsewhere."""
        if self._registrar != target:
            log.info("line %s: registered at %s for %d s", self.name, target, heard.seconds)
        self._registrar = target
        self._dead.discard(target)
        self._tell(None)
        renew_at = trio.current_time() + max(heard.seconds * EARLY, 1.0)
        while (left := renew_at - trio.current_time()) > 0:
            await trio.sleep(min(left, self._trunk.rules.keep_alive_seconds))
            if not self._trunk.rules.answers_options:
                continue
            await self._ask_all()
            if self._living()[:1] != [target]:
                # The one we are at is dead, or a better one is back.
                return 0
        return 0

    def _living(self) -> list[Target]:
        return [target for target in self._targets if target not in self._dead]

    def _ways(self) -> Sequence[Target | Contact]:
        """Where calls go, the best first; those that seem dead last, as they may be back this moment."""
        if self._settings.link is SipLink.ACCOUNT:
            return list(self._contacts)
        first = [self._registrar] if self._registrar is not None and self._registrar not in self._dead else []
        return list(dict.fromkeys((*first, *self._living(), *self._targets)))

    def _know(self, places: Iterable[str]) -> None:
        """Have the addresses from which the line's calls may come."""
        addresses = frozenset(map(_as_known, places))
        self._trunk = msgspec.structs.replace(self._trunk, addresses=addresses)

    # How the line is.

    def _tell(self, fault: LineReason | None) -> None:
        if fault != self._fault:
            if fault is not None:
                log.warning("line %s: %s", self.name, _in_english(fault))
            self._fault = fault
        self._update()

    def _update(self) -> None:
        state = LineState.READY
        if self._fault is not None:
            state = LineState.STARTING if self._fault.code == "sip_starting" else LineState.OFFLINE
        elif self._link.calls_on(self.name) >= self._settings.channels:
            state = LineState.BUSY
        status = LineStatus(
            self.name,
            state,
            "" if self._fault is None else _in_english(self._fault),
            number=self._settings.number or "",
            operator="" if self._registrar is None else str(self._registrar),
            why=self._fault,
        )
        if status != self._status:
            self._status = status
            self._on_change()


def _reason(refused: Refused, server: str) -> LineReason:
    code = _REASONS.get(refused.status)
    if code is not None:
        return LineReason(code, server)
    return LineReason("sip_refused", f"{server}: {refused.status} {refused.phrase}".strip())


def _as_known(place: str) -> str:
    """An address with its port, as the edge has to know it: only on this machine do ports tell who is who."""
    address = place.partition(":")[0]
    return place if address == "127.0.0.1" else address


def _in_english(reason: LineReason) -> str:
    return " ".join(filter(None, line_reason(reason.code, reason.value, Language.EN)))
