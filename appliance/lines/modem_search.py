"""Which modem belongs to which line: by IMEI, by the SIM in it, by the USB socket it is in, or whichever is there.
Lines of one house ask the same search, so that no two take the same modem, wherever it is plugged in and however its
ports are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from hardware.modem.places import Place, place_of
from hardware.modem.profiles import Profile
from hardware.modem.usb import UsbBus


class BoundBy(StrEnum):
    """What a line knows its modem by."""

    ANYTHING = "auto"
    IMEI = "imei"
    ICCID = "iccid"
    USB = "usb"


class Binding(msgspec.Struct, frozen=True):
    """The modem a line wants."""

    by: BoundBy
    value: str = ""

    @property
    def imei(self) -> str | None:
        return self.value if self.by is BoundBy.IMEI else None

    @property
    def iccid(self) -> str | None:
        return self.value if self.by is BoundBy.ICCID else None


_SHAPES = ((BoundBy.IMEI, r"\d{15}"), (BoundBy.ICCID, r"89\d{16,18}"), (BoundBy.USB, r"\d+-\d+(\.\d+)*"))


def binding_of(text: str) -> Binding | None:
    """What a setting means: "auto", 15 digits of an IMEI, 18 to 20 of an ICCID, a USB socket such as "1-1.2"; None for
    anything else."""
    if text == BoundBy.ANYTHING:
        return Binding(BoundBy.ANYTHING)
    return next((Binding(by, text) for by, shape in _SHAPES if re.fullmatch(shape, text)), None)


class _Known(msgspec.Struct, frozen=True):
    """What a modem said of itself."""

    imei: str
    iccid: str


class ModemSearch:
    """The modems of one USB bus and the lines that want them."""

    def __init__(self, bus: UsbBus) -> None:
        self.bus = bus
        self._wanted: dict[str, Binding] = {}
        self._held: dict[str, str] = {}
        self._known: dict[tuple[str, str], _Known] = {}
        """What modems said, by socket and life: another one in the same socket is another one."""

    def find(self, line: str, binding: Binding, profiles: Sequence[Profile]) -> Place | None:
        """The modem of a line, or one that may be it as far as is known; from then on no other line gets it. None while
        there is none."""
        self._wanted[line] = binding
        self._held.pop(line, None)
        places = [place for device in self.bus.devices() if (place := place_of(device, profiles))]
        free = [place for place in places if _socket(place) not in self._held.values()]
        place = min(
            (place for place in free if self._rank(line, binding, place) is not None),
            key=lambda place: self._rank(line, binding, place) or 0,
            default=None,
        )
        if place is not None:
            self._held[line] = _socket(place)
        return place

    def learnt(self, line: str, place: Place, imei: str, iccid: str) -> bool:
        """A modem said what it is; whether the line may keep it, or another line wants exactly that one."""
        if place.device is None:
            return True
        self._known[(place.device.path, place.device.life)] = _Known(imei, iccid)
        return self._rank(line, self._wanted[line], place) is not None

    def let_go(self, line: str) -> None:
        """The line looks for no modem any more."""
        self._held.pop(line, None)
        self._wanted.pop(line, None)

    def _rank(self, line: str, binding: Binding, place: Place) -> int | None:
        """How well a modem suits: 0 it is the one, 1 nothing speaks against it, 2 it did not say what it is asked for
        and may do so later, as a SIM that is busy; None: it is for others."""
        assert place.device is not None
        if binding.by is BoundBy.USB:
            return 0 if place.device.path == binding.value else None
        known = self._known.get((place.device.path, place.device.life))
        if binding.by is BoundBy.ANYTHING:
            others = [want for other, want in self._wanted.items() if other != line]
            return None if any(_is_the_one(want, place, known) for want in others) else 1
        if known is None:
            return 1
        if not (known.imei if binding.by is BoundBy.IMEI else known.iccid):
            return 2
        return 0 if _is_the_one(binding, place, known) else None


def _is_the_one(binding: Binding, place: Place, known: _Known | None) -> bool:
    match binding.by:
        case BoundBy.USB:
            return place.device is not None and place.device.path == binding.value
        case BoundBy.IMEI:
            return known is not None and known.imei == binding.value
        case BoundBy.ICCID:
            return known is not None and known.iccid[:18] == binding.value[:18]
        case BoundBy.ANYTHING:
            return False


def _socket(place: Place) -> str:
    return "" if place.device is None else place.device.path
