"""What is wrong with settings of doors that their types alone do not show."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from appliance.control.door_messages import ApplyDoors
from appliance.control.messages import Detail


def mistakes(wished: ApplyDoors) -> list[Detail]:
    """Everything wrong with the settings that their types do not show."""
    found: list[Detail] = []
    names: set[str] = set()
    used: dict[tuple[str, int], str] = {}
    for number, door in enumerate(wished.doors):
        path = f"doors[{number}]"
        if door.name in names:
            found.append(Detail(f"{path}.name", f"There are two doors named {door.name!r}.", "Rename one."))
        names.add(door.name)
        if door.pins not in ("gpio", "simulated"):
            found.append(Detail(f"{path}.pins", f"There is no driver {door.pins!r}.", 'Use "gpio" or "simulated".'))
        for field in ("button_pin", "relay_pin"):
            pin = (door.pins, getattr(door, field))
            if pin in used:
                cause = f"Pin {pin[1]} is used by {used[pin]} already."
                found.append(Detail(f"{path}.{field}", cause, "Give each its own pin."))
            used[pin] = f"{path}.{field}"
    if wished.time_zone is not None and not _is_zone(wished.time_zone):
        found.append(Detail("time_zone", f"There is no time zone {wished.time_zone!r}.", "Such as Europe/Riga."))
    return found


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
