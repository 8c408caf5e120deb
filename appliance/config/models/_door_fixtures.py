"""What can be wired to a door beside its button and its lock relay."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import GpioPin, Model

Level = Annotated[int, Meta(ge=0, le=1, description="0 or 1")]
KeypadPins = Annotated[tuple[GpioPin, ...], Meta(min_length=1, max_length=8)]


class DoorContact(Model, frozen=True, kw_only=True):
    """A reed contact in the frame, which tells whether the door is open."""

    pin: GpioPin
    closed_level: Level = 0
    """Level while the door is closed; 0: a contact to ground that is made then, so that a cut wire is an open door."""
    held_open_seconds: Annotated[float, Meta(ge=5, le=3600, description="seconds, 5 to 3600")] = 60.0
    """Open longer than this is an alarm."""


class ExitButton(Model, frozen=True, kw_only=True):
    """Request to exit: a button or a sensor inside."""

    pin: GpioPin
    active_level: Level = 0
    opens: bool = True
    """False: the handle opens mechanically, and the button only says that nobody forces the door."""


class HelpLoop(Model, frozen=True, kw_only=True):
    """An input that asks for help: a tamper switch of a housing, or a panic button."""

    pin: GpioPin
    active_level: Level = 1
    """1 for a loop to ground that is closed while all is well, so that a cut wire raises the alarm too."""


class DoorLamp(Model, frozen=True, kw_only=True):
    """A lamp at the door: lit while it is unlocked, flashing when somebody was refused at its keypad."""

    pin: GpioPin
    lit_level: Level = 1


class MatrixKeypad(Model, frozen=True, kw_only=True, tag="matrix", tag_field="kind"):
    """Keys at the crossings of rows, which are driven, and columns, which are read."""

    row_pins: KeypadPins
    column_pins: KeypadPins
    keys: tuple[str, ...] = ("123", "456", "789", "*0#")
    """One text a row with one character a column: digits, `#` to enter, `*` to begin again; others do nothing."""


class WiegandKeypad(Model, frozen=True, kw_only=True, tag="wiegand", tag_field="kind"):
    """A keypad or card reader on two data lines that rest at 1."""

    zero_pin: GpioPin
    """DATA0: a pulse to 0 is a bit 0."""
    one_pin: GpioPin
    """DATA1: a pulse to 0 is a bit 1."""


Keypad = MatrixKeypad | WiegandKeypad
