"""What a Pi's config.txt has to say so that every relay is locked before Linux runs.

The firmware sets pins from `gpio=27=op,dl` within two seconds of power-on (Raspberry Pi documentation, config.txt,
"GPIO control"); before that only the resistor at the relay holds it.
"""

from __future__ import annotations

from pathlib import Path

from appliance.door.lock_all import known_relays

HEADING = "# Porter: lock relays rest at their locked level from power-on. `porter door boot-pins` writes these lines."


def boot_lines(office: Path) -> list[str]:
    """Lines for config.txt, for the doors of an office as they were last applied; none without pins of a Pi."""
    relays = [(pin, level) for driver, pin, level in known_relays(office) if driver == "gpio"]
    return [HEADING, *(boot_line(pin, level) for pin, level in sorted(relays))] if relays else []


def boot_line(pin: int, locked_level: int) -> str:
    """One output, driven low or high."""
    return f"gpio={pin}=op,{'dh' if locked_level else 'dl'}"
