"""Reading what a caller keys in at a menu: a key of the menu, or a number of the house. Sans-IO: keys with their times
in, choices out."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import msgspec

from appliance.config.destinations import Destination, ToConference, ToExtension, ToMenu, ToQueue, ToRingGroup, ToScript
from appliance.config.models import Configuration, Menu

END, AGAIN = "#", "*"
"""What ends a number at once, and what begins it anew; both only after a first digit."""

MOST_KEYS = 20
"""Of one wrong number: who leans on a key hears after so many that this is nothing."""


class MenuChoice(msgspec.Struct, frozen=True):
    """A key of the menu."""

    key: str


class NumberDialled(msgspec.Struct, frozen=True):
    """A number of the house."""

    number: str


class Wrong(msgspec.Struct, frozen=True):
    """Keys that mean nothing here."""

    keys: str


Keyed = MenuChoice | NumberDialled | Wrong


class MenuKeys:
    """The keys one caller presses at a menu.

    What can become nothing longer counts at once. A key of the menu with which numbers begin waits for the next key.
    Where numbers can be dialled, the rest of a wrong one is waited for too, so that it is not taken for keys of the
    menu.

    Args:
        choices: Keys of the menu.
        numbers: What can be dialled; empty: only keys of the menu count, each at once.
        within_seconds: How soon the next key of a number must follow.
    """

    def __init__(self, choices: Collection[str], numbers: Collection[str], within_seconds: float) -> None:
        self._choices = choices
        self._numbers = numbers
        self._within = within_seconds
        self._kept = ""
        self._due = math.inf

    @property
    def due(self) -> float:
        """When `time_passes` has to be called unless another key comes before; infinite while no key is kept."""
        return self._due

    def press(self, key: str, at: float) -> Keyed | None:
        """A key was pressed; what it decides, or None while more may follow.

        Args:
            at: Monotonic seconds, never less than before.
        """
        if self._kept and key == END:
            return self._decided()
        if self._kept and key == AGAIN:
            self._kept = ""
        if not self._kept and key in (END, AGAIN) and key not in self._choices:
            self._due = math.inf
            return None if key == AGAIN else Wrong(key)
        self._kept += key
        if not self._may_grow() or len(self._kept) >= MOST_KEYS:
            return self._decided()
        self._due = at + self._within
        return None

    def time_passes(self, at: float) -> Keyed | None:
        """What is decided because no key came until now."""
        return self._decided() if self._kept and at >= self._due else None

    def _may_grow(self) -> bool:
        """Whether another key could make a difference."""
        if not self._numbers or self._kept in (END, AGAIN):
            return False
        if any(number.startswith(self._kept) and number != self._kept for number in self._numbers):
            return True
        return self._kept not in self._choices and self._kept not in self._numbers

    def _decided(self) -> Keyed:
        keys, self._kept, self._due = self._kept, "", math.inf
        if keys in self._choices:
            return MenuChoice(keys)
        return NumberDialled(keys) if keys in self._numbers else Wrong(keys)


def dialled_at(configuration: Configuration, menu: Menu) -> Mapping[str, Destination]:
    """Where the numbers lead that callers may dial at a menu: to people, teams, rooms, menus; none if it is off.

    Parking slots, codes and the outside are not for callers.
    """
    if not menu.dial_extensions:
        return {}
    numbers: dict[str, Destination] = {number: ToExtension(number) for number in configuration.extensions}
    numbers |= {group.number: ToRingGroup(name) for name, group in configuration.ring_groups.items()}
    numbers |= {queue.number: ToQueue(name) for name, queue in configuration.call_queues.items()}
    numbers |= {room.number: ToConference(name) for name, room in configuration.conference_rooms.items()}
    numbers |= {other.number: ToMenu(name) for name, other in configuration.menus.items() if other.number is not None}
    numbers |= {script.number: ToScript(name) for name, script in configuration.scripts.items() if script.number}
    return numbers
