"""One door as it lives: its relay, what is wired to it, what it remembers, and the order record first, relay second."""

from __future__ import annotations

import logging
from functools import partial

import msgspec
import trio

from appliance.control.door_alarms import AlarmKind
from appliance.control.door_messages import (
    ButtonPressed,
    Channel,
    DoorLocked,
    DoorMoved,
    DoorRefused,
    DoorSettings,
    DoorState,
    DoorUnlocked,
    Granted,
    LedgerEntry,
    OpenRequest,
    Reason,
    Refused,
    WithoutLedger,
)
from appliance.door import codes, memory, rules
from appliance.door import fixtures as wired
from appliance.door.alarm_watch import AlarmWatch
from appliance.door.background import BackgroundRecords
from appliance.door.fixtures import Fixtures
from appliance.door.keypad import KeyedIn
from appliance.door.ledger import LedgerUnavailable
from appliance.door.memory import Blocked, Instant, Kept, Memory, Tries
from appliance.door.reasons import refusal
from appliance.door.surroundings import Surroundings
from hardware.gpio.devices import LockRelay
from hardware.gpio.drivers import Pins

logger = logging.getLogger(__name__)

LATEST_SECONDS = 3.0
"""A door that opens longer after the key was pressed opens for somebody else."""
EXIT_PATIENCE_SECONDS = 0.5
"""Whoever wants to go out waits so long for the record of it, and then goes out without."""


