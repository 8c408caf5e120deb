"""Drive a relay to locked at once: before anything else is started, and after the process that owned it has died.

gpiozero takes half a second to import on a small Pi, which is too long with an unlocked door, so this speaks to the
kernel directly (GPIO character device, uapi v2, Linux 5.10 or later, include/uapi/linux/gpio.h). When this process
lets the line go the kernel may turn it into an input: the relay board's own resistor then has to hold it at the locked
level, which docs/wiring asks for anyway, because no program runs at power-on either.
"""

from __future__ import annotations

import fcntl
import os
import struct
from pathlib import Path

PI_CHIP_LABELS = (b"pinctrl-bcm2835", b"pinctrl-bcm2711", b"pinctrl-rp1")
"""The chip behind the header: Pi 0-3, Pi 4, Pi 5. Its number differs between kernels, its label does not."""

_GET_CHIPINFO = 0x8044B401
_GET_LINE = 0xC250B407
_CHIP_INFO = struct.Struct("32s32sI")
_FLAG_OUTPUT = 1 << 3
_ATTRIBUTE_OUTPUT_VALUES = 2


class PinsUnavailable(Exception):
    """The pins cannot be used; there is no falling back to something else.

    Args:
        cause: What failed, one sentence.
        next_step: What to do about it.
    """

    def __init__(self, cause: str, next_step: str) -> None:
        super().__init__(f"{cause} {next_step}")
        self.cause = cause
        self.next_step = next_step


def lock_now(driver: str, folder: Path, line: int, level: int) -> None:
    """Set a relay's line to the level at which its door is locked.

    Args:
        driver: "gpio", "simulated", or "station", whose lock no pin drives.
        folder: Of the simulated chip.
        line: BCM number.

    Raises PinsUnavailable.
    """
    if driver == "simulated":
        _lock_simulated(folder, line, level)
    elif driver == "gpio":
        _lock_real(line, level)
    elif driver != "station":
        raise unknown_driver(driver)


def unknown_driver(driver: str) -> PinsUnavailable:
    """No driver has this name."""
    return PinsUnavailable(f"There is no driver for pins named {driver!r}.", 'Use "gpio", "simulated" or "station".')


def chip_path(folder: Path = Path("/dev")) -> Path:
    """The GPIO chip behind the header; raises PinsUnavailable."""
    refused: OSError | None = None
    for path in sorted(folder.glob("gpiochip*")):
        try:
            file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            refused = error
            continue
        try:
            answer = fcntl.ioctl(file, _GET_CHIPINFO, bytes(_CHIP_INFO.size))
        finally:
            os.close(file)
        if _CHIP_INFO.unpack(answer)[1].rstrip(b"\0") in PI_CHIP_LABELS:
            return path
    if refused is not None:
        raise PinsUnavailable(f"The GPIO chip may not be opened: {refused}.", "Add the user to the group `gpio`.")
    raise PinsUnavailable(
        "This machine has no GPIO chip of a Raspberry Pi.", 'Set the door\'s `pins` to "simulated" to try without one.'
    )


def _lock_simulated(folder: Path, line: int, level: int) -> None:
    from hardware.simulators.pins import SimulatedChip

    try:
        chip = SimulatedChip(folder)
    except (OSError, ValueError) as error:
        raise PinsUnavailable(f"The simulated pins cannot be used: {error}.", f"Look at {folder}.") from error
    chip.drive(line, level)
    chip.close()


def _lock_real(line: int, level: int) -> None:
    path = chip_path()
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            answer = fcntl.ioctl(file, _GET_LINE, output_request(line, level))
        finally:
            os.close(file)
    except OSError as error:
        raise PinsUnavailable(
            f"Line {line} of {path} cannot be driven: {error}.", "See who holds it: `gpioinfo`, `porter status`."
        ) from error
    os.close(struct.unpack_from("i", answer, len(answer) - 4)[0])


def output_request(line: int, level: int) -> bytes:
    """A struct gpio_v2_line_request for one line as an output that begins at `level`."""
    offsets = struct.pack("64I", line, *[0] * 63)
    attribute = struct.pack("IIQQ", _ATTRIBUTE_OUTPUT_VALUES, 0, level, 1)
    config = struct.pack("QI5I", _FLAG_OUTPUT, 1, *[0] * 5) + attribute.ljust(240, b"\0")
    return offsets + b"porter-door lock".ljust(32, b"\0") + config + struct.pack("II5Ii", 1, 0, *[0] * 5, -1)
