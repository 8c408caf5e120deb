"""Whether conference rooms and short numbers make sense."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.config.mistakes import Mistake
from appliance.config.models import Configuration
from appliance.config.pins import why_trivial
from appliance.routing.numbering import DialledNothing, classify_dialled


def check_rooms(configuration: Configuration) -> Iterator[Mistake]:
    """PINs of rooms tell their owners apart and are not easy to guess."""
    for name, room in configuration.conference_rooms.items():
        path = f"conference_rooms.{name}"
        for field, pin in (("pin", room.pin), ("leader_pin", room.leader_pin)):
            if why := pin and why_trivial(pin, room.number):
                yield Mistake(path=f"{path}.{field}", cause=why)
        if room.leader_pin is not None and room.pin is None:
            yield Mistake(
                path=f"{path}.leader_pin", cause="Nobody is asked for it: the room has no `pin` for the others."
            )
        elif room.leader_pin is not None and room.leader_pin == room.pin:
            yield Mistake(path=f"{path}.leader_pin", cause="With the PIN of the others everybody would lead.")


def check_speed_dials(configuration: Configuration) -> Iterator[Mistake]:
    """Each short number leads to something that can be dialled."""
    for short, number in configuration.speed_dials.items():
        if isinstance(classify_dialled(configuration, number), DialledNothing):
            yield Mistake(
                path=f"speed_dials.{short}", cause=f'"{number}" cannot be dialled: nothing here has that number.'
            )
