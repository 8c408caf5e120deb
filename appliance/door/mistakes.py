"""What is wrong with settings of doors that their types alone do not show."""

from __future__ import annotations

from appliance.config.door_pins import pin_mistakes
from appliance.config.opening_hours import zone_mistake
from appliance.control.door_messages import ApplyDoors
from appliance.control.messages import Detail


def mistakes(wished: ApplyDoors) -> list[Detail]:
    """Everything wrong with the settings that their types do not show."""
    names = [door.name for door in wished.doors]
    found = [
        Detail(f"doors[{number}].name", f"There are two doors named {name!r}.", "Rename one.")
        for number, name in enumerate(names)
        if name in names[:number]
    ]
    wired = {f"doors[{number}]": (door.name, door) for number, door in enumerate(wished.doors)}
    zone = () if wished.time_zone is None else zone_mistake("time_zone", wished.time_zone)
    for mistake in (*pin_mistakes(wired), *zone):
        meant = "" if mistake.did_you_mean is None else f'Did you mean "{mistake.did_you_mean}"?'
        found.append(Detail(mistake.path, mistake.cause, meant))
    return found
