"""One door as it lives: its relay and button, what it remembers, and the order record first, relay second."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Protocol

import msgspec
import trio

from appliance.control.door_messages import (
    ButtonPressed,
    Channel,
    DoorAlarm,
    DoorLocked,
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
from appliance.door import codes, rules
from appliance.door.codes import PersonCode
from appliance.door.ledger import LedgerUnavailable, WrongCodes
from appliance.door.reasons import refusal
from hardware.gpio.devices import LockRelay, PushButton
from hardware.gpio.drivers import Pins

logger = logging.getLogger(__name__)

LATEST_SECONDS = 3.0
"""A door that opens longer after the key was pressed opens for somebody else."""


class Surroundings(Protocol):
    """What a door needs of the process it lives in."""

    boot: str

    def now(self) -> rules.Instant: ...
    def person_codes(self) -> tuple[PersonCode, ...]: ...
    async def write(self, entry: LedgerEntry, wrong_codes: WrongCodes | None) -> int:
        """Durable when it returns; raises LedgerUnavailable."""
        ...

    def tell(self, notice: msgspec.Struct) -> None: ...
    def changed(self) -> None:
        """The door's state is another; a new snapshot is due."""
        ...


class RunningDoor:
    """A door whose pins are open.

    Args:
        settings: As applied.
        pins: Of the driver the settings name.
        memory: What was remembered of it from before.
    """

    def __init__(self, settings: DoorSettings, pins: Pins, memory: rules.Memory, around: Surroundings) -> None:
        self.settings = settings
        self._around = around
        self._memory = memory
        self._turn = trio.Lock()
        self._token = trio.lowlevel.current_trio_token()
        self._unlocked = trio.Event()
        self._watching = trio.CancelScope()
        self._mismatch = False
        self._unlocked_since = 0.0
        self._relay: LockRelay = pins.relay(settings.relay_pin, locked_level=settings.relay_locked_level)
        try:
            pressed, released = partial(self._in_loop, self._pressed), partial(self._in_loop, around.changed)
            self._button: PushButton = pins.button(settings.button_pin, pressed, released)
        except BaseException:
            self._relay.close()
            raise

    async def ask(self, request: OpenRequest) -> Granted | Refused:
        """Decide one request. One at a time per door: codes cannot be tried side by side."""
        async with self._turn:
            now = self._around.now()
            before = msgspec.structs.replace(self._memory, unlocked_since=self._still_unlocked_since())
            decision = await self._decide(request, before, now)
            memory = rules.remember(before, request, decision, now)
            entry = self._entry(request, decision, now)
            wrong = WrongCodes(memory.wrong_codes, memory.locked_out_until, self._around.boot)
            number = 0
            try:
                number = await self._around.write(entry, wrong)
            except LedgerUnavailable as error:
                self._around.tell(DoorAlarm(self.settings.name, error.cause, error.next_step or ""))
                if isinstance(decision, rules.Grant) and not self._opens_without_ledger(request):
                    decision = rules.Denial(Reason.LEDGER_UNAVAILABLE)
                    memory = before
            self._memory = memory
            if isinstance(decision, rules.Grant):
                return await self._unlock(request, decision, number, now)
            return self._refuse(request, decision)

    async def watch(self) -> None:
        """See to it that each unlocking ends, and say so, until closed. The relay's own thread sees to it as well."""
        with self._watching:
            while True:
                await self._unlocked.wait()
                if (left := self._relay.seconds_left) > 0:
                    await trio.sleep(left)
                    continue  # it may have been unlocked again meanwhile
                self._relay.lock()
                self._unlocked = trio.Event()
                self._around.tell(DoorLocked(self.settings.name))
                self._around.changed()

    def check(self) -> bool:
        """Whether the pin is what it should be; raises an alarm once when it is not, and locks again.

        False also when the relay's own guard is gone: then the process is not fit to go on.
        """
        mismatch = not self._relay.is_as_wished
        if mismatch:
            was_unlocked = self._relay.is_unlocked
            self._relay.lock()
        if mismatch and not self._mismatch:
            name = self.settings.name
            cause = (
                f"The relay of door {name!r} was unlocked though nobody asked for it."
                if was_unlocked
                else f"The relay of door {name!r} did not unlock though it was told to."
            )
            logger.error("%s", cause)
            self._around.tell(DoorAlarm(name, cause, "Check the wiring, and who else drives this pin."))
            self._around.changed()
        self._mismatch = mismatch
        return self._relay.is_guarded

    def state(self) -> DoorState:
        """The door now."""
        now = self._around.now()
        return DoorState(
            name=self.settings.name,
            pins=self.settings.pins,
            unlocked=self._relay.is_unlocked,
            wished_unlocked=self._relay.wished_unlocked,
            seconds_left=self._relay.seconds_left,
            button_pressed=self._button.is_pressed,
            lockout_seconds=max(self._memory.locked_out_until - now.monotonic, 0.0),
            digit_opens=self.settings.digit_opens,
        )

    def recall(self, memory: rules.Memory) -> None:
        """Remember the wrong codes of before a restart."""
        self._memory = msgspec.structs.replace(
            self._memory,
            wrong_codes=self._memory.wrong_codes + memory.wrong_codes,
            locked_out_until=max(self._memory.locked_out_until, memory.locked_out_until),
        )

    @property
    def memory(self) -> rules.Memory:
        """What it remembers, for the door that takes its place."""
        return self._memory

    def close(self) -> None:
        """Lock, and let the pins go."""
        self._watching.cancel()
        self._relay.close()
        self._button.close()

    def _still_unlocked_since(self) -> float | None:
        """When the unlocking that lasts began. The relay knows whether one lasts: it may have ended during a write."""
        return self._unlocked_since if self._relay.seconds_left > 0 else None

    async def _decide(self, request: OpenRequest, memory: rules.Memory, now: rules.Instant) -> rules.Decision:
        decide = partial(
            rules.decide,
            request,
            door=self.settings,
            codes=self._around.person_codes(),
            memory=memory,
            now=now,
            code_matches=codes.matches,
        )
        if request.code is None:
            return decide()
        return await trio.to_thread.run_sync(decide)

    async def _unlock(
        self, request: OpenRequest, grant: rules.Grant, number: int, now: rules.Instant
    ) -> Granted | Refused:
        name = self.settings.name
        moment = self._around.now().monotonic
        late = moment - now.monotonic
        if late > LATEST_SECONDS:
            logger.error("Door %s: recording took %.1f s, so it stays locked.", name, late)
            return await self._not_unlocked(request, grant, now, Reason.LEDGER_UNAVAILABLE)
        since = self._still_unlocked_since() or moment
        seconds = min(grant.seconds, since + rules.LONGEST_UNLOCK_SECONDS - moment)
        if seconds <= 0:
            return await self._not_unlocked(request, grant, now, Reason.TOO_OFTEN)
        try:
            self._relay.unlock(seconds)
        except Exception as error:
            logger.exception("The relay of door %s did not move.", name)
            cause = f"The relay of door {name!r} cannot be moved: {error}."
            self._around.tell(DoorAlarm(name, cause, "Check the wiring, then restart the door process."))
            return await self._not_unlocked(request, grant, now, Reason.RELAY_FAILED)
        self._unlocked_since = since
        self._unlocked.set()
        self._around.tell(DoorUnlocked(name, seconds, request.channel, grant.person, request.call_id))
        self._around.changed()
        return Granted(name, seconds, number)

    async def _not_unlocked(
        self, request: OpenRequest, grant: rules.Grant, now: rules.Instant, reason: Reason
    ) -> Refused:
        """Record that what was granted did not happen."""
        entry = msgspec.structs.replace(self._entry(request, grant, now), result="not_unlocked", reason=reason)
        try:
            await self._around.write(entry, None)
        except LedgerUnavailable:
            logger.error("That door %s stayed locked could not be recorded.", self.settings.name)
        return self._refuse(request, rules.Denial(reason))

    def _refuse(self, request: OpenRequest, denial: rules.Denial) -> Refused:
        name = self.settings.name
        self._around.tell(DoorRefused(name, denial.reason, request.channel, request.person, request.call_id))
        if denial.reason is Reason.TOO_OFTEN and len(self._memory.grants) >= rules.GRANTS_PER_MINUTE:
            self._around.tell(DoorAlarm(name, f"Door {name!r} was opened too often.", "Look who does: the ledger."))
        self._around.changed()
        return refusal(name, denial)

    def _entry(self, request: OpenRequest, decision: rules.Decision, now: rules.Instant) -> LedgerEntry:
        granted = isinstance(decision, rules.Grant)
        return LedgerEntry(
            number=0,
            at=None if now.wall is None else now.wall.isoformat(timespec="milliseconds"),
            boot=self._around.boot,
            monotonic=now.monotonic,
            door=self.settings.name,
            channel=request.channel,
            asker=request.person,
            person=decision.person if isinstance(decision, rules.Grant) else None,
            call_id=request.call_id,
            result="granted" if granted else "refused",
            reason=decision.reason if isinstance(decision, rules.Denial) else None,
        )

    def _opens_without_ledger(self, request: OpenRequest) -> bool:
        local = request.channel is Channel.KEYPAD
        return local and self.settings.without_ledger is WithoutLedger.REFUSE_REMOTE

    def _in_loop(self, what: Callable[[], None]) -> None:
        """In a thread of the driver: have it done in the loop's."""
        try:
            self._token.run_sync_soon(what)
        except trio.RunFinishedError:
            pass  # the process is ending

    def _pressed(self) -> None:
        self._around.tell(ButtonPressed(self.settings.name, self._around.now().monotonic))
        self._around.changed()
