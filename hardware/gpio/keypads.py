"""Keypads and card readers on gpiozero: a matrix of keys, and two Wiegand data lines."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from gpiozero import DigitalInputDevice, GPIODevice
from gpiozero.pins import Factory

from hardware.gpio.wiegand import PAUSE_SECONDS, Garbled, Key, Said, WiegandDecoder

logger = logging.getLogger(__name__)

SETTLE_SECONDS = 0.02
"""From the first touch until the key is looked for, and between two looks whether it is let go."""


class MatrixReader:
    """Keys at the crossings of rows and columns.

    All rows are 0 while nothing is pressed, and the columns are pulled up: a key pulls its column down. Then a thread
    drives one row at a time to find the crossing. Nothing is driven while nobody touches it. Two keys at a time are
    none, since three of a rectangle look like four.

    Attributes:
        is_free: Set while no key is down: the next one is a new one.

    Args:
        rows: BCM numbers, driven.
        columns: BCM numbers, read.
        keys: One text a row, one character a column.
        said: Called in the keypad's thread with each key.
    """

    def __init__(
        self,
        factory: Factory,
        rows: Sequence[int],
        columns: Sequence[int],
        keys: Sequence[str],
        said: Callable[[Key], None],
    ) -> None:
        self._keys = keys
        self._said = said
        self._touched = threading.Event()
        self.is_free = threading.Event()
        self.is_free.set()
        self._closed = False
        self._columns: list[DigitalInputDevice] = []
        self._rows: list[GPIODevice] = []
        try:
            for column in columns:
                self._columns.append(DigitalInputDevice(column, pull_up=True, pin_factory=factory))
            for row in rows:
                self._rows.append(GPIODevice(row, pin_factory=factory))
            for driven in self._rows:
                driven.pin.output_with_state(0)
        except BaseException:
            self._let_go()
            raise
        for device in self._columns:
            device.when_activated = self._touched.set
        self._thread = threading.Thread(target=self._read, name="matrix keypad", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let the pins go."""
        self._closed = True
        self._touched.set()
        self._thread.join()
        self._let_go()

    def _read(self) -> None:
        pause = threading.Event()
        while True:
            self._touched.wait()
            if self._closed:
                return
            self.is_free.clear()
            pause.wait(SETTLE_SECONDS)
            if (key := self._pressed()) is not None:
                self._said(Key(key))
            while self._is_touched() and not self._closed:
                pause.wait(SETTLE_SECONDS)
            self._touched.clear()
            if self._is_touched() or self._closed:  # touched again before the flag was taken down
                self._touched.set()
            else:
                self.is_free.set()

    def _pressed(self) -> str | None:
        """The one key that is down; None: none, or several."""
        found: list[tuple[int, int]] = []
        for row in self._rows:
            row.pin.input_with_pull("floating")
        for number, row in enumerate(self._rows):
            row.pin.output_with_state(0)
            found.extend((number, column) for column, device in enumerate(self._columns) if device.is_active)
            row.pin.input_with_pull("floating")
        for row in self._rows:
            row.pin.output_with_state(0)
        return self._keys[found[0][0]][found[0][1]] if len(found) == 1 else None

    def _is_touched(self) -> bool:
        return any(device.is_active for device in self._columns)

    def _let_go(self) -> None:
        for device in (*self._columns, *self._rows):
            device.close()


class WiegandReader:
    """Two data lines, read without debouncing, and a thread that notices the pause after a message.

    Args:
        zero, one: BCM numbers of DATA0 and DATA1. They carry 5 V on most readers: a level shifter comes before the Pi.
        said: Called in the reader's thread with each key and card.
    """

    def __init__(self, factory: Factory, zero: int, one: int, said: Callable[[Said], None]) -> None:
        self._said = said
        self._decoder = WiegandDecoder()
        self._lock = threading.Lock()
        self._bit = threading.Event()
        self._closed = False
        self._lines: list[DigitalInputDevice] = []
        try:
            for pin in (zero, one):
                self._lines.append(DigitalInputDevice(pin, pull_up=True, pin_factory=factory))
        except BaseException:
            for line in self._lines:
                line.close()
            raise
        self._thread = threading.Thread(target=self._read, name="wiegand reader", daemon=True)
        self._thread.start()
        self._lines[0].when_activated = self._zero
        self._lines[1].when_activated = self._one

    def close(self) -> None:
        """Let the pins go."""
        for line in self._lines:
            line.close()
        self._closed = True
        self._bit.set()
        self._thread.join()

    def _zero(self) -> None:
        self._add(0)

    def _one(self) -> None:
        self._add(1)

    def _add(self, bit: int) -> None:
        with self._lock:
            self._decoder.bit(bit)
        self._bit.set()

    def _read(self) -> None:
        while True:
            self._bit.wait()
            while not self._closed and self._bit.is_set():
                self._bit.clear()
                self._bit.wait(PAUSE_SECONDS)
            if self._closed:
                return
            with self._lock:
                said = self._decoder.finish()
            if isinstance(said, Garbled):
                logger.warning("A reader sent %d bits that are no message: %s.", said.bits, said.why)
            elif said is not None:
                self._said(said)
