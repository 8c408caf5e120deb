"""Bad input with the real processes: a clear error with the next step, nothing lost, and the rest goes on."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trio

from appliance.calls.story import NoMessage
from appliance.control.controller_messages import ApplyConfiguration, OfficeNow
from appliance.control.faults import RequestFailed
from appliance.control.simulation_messages import LineAction, SimulateCall, SimulateLine
from appliance.prompts.library import PREPARED
from tests.ports import free_base_port
from tests.scenarios.running_office import (
    CONFIGURATION,
    CUSTOMER,
    PASSWORD,
    RunningOffice,
    processes_of,
    records,
    running_office,
)
from tests.sip.phones import baresip, poll

pytestmark = pytest.mark.real

MISSING_MODEM = (
    "  gsm1: {kind: gsm,",
    "  gsm2: {kind: gsm, at_port: /dev/ttyNO0, audio_port: /dev/ttyNO1}\n  gsm1: {kind: gsm,",
)


def line_of(now: OfficeNow, name: str) -> tuple[str, str]:
    return next(((line.state, line.reason) for line in now.lines if line.name == name), ("", ""))


async def takes_calls(office: RunningOffice) -> None:
    """A customer calls, is answered by the mailbox, and hangs up; his record is kept."""
    await office.until(lambda now: line_of(now, "gsm1")[0] == "ready", "the line")
    before = len(records(office.layout))
    await trio.to_thread.run_sync(office.client.ask, SimulateCall(line="gsm1", caller=CUSTOMER))
    await office.until(lambda now: any(call.step == "leave_message" for call in now.calls), "the mailbox to answer")
    await trio.to_thread.run_sync(office.client.ask, SimulateLine(line="gsm1", action=LineAction.HANG_UP))
    await office.until(lambda now: not now.calls, "the call to end")
    await office.until(lambda _: len(records(office.layout)) > before, "the record")


def test_every_mistake_of_a_configuration_is_told_and_changes_nothing(office: RunningOffice) -> None:
    version = office.status().version
    text = CONFIGURATION.replace("default_desk", "default_dsek").replace("+37160000000", "twelve")
    with pytest.raises(RequestFailed) as refused:
        office.client.ask(ApplyConfiguration(text=text, by="test"))
    told = str(refused.value.fault)
    assert "default_dsek" in told and "default_desk" in told and "lines.gsm1.number" in told, told
    assert office.status().version == version


async def test_a_missing_modem_is_named_and_the_other_line_works(office: RunningOffice) -> None:
    await trio.to_thread.run_sync(office.apply, lambda _: CONFIGURATION.replace(*MISSING_MODEM))
    await office.until(lambda now: line_of(now, "gsm2")[0] == "offline", "the missing modem to be told")
    _, reason = line_of(office.status(), "gsm2")
    assert "/dev/ttyNO0" in reason and "Plug the modem in" in reason
    await takes_calls(office)


async def test_rubbish_on_the_serial_line_takes_only_that_line_away_and_only_for_a_while(office: RunningOffice) -> None:
    await office.until(lambda now: line_of(now, "gsm1")[0] == "ready", "the line")
    ask = office.client.ask
    await trio.to_thread.run_sync(ask, SimulateLine(line="gsm1", action=LineAction.BABBLE))
    await trio.sleep(2)
    assert office.command("status").returncode == 0
    await trio.to_thread.run_sync(ask, SimulateLine(line="gsm1", action=LineAction.RECOVER))
    await office.until(lambda now: line_of(now, "gsm1")[0] == "ready", "the line to be well again", 60)
    await takes_calls(office)


async def test_a_phone_with_a_wrong_password_stays_out_and_the_others_get_in(
    office: RunningOffice, tmp_path: Path
) -> None:
    port = office.layout.sip_port
    async with (
        baresip(tmp_path, "201", "not-the-password", port) as wrong,
        baresip(tmp_path, "202", PASSWORD, port) as right,
    ):
        await right.registered()
        await poll(lambda: "403 Forbidden" in wrong.log(), "the wrong one to be refused")
        now = await office.until(lambda now: now if any(phone.registered for phone in now.phones) else None, "a phone")
        assert {phone.account for phone in now.phones if phone.registered} == {"202"}


BROKEN = (
    "settings/settings.json", "records/records.sqlite", "door/settings.json", "door/ledger.sqlite", "edge/accounts.db",
    "edge/location.db", "edge/dialogs.db", "edge/presence.db", "web/secret-key", "web/setup-code",
)  # fmt: skip


async def test_an_office_whose_files_are_all_rubbish_starts_with_its_last_good_ones(tmp_path: Path) -> None:
    with running_office(tmp_path / "before") as office:
        await takes_calls(office)
        root = office.layout.root
    again = tmp_path / "after" / "office"
    shutil.copytree(root, again, ignore=shutil.ignore_patterns("run", "simulators", "*-wal", "*-shm"))
    for name in BROKEN:
        (again / name).write_bytes(os.urandom(5000))
    with running_office(tmp_path / "after") as office:
        now = await office.until(lambda now: now, "the office")
        told = " ".join(f"{trouble.cause} {trouble.next_step}" for trouble in now.troubles)
        assert "settings.json was broken and is kept as" in told and "records.sqlite was broken" in told, told
        assert all(trouble.next_step for trouble in now.troubles if "broken" in trouble.cause)
        await takes_calls(office)
    for name in ("settings/settings.json", "records/records.sqlite", "edge/accounts.db", "door/ledger.sqlite"):
        kept = (again / name).parent.glob(f"{Path(name).name}.broken*")
        assert list(kept), f"{name} was not kept"


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own, which can be filled."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "porter-test", folder], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount: {mounted.stderr.decode()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as filling:
        try:
            while filling.write(bytes(4096)):
                pass
        except OSError:
            pass


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small file system")
async def test_a_full_disk_keeps_nobody_from_calling_and_is_over_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "96m") as disk, running_office(disk) as office:
        await office.until_ready()
        await office.until(lambda _: PREPARED in office.output(), "the prompts, which make and remove files", 90)
        fill(disk / "fill")
        with pytest.raises(RequestFailed, match="disk is full"):
            office.client.ask(ApplyConfiguration(text=CONFIGURATION.replace("Anna", "Hanna"), by="test"))
        office.client.ask(SimulateCall(line="gsm1", caller=CUSTOMER))
        await office.until(lambda now: now.calls, "the call")
        await office.until(lambda now: not now.calls, "the caller to be told and let go")
        (disk / "fill").unlink()
        await office.until(lambda now: not now.troubles, "the troubles to be over", 90)
        (record,) = records(office.layout)
        assert NoMessage(box="201") in [told.fact for told in record.story]
        office.client.ask(ApplyConfiguration(text=CONFIGURATION.replace("Anna", "Hanna"), by="test"))


def run_in_vain(folder: Path, *options: str, user: int | None = None) -> str:
    """What `porter run` says when it cannot start; it must end by itself, and leave nothing."""
    command = [sys.executable, "-m", "appliance.cli", "run", "--demo", "--folder", str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, user=user)
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stdout + done.stderr
    assert "→" in done.stderr and not processes_of(folder)
    return done.stderr


def test_a_port_in_use_is_named_with_what_to_do(tmp_path: Path) -> None:
    port = free_base_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", port))
        said = run_in_vain(tmp_path / "office", "--base-port", str(port))
    assert f"Port {port} of 127.0.0.1, for the phones, is taken" in said and "--base-port" in said


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "no-folder"
    file.write_text("a file where the folder should be")
    said = run_in_vain(file / "office", "--base-port", str(free_base_port()))
    assert str(file) in said and "Name another folder" in said


async def test_a_second_run_on_the_same_folder_changes_nothing_of_the_first(tmp_path: Path) -> None:
    """Also while the first one is just starting."""
    folder, port = tmp_path / "office", free_base_port()
    command = [sys.executable, "-m", "appliance.cli", "run", "--demo", "--quiet", "--folder", str(folder)]
    command_of_first = [*command, "--base-port", str(port)]
    first = subprocess.Popen(command_of_first, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # noqa: ASYNC220  # ended below
    try:
        deadline = time.monotonic() + 20
        while not (folder / "run" / "porter-run.lock").exists():
            assert time.monotonic() < deadline and first.poll() is None
            await trio.sleep(0.01)
        second = await trio.run_process(
            [*command, "--base-port", str(free_base_port())], capture_stderr=True, check=False
        )
        assert second.returncode == 1 and b"Another `porter run` uses" in second.stderr
        assert first.poll() is None
    finally:
        first.terminate()
        first.communicate(timeout=20)
    assert not processes_of(folder)
