"""Modems are found by their USB id and the numbers of their interfaces, whatever their ports are called."""

import shutil
from pathlib import Path

import pytest

from hardware.modem.places import Place, place_of, profiles_by_name
from hardware.modem.profiles import PROFILES
from hardware.modem.usb import UsbBus, UsbDevice
from tests.hardware.modem.sysfs import plug

RULES = Path(__file__).parents[3] / "firmware-image/overlay/usr/lib/udev/rules.d/60-porter-modems.rules"


def bus(root: Path) -> UsbBus:
    return UsbBus(root / "sys", root / "dev")


def places(root: Path, name: str | None = None) -> list[Place]:
    found = (place_of(device, profiles_by_name(PROFILES, name)) for device in bus(root).devices())
    return [place for place in found if place is not None]


def test_empty_machine_has_no_modems(tmp_path: Path) -> None:
    assert bus(tmp_path).devices() == []


@pytest.mark.parametrize(
    ("usb_id", "ttys", "card", "profile", "at", "audio"),
    [
        ("12d1:1001", {0: "ttyUSB7", 1: "ttyUSB3", 2: "ttyUSB5"}, "", "huawei", "ttyUSB5", "ttyUSB3"),
        ("12d1:140c", {0: "ttyUSB0", 1: "ttyUSB1", 2: "ttyUSB2", 3: "ttyUSB3"}, "", "huawei", "ttyUSB3", "ttyUSB2"),
        ("12d1:1436", {n: f"ttyUSB{n}" for n in range(5)}, "", "huawei", "ttyUSB4", "ttyUSB3"),
        ("12D1:14AC", {n: f"ttyUSB{n}" for n in range(5)}, "", "huawei", "ttyUSB4", "ttyUSB3"),
        ("2c7c:0125", {n: f"ttyUSB{n}" for n in range(4)}, "", "quectel_serial", "ttyUSB2", "ttyUSB1"),
        ("2c7c:0125", {n: f"ttyUSB{n}" for n in range(4)}, "Android", "quectel_uac", "ttyUSB2", ""),
        ("1e0e:9001", {n: f"ttyUSB{9 - n}" for n in range(5)}, "", "simcom7600", "ttyUSB7", "ttyUSB5"),
    ],
)
def test_modem_is_known_by_its_id_and_its_ports_by_their_interfaces(tmp_path, usb_id, ttys, card, profile, at, audio):
    plug(tmp_path, "1-1.2", usb_id, ttys, card=card)
    [place] = places(tmp_path)
    dev = tmp_path / "dev"
    assert (place.profile.name, place.at) == (profile, str(dev / at))
    assert place.card == (f"plughw:CARD={card},DEV=0" if card else "")
    assert place.audio == (str(dev / audio) if audio else "")
    assert place.at not in place.more_at


def test_modem_whose_sound_port_is_not_there_yet_waits(tmp_path: Path) -> None:
    plug(tmp_path, "1-1.2", "12d1:1001", {0: "ttyUSB0", 2: "ttyUSB2"})
    assert places(tmp_path) == []


def test_named_profile_is_the_only_one(tmp_path: Path) -> None:
    plug(tmp_path, "1-1.2", "2c7c:0125", {n: f"ttyUSB{n}" for n in range(4)}, card="Android")
    assert [place.profile.name for place in places(tmp_path, "quectel_serial")] == ["quectel_serial"]
    assert places(tmp_path, "huawei") == []


def test_other_devices_are_no_modems(tmp_path: Path) -> None:
    plug(tmp_path, "1-1.3", "0403:6001", {0: "ttyUSB0"})
    plug(tmp_path, "1-1.4", "0bda:8153", {})
    assert places(tmp_path) == []
    assert [device.path for device in bus(tmp_path).devices()] == ["1-1.3"]


def test_port_of_a_communication_device_is_found(tmp_path: Path) -> None:
    plug(tmp_path, "1-1.3", "0baf:0303", {0: "ttyACM0"})
    assert bus(tmp_path).devices() == [
        UsbDevice(path="1-1.3", id="0baf:0303", life="5", ttys={0: str(tmp_path / "dev/ttyACM0")})
    ]


def test_device_that_goes_away_while_it_is_read_is_left_out(tmp_path: Path) -> None:
    device = plug(tmp_path, "1-1.2", "12d1:1001", {0: "ttyUSB0", 1: "ttyUSB1", 2: "ttyUSB2"})
    (device / "devnum").unlink()
    plug(tmp_path, "1-1.3", "12d1:1001", {0: "ttyUSB3", 1: "ttyUSB4", 2: "ttyUSB5"})
    assert [place.at for place in places(tmp_path)] == [str(tmp_path / "dev/ttyUSB5")]
    shutil.rmtree(device)
    assert len(places(tmp_path)) == 1


def test_power_is_switched_by_the_kernel(tmp_path: Path) -> None:
    device = plug(tmp_path, "1-1.2", "12d1:1001", {0: "ttyUSB0", 1: "ttyUSB1", 2: "ttyUSB2"})
    [found] = bus(tmp_path).devices()
    bus(tmp_path).switch_power(found, on=False)
    assert (device / "authorized").read_text() == "0"
    bus(tmp_path).switch_power(found, on=True)
    assert (device / "authorized").read_text() == "1"
    shutil.rmtree(device)
    with pytest.raises(OSError):
        bus(tmp_path).switch_power(found, on=True)


def test_image_keeps_other_programs_away_from_every_known_modem() -> None:
    rules = RULES.read_text()
    for profile in PROFILES.values():
        for layout in profile.usb:
            vendor, product = layout.id.split(":")
            assert f'ATTR{{idVendor}}=="{vendor}", ATTR{{idProduct}}=="{product}"' in rules, layout
    assert 'ENV{ID_MM_DEVICE_IGNORE}="1"' in rules
