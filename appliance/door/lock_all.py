"""Drive every relay of an office to locked: the first thing a door process does, and the last thing its supervisor.

`porter-door --lock` is this and nothing else, so it imports little: no msgspec, no Trio, no gpiozero.
The folders are those of `OfficeLayout`, which is not imported for the same reason; a test compares them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from hardware.gpio.lock_now import PinsUnavailable, lock_now

SETTINGS = "settings.json"


def door_folder(office: Path) -> Path:
    """Where the door process keeps its settings, codes and ledger."""
    return office / "door"


def pins_folder(office: Path) -> Path:
    """Where the simulated chip of an office is."""
    return office / "simulators" / "pins"


def lock_all(office: Path) -> list[str]:
    """Lock every door that is known; what did not work, in words. An office without doors has nothing to lock."""
    faults: list[str] = []
    for door in _doors(door_folder(office) / SETTINGS, faults):
        try:
            pin, level = int(door["relay_pin"]), int(door.get("relay_locked_level", 0))
            lock_now(str(door["pins"]), pins_folder(office), pin, level)
        except PinsUnavailable as error:
            faults.append(f"Door {door.get('name')!r} may not be locked: {error}")
        except (KeyError, TypeError, ValueError) as error:
            faults.append(f"Door {door!r} may not be locked: its settings are broken: {error!r}")
    return faults


def known_relays(office: Path) -> list[tuple[str, int, int]]:
    """Driver, pin and locked level of every relay; doors whose settings are broken are left out."""
    found = []
    for door in _doors(door_folder(office) / SETTINGS, []):
        try:
            found.append((str(door["pins"]), int(door["relay_pin"]), int(door.get("relay_locked_level", 0))))
        except (KeyError, TypeError, ValueError):
            continue
    return found


def main(office: Path) -> int:
    """The lock action of systemd and `porter run`: 0 when every door was locked."""
    faults = lock_all(office)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _doors(settings: Path, faults: list[str]) -> list[dict[str, Any]]:
    """The doors as saved, or as last saved well."""
    for file in (settings, settings.with_name(settings.name + ".last")):
        try:
            return list(json.loads(file.read_bytes())["doors"])
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError) as error:
            faults.append(f"{file} cannot be read: {error}")
    return []
