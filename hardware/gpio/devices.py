"""A lock relay and a lamp on gpiozero, whatever factory their pins come from."""

from __future__ import annotations

import logging
import threading
import time

from gpiozero import DigitalOutputDevice
from gpiozero.pins import Factory

logger = logging.getLogger(__name__)

LONGEST_UNLOCK_SECONDS = 30.0


class LockRelay:
    """A relay that is locked unless somebody unlocked it a moment ago.

    It cannot be left unlocked: a thread of its own ends every unlocking, even if whoever asked for it hangs.

    Args:
        pin: BCM number.
        locked_level: 0 or 1, the level at which the door is locked; driven before this returns.
    """

    def __init__(self, factory: Factory, pin: int, locked_level: int) -> None:
        self._locked_level = locked_level
        self._output = DigitalOutputDevice(pin, active_high=locked_level == 0, initial_value=False, pin_factory=factory)
        self._until: float | None = None
        self._closed = False
        self._change = threading.Condition()
        self._guard = threading.Thread(target=self._relock, name=f"relay {pin}", daemon=True)
        self._guard.start()

    def unlock(self, seconds: float) -> None:
        """Unlock now, until `seconds` from now whatever was asked before; more than 30 s is a ValueError."""
        if not 0 < seconds <= LONGEST_UNLOCK_SECONDS:
            raise ValueError(f"A door is unlocked for at most {LONGEST_UNLOCK_SECONDS:g} s, not {seconds} s.")
        with self._change:
            if self._closed:
                raise ValueError("This relay was let go.")
            self._until = time.monotonic() + seconds
            self._output.on()
            self._change.notify()

    def lock(self) -> None:
        """Lock now."""
        with self._change:
            self._until = None
            if not self._closed:
                self._output.off()

    @property
    def is_unlocked(self) -> bool:
        """What the pin really is, read back."""
        with self._change:
            return not self._closed and bool(self._output.pin.state) != bool(self._locked_level)

    @property
    def wished_unlocked(self) -> bool:
        """What the pin should be."""
        return self._until is not None

    @property
    def is_as_wished(self) -> bool:
        """Whether the pin is what it should be; both are looked at in the same moment."""
        with self._change:
            return self._closed or (bool(self._output.pin.state) != bool(self._locked_level)) == self.wished_unlocked

    @property
    def seconds_left(self) -> float:
        """How long it stays unlocked; 0.0 when it is locked."""
        until = self._until
        return 0.0 if until is None else max(until - time.monotonic(), 0.0)

    @property
    def is_guarded(self) -> bool:
        """Whether the thread that ends unlockings is alive; without it no unlocking should begin."""
        return self._guard.is_alive()

    def close(self) -> None:
        """Lock and let the pin go."""
        with self._change:
            if self._closed:
                return
            self._until = None
            self._output.off()
            self._closed = True
            self._output.close()
            self._change.notify()
        self._guard.join()

    def _relock(self) -> None:
        with self._change:
            while not self._closed:
                if self._until is None:
                    self._change.wait()
                elif (left := self._until - time.monotonic()) > 0:
                    self._change.wait(left)
                else:
                    self._end_unlocking()

    def _end_unlocking(self) -> None:
        try:
            self._output.off()
            self._until = None
        except Exception:
            logger.exception("The relay cannot be locked; trying again.")
            self._change.wait(0.05)


class Lamp:
    """A lamp that is dark at first.

    Args:
        lit_level: 0 or 1, the level of the pin at which it is lit.
    """

    def __init__(self, factory: Factory, pin: int, lit_level: int) -> None:
        self._output = DigitalOutputDevice(pin, active_high=bool(lit_level), initial_value=False, pin_factory=factory)

    def light(self, lit: bool) -> None:
        """Switch it on or off."""
        self._output.value = lit

    def flash(self) -> None:
        """Three short flashes, then dark."""
        self._output.blink(on_time=0.1, off_time=0.1, n=3)

    def close(self) -> None:
        self._output.off()
        self._output.close()
