"""`porter-edge`: the small parent of Kamailio. It checks, writes the configuration, starts it, watches it and says so.

Kamailio knows neither sd_notify nor a watchdog, and its children outlive it. When it dies or stays silent, this
program ends with an error, so that whoever started it (systemd, `porter run`) sees it and starts it again.
"""

import argparse
import collections
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from appliance.errors import PorterError
from appliance.journal import set_up_logging
from appliance.notify import notify

from . import accounts, configuration, databases, kamailio
from .rpc import BlockingEdgeRpc, EdgeSilent
from .settings import LOOPBACK, EdgeSettings, check

log = logging.getLogger(__name__)

_START_SECONDS = 10.0
_CHECK_SECONDS = 2.0
_LOG_SECONDS, _LOG_LINES = 10.0, 50
_LIMITS = ("registration-seconds", "flood-requests", "wrong-per-address", "wrong-per-account", "silence-seconds")
_CHECKS_MISSED = 3
"""That many checks in a row without an answer and Kamailio counts as stuck."""


class Stopped(Exception):
    """SIGTERM or SIGINT came: no error, somebody asked us to end."""


class KamailioDied(PorterError):
    """Kamailio ended by itself or does not answer any more."""


def main(arguments: list[str] | None = None) -> int:
    """Runs until told to stop (0), or until the edge cannot go on (1)."""
    set_up_logging("edge")
    settings = _settings(arguments)
    try:
        check(settings)
        Edge(settings).run()
    except Stopped:
        return 0
    except PorterError as error:
        log.critical("%s", error)
        return 1
    except OSError as error:
        log.critical("The edge cannot work in %s: %s", settings.folder, error)
        return 1
    return 0


