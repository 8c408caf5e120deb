"""Doors: button, lock relay, and who is rung."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from appliance.config.models._base import GpioPin, Model, ShownName
from appliance.config.models._door_calls import DoorCall
from appliance.config.models._door_fixtures import DoorContact, DoorLamp, ExitButton, HelpLoop, Keypad
from appliance.config.models._door_sound import DoorSound
from appliance.config.models._door_stations import SipStation


class Door(Model, frozen=True, kw_only=True):
    """A door with a button and a lock relay."""

    name: ShownName
    pins: Literal["gpio", "simulated", "station"] = "simulated"
    """"gpio" for the Pi's own pins through lgpio, "simulated" for the simulator, "station" where the lock hangs on the
    relay of the door's SIP station, so that nothing is wired to the Pi; never a fallback."""
    button_pin: GpioPin = 17
    relay_pin: GpioPin = 27
    lock: Literal["fail_secure", "fail_safe"] = "fail_secure"
    """"fail_secure": locked without power; "fail_safe": open without power."""
    relay_locked_level: Annotated[int, Meta(ge=0, le=1, description="0 or 1")] = 0
    """Level of the relay pin at which the door is locked."""
    pulse_seconds: Annotated[float, Meta(ge=1, le=10, description="seconds, 1 to 10")] = 3.0
    rings: str
    """Destination the button rings."""
    open_digit: Annotated[str, Meta(pattern=r"^[0-9*#]$", description="one key, 0-9 * or #")] | None = None
    """Key that opens from the phone that answered; None: by code only."""
    key_hours: dict[str, tuple[str, ...]] = {}
    """When that key works: mon … sun to periods such as "09:00-18:00"; empty: always. While nobody knows the time it
    does not, since hours were asked for; codes do."""
    call: DoorCall = DoorCall()
    without_ledger: Literal["refuse_remote", "refuse_all"] = "refuse_remote"
    """What opens while the ledger cannot be written, such as with a full disk: "refuse_remote": keypad and exit button
    only, "refuse_all": the exit button only."""
    contact: DoorContact | None = None
    exit_button: ExitButton | None = None
    tamper: HelpLoop | None = None
    """Switch in the housing: while it is active, and half an hour longer, nobody opens from afar."""
    panic: HelpLoop | None = None
    """Panic button inside: as with `tamper`."""
    lamp: DoorLamp | None = None
    keypad: Keypad | None = None
    sound: DoorSound | None = None
    """None: the door has neither microphone nor loudspeaker; it rings, and can be opened."""
    station: SipStation | None = None
    """A SIP door station, whose call rings in place of the button and whose microphone and loudspeaker are used."""
