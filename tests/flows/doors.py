"""Doors for flow tests."""

from appliance.calls.ports import Phrase
from appliance.config.models import Configuration, Door, DoorCall
from appliance.simulated.office import SimulatedOffice
from appliance.simulated.switch import FarEnd
from tests.flows.offices import small_office


def office_with_door(rings: str = "extension:201", *, open_digit: str | None = "5", **call: object) -> Configuration:
    """The small office with one front door, whose calls go as said."""
    door = Door(name="Front door", rings=rings, open_digit=open_digit, call=DoorCall(**call))  # type: ignore[arg-type]
    return small_office(doors={"front": door})


def visitor_rings(world: SimulatedOffice, door: str = "front") -> FarEnd:
    """Somebody presses the button, who did not before."""
    visitor = world.switch.ring_door(world.office, door)
    assert visitor is not None
    return visitor


def phrases(world: SimulatedOffice, phone: FarEnd) -> list[tuple[str, str]]:
    """(phrase, language) of what somebody was told."""
    said = [prompt for leg, prompt in world.sound.heard if leg == phone.leg.id and isinstance(prompt, Phrase)]
    return [(prompt.name, prompt.language) for prompt in said]
