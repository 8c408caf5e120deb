"""What the outside of a simulated office can be told to do."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from appliance.control.messages import Ask, Done


class SimulateCall(Ask[Done], frozen=True, kw_only=True, tag="simulate_call"):
    """Somebody calls in on a simulated line."""

    line: str
    caller: str
    """"" withholds the number."""


class SimulateSms(Ask[Done], frozen=True, kw_only=True, tag="simulate_sms"):
    """Somebody sends a message to a simulated line."""

    line: str
    sender: str
    text: Annotated[str, Meta(max_length=2000)]


class LineAction(StrEnum):
    """What can happen to a simulated line."""

    ANSWER = "answer"
    HANG_UP = "hang_up"
    UNPLUG = "unplug"
    PLUG_IN = "plug_in"
    REPLUG = "replug"
    """Its ports come back under other names."""
    HANG = "hang"
    SILENCE = "silence"
    BABBLE = "babble"
    FLOOD = "flood"
    SLOW = "slow"
    DEAD_PORT = "dead_port"
    LOCK_SIM = "lock_sim"
    """The SIM wants a PIN that nobody knows."""
    LOSE_NETWORK = "lose_network"
    FIND_NETWORK = "find_network"
    BUSY = "busy"
    """The far end of an analog line hangs up, and the exchange tells it by busy tone; the next ones alike."""
    CONGESTION = "congestion"
    DIAL_TONE = "dial_tone"
    OWN_TONE = "own_tone"
    """By a tone that is in no country's plan."""
    LOOP = "loop"
    """By interrupting the current."""
    NO_TONE = "no_tone"
    """Not at all."""
    RECOVER = "recover"
    """All troubles end, at the SIM too."""


class SimulateLine(Ask[Done], frozen=True, kw_only=True, tag="simulate_line"):
    """Let something happen at the far end of a simulated line, or to its modem."""

    line: str
    action: LineAction


class SimulateSound(Ask[Done], frozen=True, kw_only=True, tag="simulate_sound"):
    """What the far end of a simulated line says from now on."""

    line: str
    sound: str
    """"tone", "busy" (the network's busy tone), "quiet", or the path of a WAV file, 16 bit mono at 8 kHz."""


class SimulateKeys(Ask[Done], frozen=True, kw_only=True, tag="simulate_keys"):
    """The far end of a simulated line presses keys."""

    line: str
    keys: str


class SimulatePress(Ask[Done], frozen=True, kw_only=True, tag="simulate_press"):
    """Somebody presses the button of a simulated door."""

    door: str


SimulationRequest = SimulateCall | SimulateSms | SimulateLine | SimulateKeys | SimulateSound | SimulatePress
