"""Devices on the USB bus as the kernel shows them in sysfs: which interface became which tty, and which sound card.
Names such as ttyUSB2 are given in the order of plugging and mean nothing; numbers of interfaces mean what the maker
says."""

import logging
from collections.abc import Iterator
from pathlib import Path

import msgspec

log = logging.getLogger(__name__)


class UsbDevice(msgspec.Struct, frozen=True):
    """One device that is plugged in."""

    path: str
    """Where it is plugged in: bus, port, port of the hub there, such as "1-1.2"."""
    id: str
    """idVendor:idProduct."""
    life: str
    """Another one after each plugging in."""
    ttys: dict[int, str]
    """Serial ports by bInterfaceNumber, as paths to open."""
    cards: tuple[str, ...] = ()
    """ALSA's names of its sound cards."""


class UsbBus:
    """The devices of one machine.

    Args:
        sys: Where sysfs is; tests and simulators build their own.
        dev: Where the device nodes are.
    """

    def __init__(self, sys: Path = Path("/sys"), dev: Path = Path("/dev")) -> None:
        self._devices = sys / "bus" / "usb" / "devices"
        self._dev = dev

    def devices(self) -> list[UsbDevice]:
        """What is plugged in now and has serial ports or sound, ordered by its place. A device that goes away while it
        is read is left out."""
        found = []
        for folder in sorted(self._devices.glob("[0-9]*-*")):
            if ":" in folder.name:
                continue
            try:
                device = self._device(folder)
            except (OSError, ValueError) as error:
                log.debug("usb %s: %s", folder.name, error)
                continue
            if device.ttys or device.cards:
                found.append(device)
        return found

    def switch_power(self, device: UsbDevice, *, on: bool) -> None:
        """Take a device's driver away, or let it come back as if it had been plugged in anew (sysfs `authorized`).
        Raises OSError where that is not allowed, or the device is gone."""
        (self._devices / device.path / "authorized").write_text("1" if on else "0")

    def _device(self, folder: Path) -> UsbDevice:
        ttys: dict[int, str] = {}
        cards: list[str] = []
        for interface in _interfaces(folder):
            number = int(_read(interface / "bInterfaceNumber"), 16)
            for tty in (*interface.glob("ttyUSB*"), *interface.glob("tty/tty*")):
                ttys[number] = str(self._dev / tty.name)
            cards += [_read(card / "id") for card in interface.glob("sound/card*")]
        return UsbDevice(
            path=folder.name,
            id=f"{_read(folder / 'idVendor')}:{_read(folder / 'idProduct')}".lower(),
            life=_read(folder / "devnum"),
            ttys=ttys,
            cards=tuple(cards),
        )


def _interfaces(folder: Path) -> Iterator[Path]:
    """The interfaces of the configuration in use: their folders carry the name of the device."""
    return (one for one in sorted(folder.glob(f"{folder.name}:*")) if (one / "bInterfaceNumber").is_file())


def _read(file: Path) -> str:
    return file.read_text("ascii", "replace").strip()
