"""What the firmware of a Pi is told, so that relays are locked before Linux runs."""

from __future__ import annotations

import json
from pathlib import Path

from appliance.config.models import Door
from appliance.door.boot_pins import HEADING, boot_line, boot_lines

IMAGE = Path(__file__).parents[2] / "firmware-image" / "overlay" / "boot" / "firmware" / "porter-pins.txt"


def test_every_relay_on_pins_of_a_pi_rests_at_its_locked_level(tmp_path: Path) -> None:
    doors = [
        {"name": "front", "pins": "gpio", "relay_pin": 27, "relay_locked_level": 0},
        {"name": "side", "pins": "gpio", "relay_pin": 5, "relay_locked_level": 1},
        {"name": "bench", "pins": "simulated", "relay_pin": 6},
        {"name": "spoiled", "pins": "gpio"},
    ]
    (tmp_path / "door").mkdir()
    (tmp_path / "door" / "settings.json").write_text(json.dumps({"doors": doors}))
    assert boot_lines(tmp_path) == [HEADING, "gpio=5=op,dh", "gpio=27=op,dl"]


def test_without_doors_nothing_is_said(tmp_path: Path) -> None:
    assert boot_lines(tmp_path) == []


def test_the_image_keeps_the_relay_of_a_door_as_configured_by_default() -> None:
    door = Door(name="Front door", rings="extension:201")
    assert IMAGE.read_text().splitlines() == [HEADING, boot_line(door.relay_pin, door.relay_locked_level)]