class RunningDoor:
    """A door whose pins are open.

    Args:
        settings: As applied.
        pins: Of the driver the settings name.
        memory: What was remembered of it from before.
    """

    def __init__(self, settings: DoorSettings, pins: Pins, memory: Memory, around: Surroundings) -> None:
        self.settings = settings
        self._around = around
        self._memory = memory
        self._turn = trio.Lock()
        self._unlocked = trio.Event()
        self._watching = trio.CancelScope()
        self._unlocked_since = 0.0
        self._relay_is_dead = False
        self._keypad = KeyedIn(settings.name, lambda: around.now().monotonic)
        self._exit_asked = trio.Event()
        self._records = BackgroundRecords(partial(around.write, code_used=None))
        self._relay: LockRelay = pins.relay(settings.relay_pin, locked_level=settings.relay_locked_level)
        try:
            self._fixtures = Fixtures(settings, pins, self._sensed, self._keypad.take)
        except BaseException:
            self._relay.close()
            raise
        is_open = None if settings.contact is None else not self._fixtures.is_active(wired.CONTACT)
        now = around.now()
        self._alarms = AlarmWatch(settings, is_open, around.tell, self._record_alarm, self._time_told, now.monotonic)
        for loop in wired.LOOPS:
            self._alarms.loop(loop, self._fixtures.is_active(loop))

    async def ask(self, request: OpenRequest) -> Granted | Refused:
        """Decide one request. One at a time per door: codes cannot be tried side by side."""
        async with self._turn:
            now = self._around.now()
            before = msgspec.structs.replace(self._memory, unlocked_since=self._still_unlocked_since())
            decision = self._claimed(await self._decide(request, before, now))
            after = rules.remember(before, request, decision, now)
            number = 0
            try:
                code_used = decision.code_used if isinstance(decision, rules.Grant) else None
                number = await self._around.write(self._entry(request, decision, now), self._tries(after), code_used)
            except LedgerUnavailable:
                if isinstance(decision, rules.Grant) and not self._opens_without_ledger(request):
                    decision = rules.Denial(
                        Reason.LEDGER_UNAVAILABLE, person=decision.person, is_duress=decision.is_duress
                    )
                    after = before
            # A tamper switch may have been touched meanwhile.
            self._memory = msgspec.structs.replace(
                after, blocked_until=max(after.blocked_until, self._memory.blocked_until)
            )
            if decision.is_duress:
                self._alarms.duress(decision.person)
            if isinstance(decision, rules.Grant):
                return await self._unlock(request, decision, number, now)
            return self._refuse(request, decision)

    async def watch(self) -> None:
        """Whatever happens at this door by itself, until closed: pulses that end, codes keyed in, alarms to record."""
        with self._watching:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._end_unlockings)
                nursery.start_soon(self._hear_keypad)
                nursery.start_soon(self._let_out)
                nursery.start_soon(self._records.run)

    def check(self) -> bool:
        """Look at every pin, and tell once of each that is not as it should be; a relay is locked again then.

        False when the relay's own guard is gone: then the process is not fit to go on.
        """
        what = self._relay_fault()
        now = self._around.now()
        if any(map(self._fixtures.is_active, wired.LOOPS)):
            self._memory = memory.blocked(self._memory, now)
        elif 0.0 < self._memory.blocked_until <= now.monotonic:
            self._unblock()
        self._alarms.relay(what)
        self._alarms.unsteady(self._fixtures.unsteady(), self._fixtures.is_active(wired.CONTACT), now.monotonic)
        self._look(now.monotonic)
        return self._relay.is_guarded

    def _relay_fault(self) -> str:
        """What is wrong with the relay's pin, to complete a sentence; "" when nothing is."""
        try:
            what = self._mismatch()
        except Exception as error:
            if not self._relay_is_dead:
                logger.exception("The relay of door %s does not answer.", self.settings.name)
            self._relay_is_dead = True
            return f"does not answer: {error}"
        self._relay_is_dead = False
        return what

    def _mismatch(self) -> str:
        if self._relay.is_as_wished:
            return ""
        what = "was unlocked though nobody asked for it" if self._relay.is_unlocked else "did not unlock"
        self._relay.lock()
        return what

    def state(self) -> DoorState:
        """The door now."""
        now = self._around.now()
        return DoorState(
            name=self.settings.name,
            pins=self.settings.pins,
            unlocked=not self._relay_is_dead and self._relay.is_unlocked,
            wished_unlocked=self._relay.wished_unlocked,
            seconds_left=self._relay.seconds_left,
            button_pressed=self._fixtures.is_active(wired.BUTTON),
            lockout_seconds=max(self._memory.locked_out_until - now.monotonic, 0.0),
            blocked_seconds=max(self._memory.blocked_until - now.monotonic, 0.0),
            digit_opens=self.settings.digit_opens,
            is_open=self._alarms.is_open,
            alarms=tuple(sorted(self._alarms.current)),
            fault="Its relay does not answer." if self._relay_is_dead else "",
        )

    def recall(self, kept: Kept) -> None:
        """Remember what was kept of before a restart."""
        now = self._around.now().monotonic
        self._memory = memory.kept_over_restart(self._memory, kept, self._around.boot, now)

    @property
    def memory(self) -> Memory:
        """What it remembers, for the door that takes its place."""
        return self._memory

    @property
    def unwritten(self) -> list[tuple[LedgerEntry, Kept | None]]:
        """What its task could not record any more before it ended."""
        return self._records.unwritten()

    def close(self) -> None:
        """Lock, and let the pins go."""
        self._watching.cancel()
        self._relay.close()
        self._fixtures.close()

    # Deciding

    def _still_unlocked_since(self) -> float | None:
        """When the unlocking that lasts began. The relay knows whether one lasts: it may have ended during a write."""
        return self._unlocked_since if self._relay.seconds_left > 0 else None

    async def _decide(self, request: OpenRequest, before: Memory, now: Instant) -> rules.Decision:
        decide = partial(
            rules.decide,
            request,
            door=self.settings,
            codes=self._around.codes(self.settings.name),
            memory=before,
            now=now,
            code_matches=codes.matches,
        )
        if request.code is None:
            return decide()
        return await trio.to_thread.run_sync(decide, limiter=self._around.hashing)

    def _claimed(self, decision: rules.Decision) -> rules.Decision:
        """The decision, unless the last use of its code was taken at another door a moment ago."""
        if isinstance(decision, rules.Grant) and not self._around.claim(self.settings.name, decision):
            return rules.Denial(Reason.USED_UP, person=decision.person, is_duress=decision.is_duress)
        return decision

    async def _unlock(self, request: OpenRequest, grant: rules.Grant, number: int, now: Instant) -> Granted | Refused:
        moment = self._around.now().monotonic
        late = moment - now.monotonic
        if late > LATEST_SECONDS:
            logger.error("Door %s: recording took %.1f s, so it stays locked.", self.settings.name, late)
            return await self._not_unlocked(request, grant, now, Reason.LEDGER_UNAVAILABLE)
        if self._memory.blocked_until > moment and not request.channel.is_local:
            return await self._not_unlocked(request, grant, now, Reason.BLOCKED)
        seconds = self._fire(grant.seconds, moment)
        if seconds is None:
            return await self._not_unlocked(request, grant, now, Reason.RELAY_FAILED)
        if seconds <= 0:
            return await self._not_unlocked(request, grant, now, Reason.TOO_OFTEN)
        self._tell_unlocked(seconds, request, grant.person)
        return Granted(self.settings.name, seconds, number)

    def _fire(self, seconds: float, moment: float) -> float | None:
        """Unlock for so long, or as long as thirty seconds in one go allow: 0 or less: not at all. None: it failed."""
        since = self._still_unlocked_since() or moment
        seconds = min(seconds, since + rules.LONGEST_UNLOCK_SECONDS - moment)
        if seconds <= 0:
            return seconds
        try:
            self._relay.unlock(seconds)
        except Exception as error:
            logger.exception("The relay of door %s did not move.", self.settings.name)
            self._alarms.relay(f"cannot be moved: {error}")
            return None
        self._unlocked_since = since
        self._unlocked.set()
        self._alarms.unlocked(moment + seconds)
        if self._fixtures.lamp is not None:
            self._fixtures.lamp.light(True)
        return seconds

    def _tell_unlocked(self, seconds: float, request: OpenRequest, person: str | None) -> None:
        self._around.tell(DoorUnlocked(self.settings.name, seconds, request.channel, person, request.call_id))
        self._around.changed()

    async def _not_unlocked(self, request: OpenRequest, grant: rules.Grant, now: Instant, reason: Reason) -> Refused:
        """Record that what was granted did not happen."""
        entry = msgspec.structs.replace(self._entry(request, grant, now), result="not_unlocked", reason=reason)
        try:
            await self._around.write(entry, None, None)
        except LedgerUnavailable:
            logger.error("That door %s stayed locked could not be recorded.", self.settings.name)
        return self._refuse(request, rules.Denial(reason))

    def _refuse(self, request: OpenRequest, denial: rules.Denial) -> Refused:
        name = self.settings.name
        self._around.tell(DoorRefused(name, denial.reason, request.channel, request.person, request.call_id))
        now = self._around.now().monotonic
        if denial.reason is Reason.TOO_OFTEN and len(self._memory.grants) >= rules.GRANTS_PER_MINUTE:
            self._alarms.opened_too_often(now + denial.retry_seconds)
        self._look(now)
        self._around.changed()
        return refusal(name, denial)

    def _entry(self, request: OpenRequest, decision: rules.Decision, now: Instant) -> LedgerEntry:
        granted = isinstance(decision, rules.Grant)
        reason = decision.reason if isinstance(decision, rules.Denial) else None
        ring = decision.ring if isinstance(decision, rules.Grant) else None
        return LedgerEntry(
            number=0,
            at=_told(now),
            boot=self._around.boot,
            monotonic=now.monotonic,
            door=self.settings.name,
            channel=request.channel,
            asker=request.person,
            person=decision.person,
            call_id=ring or request.call_id,
            result="granted" if granted else "refused",
            reason="duress" if granted and decision.is_duress else reason,
        )

    def _tries(self, after: Memory) -> Tries:
        return Tries(self._around.boot, after.wrong_codes, after.locked_out_until)

    def _opens_without_ledger(self, request: OpenRequest) -> bool:
        return request.channel.is_local and self.settings.without_ledger is WithoutLedger.REFUSE_REMOTE

    # What happens at the door

    def _sensed(self, name: str, is_active: bool) -> None:
        """An input changed."""
        now = self._around.now()
        match name:
            case wired.BUTTON if is_active:
                self._around.tell(ButtonPressed(self.settings.name, now.monotonic))
            case wired.EXIT if is_active:
                self._alarms.exit_asked(now.monotonic)
                self._exit_asked.set()
            case wired.CONTACT:
                self._alarms.moved(not is_active, now.monotonic)
                self._around.tell(DoorMoved(self.settings.name, not is_active))
            case wired.TAMPER | wired.PANIC:
                self._alarms.loop(name, is_active)
                if is_active:
                    self._memory = memory.blocked(self._memory, now)
        self._look(now.monotonic)
        self._around.changed()

    def _look(self, now: float) -> None:
        self._alarms.locked_out(self._memory.locked_out_until > now)
        if self._alarms.look(now):
            self._around.changed()

    def _record_alarm(self, kind: AlarmKind, begins: bool, person: str | None) -> None:
        entry = self._own_entry("alarm" if begins else "alarm_ended", kind, person)
        blocks = kind in (AlarmKind.TAMPER, AlarmKind.PANIC)
        self._records.put(entry, Blocked(self._around.boot, self._memory.blocked_until) if blocks else None)

    def _unblock(self) -> None:
        """Half an hour has passed; recorded, for otherwise it would begin anew after every reboot."""
        self._memory = msgspec.structs.replace(self._memory, blocked_until=0.0)
        self._records.put(self._own_entry("block_ended"), Blocked(self._around.boot, 0.0))
        self._around.changed()

    def _own_entry(self, result: str, reason: str | None = None, person: str | None = None) -> LedgerEntry:
        """An entry about the door itself; nobody asked for anything."""
        now = self._around.now()
        return LedgerEntry(
            number=0,
            at=_told(now),
            boot=self._around.boot,
            monotonic=now.monotonic,
            door=self.settings.name,
            channel="",
            person=person,
            result=result,
            reason=reason,
        )

    async def _hear_keypad(self) -> None:
        while True:
            code, is_card = await self._keypad.next()
            wish = OpenRequest(door=self.settings.name, channel=Channel.KEYPAD, code=code, is_card=is_card)
            answer = await self.ask(wish)
            if isinstance(answer, Refused) and self._fixtures.lamp is not None:
                self._fixtures.lamp.flash()

    async def _let_out(self) -> None:
        """Whoever presses the exit button may go, whatever else is wrong: no rule, no lock-out and no full disk."""
        exit_button = self.settings.exit_button
        if exit_button is None or not exit_button.opens:
            return
        request = OpenRequest(door=self.settings.name, channel=Channel.EXIT)
        grant = rules.Grant(self.settings.pulse_seconds, None)
        while True:
            await self._exit_asked.wait()
            self._exit_asked = trio.Event()
            recorded = self._records.put(self._entry(request, grant, self._around.now()))
            with trio.move_on_after(EXIT_PATIENCE_SECONDS):
                await recorded.wait()
            seconds = self._fire(grant.seconds, self._around.now().monotonic)
            if seconds is not None and seconds > 0:
                self._tell_unlocked(seconds, request, None)

    async def _end_unlockings(self) -> None:
        """See to it that each unlocking ends, and say so. The relay's own thread sees to it as well."""
        while True:
            await self._unlocked.wait()
            if (left := self._relay.seconds_left) > 0:
                await trio.sleep(left)
                continue  # it may have been unlocked again meanwhile
            self._relay.lock()
            self._unlocked = trio.Event()
            if self._fixtures.lamp is not None:
                self._fixtures.lamp.light(False)
            self._around.tell(DoorLocked(self.settings.name))
            self._around.changed()

    def _time_told(self) -> str | None:
        return _told(self._around.now())


def _told(now: Instant) -> str | None:
    return None if now.wall is None else now.wall.isoformat(timespec="milliseconds")
