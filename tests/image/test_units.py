"""The systemd units of the installed office, checked by systemd's own tools and against the table of `porter run`."""

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from appliance.cli.children import CHILDREN, ChildSpec, RunOptions
from appliance.office_layout import OfficeLayout

TREE = Path(__file__).parents[2]
OVERLAY = TREE / "firmware-image/overlay"
UNITS = OVERLAY / "usr/lib/systemd/system"
SYSTEMS_OWN = Path("/usr/lib/systemd/system")

MOST_EXPOSURE = {"edge": 1.5, "controller": 2.2, "door": 1.2, "web": 1.4}
"""As measured with systemd 252; see docs/system.md. A higher figure needs a reason."""

real = pytest.mark.real


class Unit(configparser.RawConfigParser):
    """A unit file; of a setting that is repeated the last one counts here."""

    def __init__(self, name: str) -> None:
        super().__init__(strict=False, delimiters=("=",), comment_prefixes=("#",), interpolation=None)
        self.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's settings have capitals
        self.read(UNITS / name)

    def service(self, setting: str) -> str:
        return self.get("Service", setting, fallback="")

    def program_words(self, setting: str = "ExecStart") -> list[str]:
        return self.service(setting).split()


@pytest.fixture(params=CHILDREN, ids=lambda spec: spec.name)
def spec(request: pytest.FixtureRequest) -> ChildSpec:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def unit(spec: ChildSpec) -> Unit:
    return Unit(f"porter-{spec.name}.service")


def seconds(text: str) -> float:
    number, unit = re.fullmatch(r"([0-9.]+)(ms|s)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"ms": 0.001, "s": 1}[unit]


def test_a_unit_and_porter_run_start_the_same_program(spec: ChildSpec, unit: Unit) -> None:
    here = RunOptions(OfficeLayout(Path("/var/lib/porter")))
    words = unit.program_words()
    assert words[0] == f"/usr/lib/porter/bin/porter-{spec.name}"
    kept = [word for word in words[1:] if not word.startswith("$")]
    wanted = list(spec.arguments(here))
    for option, value in zip(kept[::2], kept[1::2], strict=True):
        assert wanted[wanted.index(option) + 1] == value


def test_a_unit_and_porter_run_have_the_same_patience(spec: ChildSpec, unit: Unit) -> None:
    assert seconds(unit.service("WatchdogSec")) == spec.watchdog_seconds
    assert seconds(unit.service("TimeoutStartSec")) == spec.start_seconds
    assert seconds(unit.service("TimeoutStopSec")) == spec.stop_seconds
    assert unit.service("Type") == "notify"
    assert set(spec.after) <= {name.removeprefix("porter-").removesuffix(".service") for name in _after(unit)}


def test_every_unit_comes_back_for_ever(unit: Unit) -> None:
    assert unit.service("Restart") == "always"
    assert unit.get("Unit", "StartLimitIntervalSec") == "0"


def test_every_unit_has_a_user_and_limits_of_its_own(spec: ChildSpec, unit: Unit) -> None:
    assert unit.service("User") == f"porter-{spec.name}"
    assert unit.service("CapabilityBoundingSet") == ""
    for setting in ("MemoryMax", "TasksMax", "RestrictAddressFamilies", "SystemCallFilter"):
        assert unit.service(setting)


def test_only_the_door_reaches_the_pins(spec: ChildSpec) -> None:
    text = (UNITS / f"porter-{spec.name}.service").read_text()
    assert ("gpio" in text) == (spec.name == "door")


def test_the_lock_action_stands_around_the_door_alone(spec: ChildSpec, unit: Unit) -> None:
    locks = unit.program_words("ExecStartPre"), unit.program_words("ExecStopPost")
    if spec.guard is None:
        assert locks == ([], [])
    else:
        assert locks == ([*unit.program_words(), "--lock"],) * 2


def test_the_target_wants_all(spec: ChildSpec) -> None:
    assert f"porter-{spec.name}.service" in (UNITS / "porter.target").read_text()


def test_every_folder_of_the_layout_is_made_for_its_user(tmp_path: Path) -> None:
    made = {line.split()[1]: line.split()[2:5] for line in _lines("tmpfiles.d/porter.conf")}
    layout = OfficeLayout(Path("/var/lib/porter"))
    private = {layout.settings_folder: "controller", layout.door_folder: "door", layout.web_folder: "web"}
    for folder, user in private.items():
        assert made[str(folder)][:2] == ["0700", f"porter-{user}"]
    OfficeLayout(tmp_path / "office").make_folders()
    needed = {str(layout.root / folder.name) for folder in (tmp_path / "office").iterdir()}
    assert needed <= set(made), "these must stand in tmpfiles.d: no service may make them"


def test_the_controller_may_write_to_its_folders() -> None:
    own = {line.split()[1] for line in _lines("tmpfiles.d/porter.conf") if line.split()[3] == "porter-controller"}
    service = (UNITS / "porter-controller.service").read_text()
    writable = {
        path for line in service.splitlines() if line.startswith("ReadWritePaths=") for path in line[15:].split()
    }
    assert own <= writable, "its sandbox would keep it out of the rest"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small root folder with our units, and programs in their places."""
    shutil.copytree(OVERLAY, tmp_path, dirs_exist_ok=True)
    for name in ("network-online", "network", "network-pre", "basic", "sysinit", "multi-user", "shutdown"):
        shutil.copy(SYSTEMS_OWN / f"{name}.target", tmp_path / UNITS.relative_to(OVERLAY))
    programs = tmp_path / "usr/lib/porter/bin"
    programs.mkdir(parents=True)
    for one in CHILDREN:
        shutil.copy("/bin/true", programs / f"porter-{one.name}")
    (tmp_path / "etc").mkdir()
    return tmp_path


@real
def test_systemd_finds_nothing_wrong_with_the_units(root: Path) -> None:
    names = ["porter.target", *(f"porter-{one.name}.service" for one in CHILDREN)]
    said = run("systemd-analyze", "verify", f"--root={root}", *names)
    assert (said.returncode, said.stderr) == (0, "")


@real
def test_the_exposure_does_not_grow(root: Path, spec: ChildSpec) -> None:
    said = run("systemd-analyze", "security", "--offline=true", f"--root={root}", f"porter-{spec.name}.service")
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said.stdout)
    assert found is not None, said.stderr
    assert float(found[1]) <= MOST_EXPOSURE[spec.name]


@real
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders to other users")
def test_users_and_folders_can_be_made(root: Path) -> None:
    for tool in ("systemd-sysusers", "systemd-tmpfiles --create"):
        said = run(*tool.split(), f"--root={root}", "porter.conf")
        assert said.returncode == 0, said.stderr
    users = (root / "etc/passwd").read_text()
    assert [name for name in ("edge", "controller", "door", "web") if f"porter-{name}:" not in users] == []
    assert (root / "var/lib/porter/door").stat().st_mode & 0o777 == 0o700


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def _after(unit: Unit) -> list[str]:
    return unit.get("Unit", "After", fallback="").split()


def _lines(name: str) -> list[str]:
    lines = (OVERLAY / "usr/lib" / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]
