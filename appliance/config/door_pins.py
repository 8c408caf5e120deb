"""Which pins of a Pi doors use, and which of that cannot be: taken, reserved, or contradicting each other.

The same rules hold for the configuration of an office and for what the door process is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from appliance.config.mistakes import Mistake, closest
from appliance.config.models import (
    Configuration,
    DoorContact,
    DoorLamp,
    ExitButton,
    HelpLoop,
    Keypad,
    MatrixKeypad,
    WiegandKeypad,
)

DRIVERS = ("gpio", "simulated", "station")
HEADER = range(2, 28)
"""BCM numbers that are on the header and free for everybody; 0 and 1 belong to the memory of add-on boards."""
CONSOLE = (14, 15)
"""The serial console's, which writes at every boot."""
PULLED_UP_FOR_GOOD = (2, 3)
"""They have resistors of 1.8 kΩ to 3.3 V on the board, for I²C."""
PULLED_UP_AT_POWER_ON = range(9)
"""The others are pulled down (BCM2835 ARM Peripherals, table of alternative functions)."""


class Wired(Protocol):
    """A door, as configured or as the door process knows it."""

    @property
    def pins(self) -> str: ...
    @property
    def button_pin(self) -> int: ...
    @property
    def relay_pin(self) -> int: ...
    @property
    def relay_locked_level(self) -> int: ...
    @property
    def contact(self) -> DoorContact | None: ...
    @property
    def exit_button(self) -> ExitButton | None: ...
    @property
    def tamper(self) -> HelpLoop | None: ...
    @property
    def panic(self) -> HelpLoop | None: ...
    @property
    def lamp(self) -> DoorLamp | None: ...
    @property
    def keypad(self) -> Keypad | None: ...


def pins_of(door: Wired) -> Iterator[tuple[str, int, str]]:
    """(path, BCM number, what it is for) of every pin of a door."""
    yield "button_pin", door.button_pin, "the button"
    yield "relay_pin", door.relay_pin, "the relay"
    for path, what in _SINGLE.items():
        if (fixture := getattr(door, path)) is not None:
            yield f"{path}.pin", fixture.pin, what
    match door.keypad:
        case MatrixKeypad(row_pins=rows, column_pins=columns):
            yield from ((f"keypad.row_pins.{at}", pin, "the keypad") for at, pin in enumerate(rows, 1))
            yield from ((f"keypad.column_pins.{at}", pin, "the keypad") for at, pin in enumerate(columns, 1))
        case WiegandKeypad(zero_pin=zero, one_pin=one):
            yield "keypad.zero_pin", zero, "the keypad"
            yield "keypad.one_pin", one, "the keypad"


def pin_mistakes(doors: Mapping[str, tuple[str, Wired]]) -> Iterator[Mistake]:
    """What is wrong with the pins of all doors together.

    Args:
        doors: Path → the door's name and the door.
    """
    first: dict[tuple[str, int], str] = {}
    for at, (name, door) in doors.items():
        if door.pins == "station":
            yield from _wired_to_nothing(at, door)
            continue
        for path, pin, what in pins_of(door):
            if (taken := first.get((door.pins, pin))) is not None:
                yield Mistake(path=f"{at}.{path}", cause=f"Pin {pin} is already used for {taken}.")
            first.setdefault((door.pins, pin), f"{what} of door {name}")
            yield from _reserved(f"{at}.{path}", door.pins, pin)
        yield from _contradictions(at, door)


def check_door_pins(configuration: Configuration) -> Iterator[Mistake]:
    """Each pin serves one purpose, and can."""
    yield from pin_mistakes({f"doors.{name}": (name, door) for name, door in configuration.doors.items()})


def warn_of_door_pins(configuration: Configuration) -> Iterator[Mistake]:
    """Relays whose pin is pulled to the unlocked level at power-on, before any program drives it."""
    for name, door in configuration.doors.items():
        pulled = int(door.relay_pin in PULLED_UP_AT_POWER_ON)
        if door.pins == "gpio" and pulled != door.relay_locked_level:
            yield Mistake(
                path=f"doors.{name}.relay_pin",
                cause=f"The Pi pulls pin {door.relay_pin} {'up' if pulled else 'down'} at power-on, towards unlocked. "
                f"Take a pin of {'9 to 27' if pulled else '4 to 8'}, or add a resistor of 10 kΩ as in docs/wiring.md.",
            )


_SINGLE = {
    "contact": "the contact",
    "exit_button": "the exit button",
    "tamper": "the tamper switch",
    "panic": "the panic button",
    "lamp": "the lamp",
}


def _reserved(path: str, driver: str, pin: int) -> Iterator[Mistake]:
    if pin not in HEADER:
        yield Mistake(path=path, cause=f"Pin {pin} is not for you: on the header only BCM 2 to 27 are free.")
    elif driver == "gpio" and pin in CONSOLE:
        yield Mistake(path=path, cause=f"Pin {pin} is the serial console's, which writes there at every boot.")


def _wired_to_nothing(at: str, door: Wired) -> Iterator[Mistake]:
    for path, what in {**_SINGLE, "keypad": "the keypad"}.items():
        if getattr(door, path) is not None:
            cause = f'With pins "station" nothing is wired to the Pi, so {what} cannot be either.'
            yield Mistake(path=f"{at}.{path}", cause=cause)


def _contradictions(at: str, door: Wired) -> Iterator[Mistake]:
    if door.pins not in DRIVERS:
        cause = f'There is no driver for pins named "{door.pins}"; use "gpio", "simulated" or "station".'
        yield Mistake(path=f"{at}.pins", cause=cause, did_you_mean=closest(door.pins, DRIVERS))
    if door.pins == "gpio" and door.relay_pin in PULLED_UP_FOR_GOOD and door.relay_locked_level == 0:
        cause = f"Pin {door.relay_pin} has a strong resistor to 3.3 V on the board, so it cannot rest at the locked 0."
        yield Mistake(path=f"{at}.relay_pin", cause=cause)
    if isinstance(door.keypad, MatrixKeypad):
        yield from _matrix_mistakes(f"{at}.keypad", door.keypad)


def _matrix_mistakes(at: str, keypad: MatrixKeypad) -> Iterator[Mistake]:
    for row, pin in enumerate(keypad.row_pins, 1):
        if pin in PULLED_UP_FOR_GOOD:
            cause = f"Pin {pin} has a strong resistor to 3.3 V on the board; a row has to be without one."
            yield Mistake(path=f"{at}.row_pins.{row}", cause=cause)
    if len(keypad.keys) != len(keypad.row_pins):
        cause = f"There are {len(keypad.row_pins)} rows, but keys for {len(keypad.keys)}."
        yield Mistake(path=f"{at}.keys", cause=cause)
    for row, keys in enumerate(keypad.keys, 1):
        if len(keys) != len(keypad.column_pins):
            cause = f"There are {len(keypad.column_pins)} columns, but {len(keys)} keys in this row."
            yield Mistake(path=f"{at}.keys.{row}", cause=cause)
    everywhere = "".join(keypad.keys)
    if twice := sorted({key for key in everywhere if everywhere.count(key) > 1}):
        yield Mistake(path=f"{at}.keys", cause=f'"{twice[0]}" is on two keys.')
    if missing := [key for key in "0123456789#" if key not in everywhere]:
        yield Mistake(path=f"{at}.keys", cause=f'Without "{missing[0]}" not every code can be keyed in.')
