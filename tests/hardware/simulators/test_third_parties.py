"""Programs that know real modems work with the simulated one: gammu, which needs the echo, and smstools' smsd."""

import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from hardware.simulators.modem import SentSms, SimulatedModem

pytestmark = pytest.mark.real

ANNA, DACE, BANK = "+37120000001", "+37120000002", "+37129999999"
FOLDERS = ("outgoing", "checked", "failed", "sent", "incoming", "report", "saved")


@pytest.fixture
def modem(tmp_path: Path) -> SimulatedModem:
    return SimulatedModem(tmp_path / "at", tmp_path / "audio", seed=3)


@asynccontextmanager
async def plugged_in(modem: SimulatedModem) -> AsyncIterator[None]:
    async with trio.open_nursery() as nursery:
        await nursery.start(modem.run)
        yield
        nursery.cancel_scope.cancel()


async def gammu(folder: Path, *arguments: str) -> str:
    """What it prints; it must succeed."""
    settings = folder / "gammurc"
    settings.write_text(f"[gammu]\ndevice = {folder / 'at'}\nconnection = at115200\n")
    command = [need("gammu"), "-c", str(settings), *arguments]
    with trio.fail_after(60):
        done = await trio.run_process(command, stdin=b"", capture_stdout=True, capture_stderr=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.decode()


async def test_gammu_identifies_the_modem_and_leaves_it_echoing(modem: SimulatedModem, tmp_path: Path) -> None:
    async with plugged_in(modem):
        told = await gammu(tmp_path, "identify")
        for fact in ("Huawei", "E1550", "11.608.14.15.311", modem.stick.imei, modem.stick.sim.imsi):
            assert fact in told, fact
        assert "ATE1" in modem.stick.obeyed and modem.stick.echo


async def test_gammu_sends_a_message_of_several_parts_and_reads_one(modem: SimulatedModem, tmp_path: Path) -> None:
    async with plugged_in(modem):
        latvian = "Atveriet, lūdzu, durvis. " * 5
        await gammu(tmp_path, "sendsms", "TEXT", DACE, "-unicode", "-autolen", "500", "-text", latvian)
        assert modem.sms == [SentSms(DACE, latvian, 2)]
        modem.send_sms(BANK, "Jūsu kods ir 4711 🚪")
        told = await gammu(tmp_path, "getallsms")
        assert "Jūsu kods ir 4711" in told and BANK in told


def smsd_settings(folder: Path) -> Path:
    for name in FOLDERS:
        (folder / name).mkdir()
    settings = folder / "smsd.conf"
    places = "\n".join(f"{name} = {folder / name}" for name in FOLDERS)
    settings.write_text(
        f"devices = GSM1\nlogfile = {folder / 'smsd.log'}\nloglevel = 7\ninfofile = {folder / 'smsd.working'}\n"
        f"pidfile = {folder / 'smsd.pid'}\n{places}\ndelaytime = 1\nerrorsleeptime = 1\nautosplit = 3\n"
        f"[GSM1]\ndevice = {folder / 'at'}\nincoming = yes\nreport = yes\nbaudrate = 115200\n"
    )
    return settings


async def test_smsd_sends_receives_and_gets_reports(modem: SimulatedModem, tmp_path: Path) -> None:
    settings = smsd_settings(tmp_path)
    modem.report_after = 0.2
    latvian, long = "Atveriet, lūdzu, durvis", "long text " * 30 + "with an end"
    (tmp_path / "outgoing" / "one").write_text(f"To: {ANNA[1:]}\nReport: yes\nAlphabet: UTF-8\n\n{latvian}")
    (tmp_path / "outgoing" / "two").write_text(f"To: {DACE[1:]}\nReport: yes\n\n{long}")
    async with plugged_in(modem):
        modem.send_sms(BANK, "Labdien! " * 20)
        smsd = await trio.lowlevel.open_process(
            [need("smsd"), "-c", str(settings), "-t"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        try:
            reports, came = tmp_path / "report", tmp_path / "incoming"
            await modem.until(
                lambda: len(list(reports.iterdir())) == 4 and any(came.iterdir()) and not modem.status.sms_waiting,
                seconds=60.0,
            )
        finally:
            smsd.terminate()
            await smsd.wait()
        log = (tmp_path / "smsd.log").read_text()
        assert sorted(modem.sms, key=lambda sms: sms.to) == [
            SentSms(ANNA, latvian, 1),
            SentSms(DACE, long, 3),
        ], log
        assert {file.name for file in (tmp_path / "sent").iterdir()} == {"one", "two"}
        assert all("Status: 0,Ok" in report.read_text() for report in reports.iterdir())
        [message] = came.iterdir()
        assert f"From: {BANK[1:]}" in message.read_text() and "Labdien! " * 20 in message.read_text()
        assert "+CREG: 2,1" in log, "several commands on one line are obeyed"


def need(program: str) -> str:
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/bin")
    if found is None:
        pytest.skip(f"apt install {'smstools' if program == 'smsd' else program}")
    return found