class Edge:
    """One run of Kamailio, from checks to end."""

    def __init__(self, settings: EdgeSettings) -> None:
        self._settings = settings
        self._health = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._last_words: collections.deque[str] = collections.deque(maxlen=8)
        self._half_line = b""
        self._received: int | None = None
        self._log_until, self._logged, self._unlogged = 0.0, 0, 0

    def run(self) -> None:
        """Raises Stopped when told to end, KamailioDied or CannotStart when it cannot go on."""
        settings = self._settings
        program = kamailio.find_program()
        if leftovers := kamailio.end_leftovers(settings):
            log.warning("ended %d processes of an earlier run in %s", leftovers, settings.runtime_folder)
        kamailio.check_ports(settings)
        databases.prepare(settings)
        self._check_realm()
        self._health.bind((LOOPBACK, 0))
        self._health.connect((LOOPBACK, settings.sip_port))
        configuration.write_configuration(settings, health_port=self._health.getsockname()[1])
        with _Signals() as signals:
            process = kamailio.start(program, settings)
            try:
                self._wait_until_ready(process, signals)
                self._watch(process, signals)
            finally:
                kamailio.stop(process, settings)
                self._drain(process)

    def _check_realm(self) -> None:
        stored = accounts.stored_realm(self._settings.accounts_db)
        if stored not in (None, self._settings.realm):
            log.error(
                "the accounts in %s were made for realm %r, not %r: no phone can register until they are written anew",
                *(self._settings.accounts_db, stored, self._settings.realm),
            )

    def _wait_until_ready(self, process: subprocess.Popen[bytes], signals: "_Signals") -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self._is_answering(patience=0.05):
            if time.monotonic() > deadline:
                raise KamailioDied(f"Kamailio did not answer within {_START_SECONDS:g} s." + self._said())
            self._wait(process, signals, 0.02)
        settings = self._settings
        where = ", ".join(f"{transport} {address}:{settings.sip_port}" for transport, address in settings.sockets)
        print(f"porter-edge: ready on {where}", flush=True)
        notify(f"READY=1\nSTATUS=Telephones can register on {where}")

    def _watch(self, process: subprocess.Popen[bytes], signals: "_Signals") -> None:
        missed = 0
        while True:
            self._wait(process, signals, _CHECK_SECONDS)
            if self._is_answering(patience=1.0):
                missed = 0
                notify("WATCHDOG=1")
                continue
            missed += 1
            log.warning("Kamailio did not answer check %d of %d", missed, _CHECKS_MISSED)
            if missed == _CHECKS_MISSED:
                raise KamailioDied("Kamailio runs but does not answer." + self._said())

    def _is_answering(self, patience: float) -> bool:
        """Both doors: the RPC socket, and SIP itself by an OPTIONS from a port the flood limits know.

        In a flood that fills the socket's buffer the OPTIONS is lost with the rest; then it is enough that requests go
        on being read, since a restart would only make things worse.
        """
        before = self._received
        try:
            received = BlockingEdgeRpc(self._settings.rpc_socket, seconds=patience).requests_received()
            self._received = received
            self._health.settimeout(patience)
            wanted = f"health-{time.monotonic_ns()}"
            self._health.send(_options(self._health.getsockname()[1], self._settings.sip_port, wanted))
            while wanted.encode() not in self._health.recv(4096):
                pass
        except TimeoutError:
            return before is not None and received > before
        except (EdgeSilent, OSError):
            return False
        return True

    def _wait(self, process: subprocess.Popen[bytes], signals: "_Signals", seconds: float) -> None:
        """Let `seconds` pass while handing on Kamailio's log; raises when it dies or a signal comes."""
        assert process.stderr is not None
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            log_pipe, signal_pipe = process.stderr.fileno(), signals.pipe.fileno()
            ready, _, _ = select.select([log_pipe, signal_pipe], [], [], left)
            if signal_pipe in ready:
                raise Stopped
            if log_pipe in ready and not self._read_log(process):
                process.wait(1)
            if process.poll() is not None:
                self._drain(process)
                raise KamailioDied(f"Kamailio ended with status {process.returncode}." + self._said())

    def _read_log(self, process: subprocess.Popen[bytes]) -> bool:
        assert process.stderr is not None
        chunk = os.read(process.stderr.fileno(), 65536)
        *lines, self._half_line = (self._half_line + chunk).split(b"\n")
        for line in lines:
            text = _printable(line)
            if text:
                self._last_words.append(text)
                self._hand_on(text)
        return bool(chunk)

    def _hand_on(self, text: str) -> None:
        """Log a line of Kamailio's; a flood of bad messages must not become a flood of the journal."""
        if time.monotonic() > self._log_until:
            if self._unlogged:
                log.warning("kamailio: %d more lines are not shown", self._unlogged)
            self._log_until, self._logged, self._unlogged = time.monotonic() + _LOG_SECONDS, 0, 0
        if self._logged < _LOG_LINES:
            self._logged += 1
            log.log(_level(text), "kamailio: %s", text)
        else:
            self._unlogged += 1

    def _drain(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        while select.select([process.stderr], [], [], 0)[0] and self._read_log(process):
            pass

    def _said(self) -> str:
        faults = [text for text in self._last_words if _level(text) >= logging.ERROR]
        return f" Its last words: {' | '.join(faults)}" if faults else ""


class _Signals:
    """SIGTERM and SIGINT as a file that becomes readable, while the block lasts."""

    def __enter__(self) -> "_Signals":
        self.pipe, self._write = socket.socketpair()
        self._write.setblocking(False)
        self._wakeup = signal.set_wakeup_fd(self._write.fileno())
        self._handlers = {number: signal.signal(number, _ignore) for number in (signal.SIGTERM, signal.SIGINT)}
        return self

    def __exit__(self, *exc: object) -> None:
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self.pipe.close()
        self._write.close()


def _ignore(number: int, frame: object) -> None:
    """The wake-up file says it; a handler must exist for that."""


def _printable(line: bytes) -> str:
    """One line of the log without anything that could pass for another, or steer a terminal: it quotes strangers."""
    text = line.decode("utf-8", "replace").strip()
    return "".join(character if character.isprintable() else "?" for character in text)


def _level(text: str) -> int:
    for word, level in (("CRITICAL:", logging.ERROR), ("ERROR:", logging.ERROR), ("WARNING:", logging.WARNING)):
        if word in text:
            return level
    return logging.INFO


def _options(near: int, far: int, call_id: str) -> bytes:
    return (
        f"OPTIONS sip:{LOOPBACK}:{far} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {LOOPBACK}:{near};branch=z9hG4bK{call_id}\r\n"
        f"From: <sip:health@{LOOPBACK}>;tag={call_id}\r\nTo: <sip:{LOOPBACK}:{far}>\r\n"
        f"Call-ID: {call_id}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 1\r\nContent-Length: 0\r\n\r\n"
    ).encode()


def _settings(arguments: list[str] | None) -> EdgeSettings:
    parser = argparse.ArgumentParser(prog="porter-edge", description="The SIP server the phones of an office talk to.")
    parser.add_argument("--folder", type=Path, required=True, help="where it keeps the accounts")
    parser.add_argument("--runtime", type=Path, help="where it keeps what need only outlive a crash (the folder)")
    parser.add_argument("--sip-port", type=int, required=True, help="port for phones, UDP and TCP")
    parser.add_argument("--engine-port", type=int, required=True, help="the call controller's SIP port on 127.0.0.1")
    parser.add_argument("--publisher-port", type=int, help="port on 127.0.0.1 lamps are set from (engine port + 1)")
    parser.add_argument("--listen", action="append", metavar="ADDRESS", help="our address for phones; may be repeated")
    parser.add_argument("--flood-exempt", action="append", metavar="ADDRESS", help="no flood limit; load tests only")
    parser.add_argument("--realm", help="the digest realm")
    for name in _LIMITS:
        parser.add_argument(f"--{name}", type=int, help=f"see EdgeSettings.{name.replace('-', '_')}")
    given = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    for name in ("folder", "runtime"):
        if name in given:
            given[name] = given[name].absolute()
    given.setdefault("publisher_port", given["engine_port"] + 1)
    for name in ("listen", "flood_exempt"):
        if name in given:
            given[name] = tuple(given[name])
    return EdgeSettings(**given)


if __name__ == "__main__":
    sys.exit(main())
