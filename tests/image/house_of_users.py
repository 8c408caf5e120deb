"""Runs an office as its units would, each process as its own user: run it in a mount namespace of its own, as root.

`python -m tests.image.house_of_users BASE_PORT` prints as JSON what it saw. Only users, groups and folders are those of
the installed system; systemd and its sandbox are not there.
"""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from appliance.cli.children import CHILDREN, RunOptions
from appliance.office_layout import OfficeLayout
from tests.image.test_units import OVERLAY, Unit

OFFICE = Path("/var/lib/porter")
PATIENCE = 30.0


def main() -> None:
    make_users_and_folders()
    layout = OfficeLayout(OFFICE, int(sys.argv[1]))
    options = RunOptions(layout)
    begin = "from pathlib import Path; from appliance.cli.first_configuration import begin; "
    begin += "from appliance.office_layout import OfficeLayout; "
    begin += f"begin(OfficeLayout(Path('{OFFICE}')), demo=True, file=None)"
    user = Unit("porter-controller.service")
    subprocess.run([*as_user(user), sys.executable, "-P", "-c", begin], check=True)
    running = []
    try:
        for spec in CHILDREN:
            unit = Unit(f"porter-{spec.name}.service")
            if (guard := spec.guard_command(options)) is not None:
                subprocess.run([*as_user(unit), *guard], check=True)
            mask = int(unit.service("UMask"), 8)
            program = [*as_user(unit), *spec.command(options)]
            with Path(f"/run/{spec.name}.log").open("wb") as log:
                running.append(subprocess.Popen(program, stdout=log, stderr=log, umask=mask))
        print(json.dumps(look(layout)))
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            process.wait(20)


def make_users_and_folders() -> None:
    """In this namespace only: the files of users are copies, and /run and /var/lib are empty."""
    for place in ("/run", "/var/lib"):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", place], check=True)
    copies = Path("/run/users/etc")
    copies.mkdir(parents=True)
    for name in ("passwd", "group", "shadow", "gshadow"):
        subprocess.run(["cp", "-a", f"/etc/{name}", str(copies)], check=True)
    subprocess.run(
        ["systemd-sysusers", "--root=/run/users", str(OVERLAY / "usr/lib/sysusers.d/porter.conf")], check=True
    )
    for name in ("passwd", "group"):
        subprocess.run(["mount", "--bind", str(copies / name), f"/etc/{name}"], check=True)
    subprocess.run(["systemd-tmpfiles", "--create", str(OVERLAY / "usr/lib/tmpfiles.d/porter.conf")], check=True)


def as_user(unit: Unit) -> list[str]:
    groups = unit.service("SupplementaryGroups").split()
    kept = f"--groups={','.join(groups)}" if groups else "--clear-groups"
    who = [f"--reuid={unit.service('User')}", f"--regid={unit.service('Group')}", kept]
    return ["setpriv", *who, "--no-new-privs", "--bounding-set=-all"]


def look(layout: OfficeLayout) -> dict[str, object]:
    """What people and programs can do and cannot."""
    page = f"http://127.0.0.1:{layout.web_port}"
    until(lambda: porter("status") == 0, "the controller answers")
    until(lambda: urllib.request.urlopen(f"{page}/", timeout=5).url.endswith("/set-up"), "the page answers")
    return {
        "member_of_porter": porter("status", who=["--reuid=65534", "--regid=65534", "--groups=porter"]),
        "stranger": porter("status", who=["--reuid=65534", "--regid=65534", "--clear-groups"]),
        "export": porter("export"),
        "button": porter("sim", "door"),
        "apply": subprocess.run(
            [*command("apply", "-")],
            input=capture("export").replace("name: Anna", "name: Annija"),
            text=True,
            check=False,
            stdout=subprocess.DEVNULL,
        ).returncode,
        "status": json.loads(capture("--json", "status")),
        "web_reads_settings": can_read("porter-web", layout.settings_file),
        "web_reads_door": can_read("porter-web", layout.door_folder),
        "calls_the_page_sees": count_calls(layout.records_file),
        "controller_reads_web": can_read("porter-controller", layout.web_folder),
        "denied": [line for text in logs().values() for line in text.splitlines() if "ermission" in line],
    }


def logs() -> dict[str, str]:
    return {log.name: log.read_text() for log in Path("/run").glob("*.log")}


def porter(*arguments: str, who: list[str] | None = None) -> int:
    return subprocess.run(command(*arguments, who=who), capture_output=True, check=False).returncode


def capture(*arguments: str) -> str:
    return subprocess.run(command(*arguments), capture_output=True, text=True, check=True).stdout


def command(*arguments: str, who: list[str] | None = None) -> list[str]:
    be = ["setpriv", *who] if who else []
    return [*be, sys.executable, "-P", "-m", "appliance.cli", "--folder", str(OFFICE), *arguments]


def can_read(user: str, path: Path) -> bool:
    be = ["setpriv", f"--reuid={user}", "--regid=porter", "--clear-groups"]
    reading = "ls" if path.is_dir() else "cat"
    return subprocess.run([*be, reading, str(path)], capture_output=True, check=False).returncode == 0


def count_calls(file: Path) -> int:
    program = "from pathlib import Path; from appliance.store.records import RecordsReader; "
    program += f"print(RecordsReader(Path('{file}')).count())"
    be = [*as_user(Unit("porter-web.service")), sys.executable, "-P", "-c", program]
    return int(subprocess.run(be, capture_output=True, text=True, check=True).stdout)


def until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if is_so():
                return
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {PATIENCE:g} s: {what}\n{logs()}")
        time.sleep(0.1)


if __name__ == "__main__":
    main()
