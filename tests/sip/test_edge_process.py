"""porter-edge as a process: what it says when it cannot start, and that nothing outlives it."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from appliance.sip.edge.accounts import ha1, write_accounts
from appliance.sip.edge.rpc import EdgeSilent
from tests.sip.running_edge import RunningEdge, StartEdge, command, office_settings

pytestmark = pytest.mark.real


def failed_start(edge_command: list[str], **environment: str) -> str:
    """What a start that must fail says."""
    done = subprocess.run(
        edge_command, capture_output=True, text=True, timeout=20, env={**os.environ, **environment}, check=False
    )
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    return done.stderr


def processes_with(word: str) -> list[int]:
    def found() -> Iterator[int]:
        for entry in Path("/proc").iterdir():
            try:
                arguments = (entry / "cmdline").read_bytes() if entry.name.isdecimal() else b""
            except (FileNotFoundError, ProcessLookupError):
                continue
            if word.encode() in arguments:
                yield int(entry.name)

    return list(found())


def wait_until_gone(word: str, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while left := processes_with(word):
        assert time.monotonic() < deadline, f"still running: {left}"


def test_it_ends_with_a_signal_and_leaves_nothing(edge: RunningEdge) -> None:
    folder = str(edge.settings.folder)
    assert len(processes_with(folder)) > 5
    assert edge.stop(signal.SIGTERM) == 0
    assert not processes_with(folder)
    edge.start()
    assert edge.stop(signal.SIGINT) == 0
    assert not processes_with(folder)


def test_kill_9_of_the_parent_leaves_no_orphan(edge: RunningEdge) -> None:
    folder = str(edge.settings.folder)
    edge.stop(signal.SIGKILL)
    wait_until_gone(folder)


def test_it_ends_with_an_error_when_kamailio_dies(edge: RunningEdge) -> None:
    assert edge.process is not None and edge.process.stdout is not None
    os.kill(edge.kamailio, signal.SIGKILL)  # the main process only: its children would go on alone
    assert edge.process.wait(10) == 1
    edge.process.stdout.close()
    edge.process = None
    assert "Kamailio ended" in edge.log
    assert not processes_with(str(edge.settings.folder))
    with pytest.raises(EdgeSilent, match="porter-edge"):
        edge.rpc.ping()


def test_what_a_double_kill_left_is_ended_by_the_next_start(edge: RunningEdge) -> None:
    assert edge.process is not None
    os.kill(edge.process.pid, signal.SIGSTOP)
    main = edge.kamailio
    children = [pid for pid in processes_with(str(edge.settings.configuration_file)) if pid != main]
    os.kill(main, signal.SIGKILL)
    edge.stop(signal.SIGKILL)
    assert set(processes_with(str(edge.settings.configuration_file))) & set(children)
    edge.start()
    assert not set(processes_with(str(edge.settings.configuration_file))) & set(children)


def test_it_ends_with_an_error_when_kamailio_hangs(edge: RunningEdge) -> None:
    assert edge.process is not None and edge.process.stdout is not None
    os.killpg(edge.kamailio, signal.SIGSTOP)
    assert edge.process.wait(30) == 1
    edge.process.stdout.close()
    edge.process = None
    assert "does not answer" in edge.log
    wait_until_gone(str(edge.settings.folder))


def test_it_ends_with_an_error_when_only_sip_hangs(edge: RunningEdge) -> None:
    assert edge.process is not None and edge.process.stdout is not None
    children = Path(f"/proc/{edge.kamailio}/task/{edge.kamailio}/children").read_text(encoding="ascii").split()
    for receiver in children[:2]:  # Kamailio starts its two UDP receivers first
        os.kill(int(receiver), signal.SIGSTOP)
    assert edge.rpc.ping()
    assert edge.process.wait(30) == 1
    edge.process.stdout.close()
    edge.process = None
    assert "does not answer" in edge.log


@pytest.mark.long
def test_a_flood_that_fills_every_buffer_is_no_reason_to_restart(edge: RunningEdge) -> None:
    flood = edge.wire(near=("127.0.0.9", 0))
    packet = str(flood.request("INVITE", "sip:1@porter")).encode()
    until = time.monotonic() + 12
    while time.monotonic() < until:
        for _ in range(500):
            flood.send(packet)
    assert edge.process is not None and edge.process.poll() is None


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_a_port_in_use_is_named_with_its_owner(tmp_path: Path, kind: socket.SocketKind) -> None:
    settings = office_settings(tmp_path / "edge")
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", settings.sip_port))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        said = failed_start(command(settings))
    assert f"port {settings.sip_port} on 127.0.0.1 is in use" in said
    assert f"process {os.getpid()}" in said
    assert "--sip-port" in said


def test_an_address_of_another_machine_is_named(tmp_path: Path) -> None:
    said = failed_start(command(office_settings(tmp_path / "edge", listen=("192.0.2.1",))))
    assert "192.0.2.1 is not an address of this machine" in said


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "edge").write_text("a file, no folder")
    said = failed_start(command(office_settings(tmp_path / "edge")))
    assert str(tmp_path / "edge") in said


def test_missing_kamailio_is_said_with_the_line_that_installs_it(tmp_path: Path) -> None:
    # The programs' folder is fixed in part, so a fresh machine is played by a shell without it.
    settings = office_settings(tmp_path / "edge")
    script = "import sys; from appliance.sip.edge import kamailio, main; kamailio.PROGRAM_FOLDERS = '/nowhere'"
    python, _, _, *options = command(settings)
    said = failed_start([python, "-c", f"{script}; sys.exit(main.main(sys.argv[1:]))", *options], PATH="/nowhere")
    assert "apt-get install kamailio kamailio-sqlite-modules kamailio-presence-modules" in said


@pytest.mark.parametrize("name", ["location.db", "accounts.db", "dialogs.db", "presence.db"])
def test_a_broken_database_is_kept_and_an_empty_one_used(edge: RunningEdge, name: str) -> None:
    edge.stop()
    database = edge.settings.folder / name
    database.write_bytes(b"SQLite format 3\0" + b"rubbish" * 1000)
    edge.start()
    kept = [path for path in edge.settings.folder.iterdir() if re.fullmatch(rf"{name}\.broken-[-\d]+", path.name)]
    assert len(kept) == 1
    assert b"rubbish" in kept[0].read_bytes()
    assert str(kept[0]) in edge.log
    edge.add("201", "secret")
    assert edge.phone("201", "secret").register().status == 200


def test_broken_accounts_come_back_from_the_last_good_start(edge: RunningEdge) -> None:
    realm = edge.settings.realm
    write_accounts(edge.settings.accounts_db, realm, {"201": ha1("201", realm, "secret")})
    edge.stop()
    edge.start()
    edge.kill_kamailio()
    edge.settings.accounts_db.write_bytes(b"rubbish" * 1000)
    edge.start()
    assert "last good start" in edge.log
    assert edge.phone("201", "secret").register().status == 200


def test_tables_of_another_kamailio_are_set_aside(edge: RunningEdge) -> None:
    edge.stop()
    with closing(sqlite3.connect(edge.settings.location_db)) as database, database:
        database.execute("UPDATE version SET table_version = 8 WHERE table_name = 'location'")
    edge.start()
    assert "another version of Kamailio" in edge.log


def test_systemd_is_told_when_it_is_ready_and_while_it_answers(tmp_path: Path, start_edge: StartEdge) -> None:
    pytest.importorskip("systemd.daemon")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(10)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
            edge = start_edge()
        assert b"READY=1" in systemd.recv(1000)
        assert b"WATCHDOG=1" in systemd.recv(1000)
        os.killpg(edge.kamailio, signal.SIGSTOP)
        systemd.settimeout(3)
        said = b""
        with pytest.raises(TimeoutError):
            while True:
                said = systemd.recv(1000)
        assert said in (b"", b"WATCHDOG=1")


@pytest.mark.long
def test_idle_and_half_sent_connections_are_closed_and_phones_stay(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    phone = edge.phone("201", "secret", "tcp")
    assert phone.register().status == 200
    with ExitStack() as stack:
        connections = []
        for number in range(500):
            connection = stack.enter_context(socket.create_connection(edge.address))
            if number % 2:
                connection.sendall(b"REGISTER sip:porter SIP/2.0\r\nVia: SIP/2.0/TCP 127")
            connections.append(connection)
        assert phone.register().status == 200
        deadline = time.monotonic() + 60
        for connection in connections:
            connection.settimeout(max(0.01, deadline - time.monotonic()))
            assert connection.recv(100) == b""
    assert phone.register().status == 200
    assert len(edge.rpc.contacts("201")) == 1


FLOOD = """<?xml version="1.0"?>
<scenario name="flood">
  <send><![CDATA[
REGISTER sip:porter SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:flood@porter>;tag=[call_number]
To: <sip:flood@porter>
Call-ID: [call_id]
CSeq: 1 REGISTER
Contact: <sip:flood@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Length: 0

]]></send>
</scenario>
"""


def test_a_flood_from_one_address_does_not_touch_another(start_edge: StartEdge, tmp_path: Path) -> None:
    edge = start_edge()
    edge.add("201", "secret")
    phone = edge.phone("201", "secret", near=("127.0.0.8", 0))
    (tmp_path / "flood.xml").write_text(FLOOD)
    rate = ["-r", "1000", "-m", "5000", "-i", "127.0.0.9", "-nostdin"]
    target = f"127.0.0.1:{edge.settings.sip_port}"
    worst, rounds = 0.0, 0
    with subprocess.Popen(
        ["sipp", "-sf", str(tmp_path / "flood.xml"), *rate, target], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    ) as flood:
        while flood.poll() is None:
            started = time.monotonic()
            assert phone.register().status == 200
            worst, rounds = max(worst, time.monotonic() - started), rounds + 1
            assert phone.wire.is_silent(0.1), "a phone that asks without a pause would be a flood itself"
    assert rounds > 10
    assert worst < 1
    assert "127.0.0.9" in edge.log, "who floods is said"
    assert edge.rpc.ping()
