"""The units under a real systemd: their sandboxes let the processes work, and whatever is killed comes back."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2]
PATIENCE = 40.0
CANNOT = 77

pytestmark = pytest.mark.real

DEMO = """
import secrets
from appliance.config.demo import demo_office
from appliance.config.loading import export
print(export(demo_office(secrets.choice)))
"""
OPEN = """
from pathlib import Path
from appliance.control.client import Client
from appliance.control.controller_messages import CONTROLLER, OpenDoor
controller = Client(Path("/run/porter/controller.sock"), CONTROLLER, "web")
print(controller.ask(OpenDoor(door="front", person="owner")).granted)
"""
CLOCK = "import ctypes; print(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512)) >= 0)"


class Machine:
    """What runs inside, by the pid of its process 1 as seen from here."""

    def __init__(self, boot: subprocess.Popen[bytes]) -> None:
        self.boot = boot
        self.pid = 0

    def run(self, *command: str, text: str | None = None) -> str:
        inside = ["nsenter", "--all", "--root", "--wd", "--target", str(self.pid)]
        environment = ["env", "-i", "PATH=/usr/lib/porter/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        done = subprocess.run(
            [*inside, *environment, *command], input=text, capture_output=True, text=True, timeout=60, check=False
        )
        return done.stdout + done.stderr

    def python(self, program: str) -> str:
        return self.run("/usr/lib/porter/bin/python3", "-P", "-c", program)

    def shows(self, unit: str, setting: str) -> str:
        return self.run("systemctl", "show", "-P", setting, f"porter-{unit}").strip()

    def until(self, is_so: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            if self.boot.poll() == CANNOT:
                pytest.skip("this machine cannot run another systemd")
            assert self.boot.poll() is None, f"systemd ended with {self.boot.returncode}"
            assert time.monotonic() < deadline, f"not within {PATIENCE:g} s: {what}\n" + self.run(
                "journalctl", "-n", "60"
            )
            time.sleep(0.1)

    def find(self) -> bool:
        """Process 1 inside is the child of `unshare`, which `boot-units` became."""
        below = Path(f"/proc/{self.boot.pid}/task/{self.boot.pid}/children").read_text().split()
        children = [int(pid) for pid in below]
        self.pid = next((pid for pid in children if _program(pid) == "systemd"), 0)
        return self.pid != 0


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


HIDDEN = ("/tmp", "/var/tmp", "/home", "/root", "/run")
"""What PrivateTmp and ProtectHome hide, and what is another one inside: a tree there cannot be tried."""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    if os.geteuid() != 0:
        pytest.skip("only root can start another systemd")
    if subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", "test", "-r", str(TREE)], check=False).returncode:
        pytest.skip("other users cannot read this tree")
    for needed in (TREE, Path(sys.prefix)):
        if hidden := next((folder for folder in HIDDEN if needed.is_relative_to(folder)), None):
            pytest.skip(f"{needed} is below {hidden}, which the units do not see")
    command = ["unshare", "--mount", "--propagation", "private", str(Path(__file__).parent / "boot-units")]
    command += [str(TREE), sys.prefix, str(tmp_path_factory.mktemp("machine"))]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as boot:
        machine = Machine(boot)
        try:
            machine.until(machine.find, "systemd is there")
            machine.until(lambda: "Anna" in apply_demo(machine), "the demo office is applied")
            yield machine
        finally:
            boot.kill()  # --kill-child: process 1 inside ends with it, and with that everything


def apply_demo(machine: Machine) -> str:
    if machine.run("systemctl", "is-active", "porter-web").strip() != "active":
        return ""
    machine.run("porter", "apply", "-", text=machine.python(DEMO))
    return machine.run("porter", "status")


def test_all_four_are_ready_each_as_its_user(machine: Machine) -> None:
    for name in ("edge", "controller", "door", "web"):
        assert machine.shows(name, "ActiveState") == "active"
        pid = machine.shows(name, "MainPID")
        assert machine.run("ps", "-o", "user:32=", "-p", pid).strip() == f"porter-{name}"
        assert "Seccomp:\t2" in machine.run("cat", f"/proc/{pid}/status")


def test_the_door_opens_within_its_sandbox(machine: Machine) -> None:
    assert machine.python(OPEN).strip() == "True"
    doors = json.loads(machine.run("porter", "--json", "status"))["doors"]
    assert doors[0]["unlocked"]


def test_the_page_answers(machine: Machine) -> None:
    asked = "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:5140/').url)"
    assert machine.python(asked).strip().endswith("/set-up")


@pytest.mark.parametrize("unit", ["door", "controller"])
def test_the_clock_can_be_asked_for_within_the_sandbox(machine: Machine, unit: str) -> None:
    """adjtimex(2) tells whether the clock is set; the group of calls that sets it is refused."""
    filters = [line for line in machine.run("systemctl", "cat", f"porter-{unit}").splitlines() if "SystemCall" in line]
    ask = f"[Service]\nType=oneshot\nUser=porter-{unit}\nExecStart=/usr/lib/porter/bin/python3 /run/clock.py\n"
    machine.run("tee", "/run/clock.py", text=CLOCK)
    machine.run("tee", f"/run/systemd/system/clock-{unit}.service", text=ask + "\n".join(filters))
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "start", f"clock-{unit}")
    assert (
        machine.run("journalctl", "--no-pager", "-o", "cat", "-u", f"clock-{unit}", "-t", "python3").strip() == "True"
    )


@pytest.mark.parametrize("unit", ["controller", "edge", "web", "door"])
def test_what_is_killed_comes_back(machine: Machine, unit: str) -> None:
    before = machine.shows(unit, "MainPID")
    machine.run("kill", "-KILL", before)
    machine.until(
        lambda: machine.shows(unit, "MainPID") not in (before, "0") and machine.shows(unit, "SubState") == "running",
        f"{unit} is back",
    )
    machine.until(lambda: "Anna" in machine.run("porter", "status"), "the office answers")


def test_a_door_that_hangs_is_ended_by_its_watchdog(machine: Machine) -> None:
    before = machine.shows("door", "MainPID")
    machine.run("kill", "-STOP", before)
    machine.until(lambda: machine.shows("door", "MainPID") not in (before, "0"), "another door process")
    assert "watchdog" in machine.run("journalctl", "--no-pager", "-u", "porter-door").lower()


def test_the_journal_names_the_process(machine: Machine) -> None:
    said = machine.run("journalctl", "--no-pager", "-o", "json", "-n", "1", "PORTER_PROCESS=door")
    assert json.loads(said.splitlines()[-1])["SYSLOG_IDENTIFIER"] == "porter-door"
