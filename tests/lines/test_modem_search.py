"""Which modem belongs to which line, by what is known of each."""

import shutil
from pathlib import Path
from typing import get_args

import pytest

from appliance.config.models._lines import ModemFamily
from appliance.config.plausibility import MODEM
from appliance.lines.modem_search import Binding, BoundBy, ModemSearch, binding_of
from hardware.modem.places import Place
from hardware.modem.profiles import PROFILES
from hardware.modem.usb import UsbBus
from tests.hardware.modem.sysfs import plug

ALL = list(PROFILES.values())
AUTO = Binding(BoundBy.ANYTHING)
FIRST = Binding(BoundBy.IMEI, "353600000000001")
SECOND = Binding(BoundBy.IMEI, "353600000000002")


def huawei(root: Path, path: str, *, first_tty: int, devnum: int = 5) -> Path:
    return plug(root, path, "12d1:1001", {n: f"ttyUSB{first_tty + n}" for n in range(3)}, devnum=devnum)


@pytest.fixture
def search(tmp_path: Path) -> ModemSearch:
    return ModemSearch(UsbBus(tmp_path / "sys", tmp_path / "dev"))


def socket(place: Place | None) -> str | None:
    return place.device.path if place is not None and place.device is not None else None


@pytest.mark.parametrize(
    ("text", "binding"),
    [
        ("auto", AUTO),
        ("353600000000001", FIRST),
        ("8937101000000000018", Binding(BoundBy.ICCID, "8937101000000000018")),
        ("1-1.2", Binding(BoundBy.USB, "1-1.2")),
        ("3-1", Binding(BoundBy.USB, "3-1")),
        ("", None),
        ("/dev/ttyUSB2", None),
        ("35360000000000", None),
        ("1-", None),
    ],
)
def test_setting_says_by_what_a_modem_is_known(text: str, binding: Binding | None) -> None:
    import re

    assert binding_of(text) == binding
    assert (re.fullmatch(MODEM, text) is not None) == (binding is not None)


def test_families_that_can_be_set_are_those_that_have_a_profile() -> None:
    assert set(get_args(ModemFamily)) == set(PROFILES)


def test_no_two_lines_get_the_same_modem(tmp_path: Path, search: ModemSearch) -> None:
    huawei(tmp_path, "1-1.2", first_tty=0)
    assert socket(search.find("a", AUTO, ALL)) == "1-1.2"
    assert search.find("b", AUTO, ALL) is None
    huawei(tmp_path, "1-1.3", first_tty=3)
    assert socket(search.find("b", AUTO, ALL)) == "1-1.3"
    assert socket(search.find("a", AUTO, ALL)) == "1-1.2"


def test_line_that_is_no_more_leaves_its_modem_to_others(tmp_path: Path, search: ModemSearch) -> None:
    huawei(tmp_path, "1-1.2", first_tty=0)
    search.find("a", AUTO, ALL)
    search.let_go("a")
    assert socket(search.find("b", AUTO, ALL)) == "1-1.2"


def test_socket_is_the_socket(tmp_path: Path, search: ModemSearch) -> None:
    huawei(tmp_path, "1-1.2", first_tty=0)
    assert search.find("a", Binding(BoundBy.USB, "1-1.4"), ALL) is None
    assert socket(search.find("a", Binding(BoundBy.USB, "1-1.2"), ALL)) == "1-1.2"


def test_line_that_wants_any_modem_leaves_a_socket_that_is_wanted(tmp_path: Path, search: ModemSearch) -> None:
    huawei(tmp_path, "1-1.2", first_tty=0)
    search.find("a", Binding(BoundBy.USB, "1-1.2"), ALL)
    assert search.find("b", AUTO, ALL) is None


def test_modem_is_looked_for_by_its_imei_in_every_socket(tmp_path: Path, search: ModemSearch) -> None:
    huawei(tmp_path, "1-1.2", first_tty=0)
    huawei(tmp_path, "1-1.3", first_tty=3)
    first = search.find("a", SECOND, ALL)
    assert first is not None and socket(first) == "1-1.2"
    assert not search.learnt("a", first, FIRST.value, "")
    found = search.find("a", SECOND, ALL)
    assert found is not None and socket(found) == "1-1.3"
    assert search.learnt("a", found, SECOND.value, "")
    assert socket(search.find("a", SECOND, ALL)) == "1-1.3"
    assert socket(search.find("b", FIRST, ALL)) == "1-1.2"


def test_modem_that_another_line_wants_is_left_to_it(tmp_path: Path, search: ModemSearch) -> None:
    huawei(tmp_path, "1-1.2", first_tty=0)
    place = search.find("any", AUTO, ALL)
    assert place is not None
    search.find("a", FIRST, ALL)
    assert not search.learnt("any", place, FIRST.value, "")
    assert search.find("any", AUTO, ALL) is None
    assert socket(search.find("a", FIRST, ALL)) == "1-1.2"


def test_other_modem_in_the_same_socket_is_another_one(tmp_path: Path, search: ModemSearch) -> None:
    device = huawei(tmp_path, "1-1.2", first_tty=0)
    place = search.find("a", SECOND, ALL)
    assert place is not None and not search.learnt("a", place, FIRST.value, "")
    assert search.find("a", SECOND, ALL) is None
    for link in (tmp_path / "sys/bus/usb/devices").iterdir():
        link.unlink()
    shutil.rmtree(device)
    huawei(tmp_path, "1-1.2", first_tty=7, devnum=6)
    assert socket(search.find("a", SECOND, ALL)) == "1-1.2"


def test_modem_whose_sim_is_busy_is_tried_again_after_all_others(tmp_path: Path, search: ModemSearch) -> None:
    huawei(tmp_path, "1-1.2", first_tty=0)
    huawei(tmp_path, "1-1.3", first_tty=3)
    wanted = Binding(BoundBy.ICCID, "8937101000000000018")
    first = search.find("a", wanted, ALL)
    assert first is not None and socket(first) == "1-1.2"
    search.learnt("a", first, FIRST.value, "")
    second = search.find("a", wanted, ALL)
    assert second is not None and socket(second) == "1-1.3"
    assert not search.learnt("a", second, SECOND.value, "8937101000000000026")
    assert socket(search.find("a", wanted, ALL)) == "1-1.2"


def test_sim_is_looked_for_by_its_number(tmp_path: Path, search: ModemSearch) -> None:
    huawei(tmp_path, "1-1.2", first_tty=0)
    wanted = Binding(BoundBy.ICCID, "8937101000000000018")
    place = search.find("a", wanted, ALL)
    assert place is not None
    assert search.learnt("a", place, "1", "893710100000000001")
    assert not search.learnt("a", place, "1", "893710100000000002")
