"""A USB bus as the kernel shows it, made of folders: simulated modems plug in here as real ones do in sysfs, with ports
under whatever names are free."""

import shutil
from contextlib import suppress
from pathlib import Path

from hardware.simulators.kinds import StickKind

MOST_TTYS = 256


def socket_of(line: str) -> str:
    """The socket that the simulated modem of a line is in."""
    return f"9-{line}"


class SimulatedSocket:
    """One socket of a simulated bus. Several processes may share the bus, one socket each.

    Args:
        root: The bus: `sys` and `dev` appear below it, for `hardware.modem.usb.UsbBus`.
        path: The socket, such as "1-1.2".

    Attributes:
        first_tty: The lowest number ports may get; raised, a modem comes back under other names.
    """

    def __init__(self, root: Path, path: str) -> None:
        self._root = root
        self._device = root / "sys" / "bus" / "usb" / "devices" / path
        self._taken: list[Path] = []
        self._lives = 0
        self.first_tty = 0

    def reserve(self, kind: StickKind) -> dict[int, Path]:
        """Paths for the ports of a modem by number of interface; nothing appears yet. What an earlier life left behind
        in this socket is removed."""
        self._forget_earlier_life()
        self._taken = [self._free_name() for _ in range(kind.ttys)]
        return {number: self._root / "dev" / taken.name for number, taken in enumerate(self._taken)}

    def appear(self, kind: StickKind, ttys: dict[int, Path]) -> None:
        """The kernel has found the modem."""
        self._lives += 1
        device = self._device.with_name(f".{self._device.name}")
        shutil.rmtree(device, ignore_errors=True)
        vendor, product = kind.usb.split(":")
        for number, tty in ttys.items():
            interface = device / f"{self._device.name}:1.{number}"
            (interface / tty.name).mkdir(parents=True)
            (interface / "bInterfaceNumber").write_text(f"{number:02x}\n")
        files = {"idVendor": vendor, "idProduct": product, "devnum": str(self._lives), "authorized": "1"}
        for name, text in files.items():
            (device / name).write_text(f"{text}\n")
        shutil.rmtree(self._device, ignore_errors=True)
        device.rename(self._device)

    def vanish(self, *, keeps_power: bool = False) -> None:
        """The modem is gone.

        Args:
            keeps_power: It is in the socket still, only its driver was taken away.
        """
        if keeps_power:
            for interface in self._device.glob(f"{self._device.name}:*"):
                shutil.rmtree(interface, ignore_errors=True)
        else:
            shutil.rmtree(self._device, ignore_errors=True)
        self._give_names_back()

    @property
    def is_authorized(self) -> bool:
        """Whether the driver may have the device; True while nothing says otherwise."""
        try:
            return (self._device / "authorized").read_text().strip() != "0"
        except OSError:
            return True

    def _free_name(self) -> Path:
        folder = self._root / "taken"
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(self.first_tty, MOST_TTYS):
            with suppress(FileExistsError):
                (folder / f"ttyUSB{number}").mkdir()
                return folder / f"ttyUSB{number}"
        raise OSError("the simulated bus has no name left for a port")

    def _forget_earlier_life(self) -> None:
        self._give_names_back()
        for tty in self._device.glob("*:*/ttyUSB*"):
            (self._root / "dev" / tty.name).unlink(missing_ok=True)
            with suppress(OSError):
                (self._root / "taken" / tty.name).rmdir()
        shutil.rmtree(self._device, ignore_errors=True)

    def _give_names_back(self) -> None:
        for taken in self._taken:
            with suppress(OSError):
                taken.rmdir()
        self._taken = []
