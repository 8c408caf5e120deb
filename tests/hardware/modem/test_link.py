"""Real pseudo-terminals: opening, losing, and carrying bytes to the engine."""

import errno
import os
from pathlib import Path

import pytest
import trio

from hardware.modem.driver import ModemDriver
from hardware.modem.facts import GsmFact, ModemFailed, ModemReady, Ringing
from hardware.modem.faults import ModemFault
from hardware.modem.gsm import GsmModem
from hardware.modem.link import MOST_READ, PortLost, SerialPort
from hardware.modem.pdu_encode import encode_submit
from hardware.modem.profiles import PROFILES
from hardware.simulators.modem import SimulatedModem, Trouble
from hardware.simulators.pty_pair import PtyPair

pytestmark = pytest.mark.real


def test_octets_pass_both_ways_unchanged(tmp_path: Path):
    every = bytes(range(256))
    pair = PtyPair(tmp_path / "modem")
    with SerialPort(str(tmp_path / "modem")) as port:
        assert pair.write(every) == 256
        assert port.read() == every
        assert port.read() == b""
        assert port.write(every) == 256
        assert pair.read() == every
    pair.close()


def test_second_program_cannot_open_it_and_is_told_why(tmp_path: Path):
    pair = PtyPair(tmp_path / "modem")
    with SerialPort(str(tmp_path / "modem")):
        with pytest.raises(PortLost) as lost:
            SerialPort(str(tmp_path / "modem"))
        assert "used by another program" in lost.value.reason
    SerialPort(str(tmp_path / "modem")).close()
    pair.close()


def test_missing_device_is_told_by_its_path(tmp_path: Path):
    with pytest.raises(PortLost) as lost:
        SerialPort(str(tmp_path / "nothing"))
    assert (lost.value.fault, lost.value.value) == (ModemFault.NOT_THERE, str(tmp_path / "nothing"))


def test_file_that_is_no_tty_says_so(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(PortLost) as lost:
        SerialPort(str(tmp_path / "file"))
    assert "cannot be used as a serial port" in lost.value.reason


def test_unplugged_device_is_lost_for_reading_and_writing(tmp_path: Path):
    pair = PtyPair(tmp_path / "modem")
    port = SerialPort(str(tmp_path / "modem"))
    pair.close()
    with pytest.raises(PortLost):
        port.read()
    with pytest.raises(PortLost):
        port.write(b"AT\r")
    port.close()
    port.close()


def test_device_that_takes_nothing_blocks_nobody(tmp_path: Path):
    pair = PtyPair(tmp_path / "modem")
    with SerialPort(str(tmp_path / "modem")) as port:
        while port.write(b"x" * MOST_READ) or port.write(b"x"):  # the kernel makes room once more behind our back
            pass
        port.drop_unsent()
    pair.close()


def test_link_is_gone_after_unplugging_and_new_after_plugging_in(tmp_path: Path):
    first = PtyPair(tmp_path / "modem")
    second = PtyPair(tmp_path / "modem")
    first.close()
    assert os.readlink(tmp_path / "modem") == second.name
    second.close()
    with pytest.raises(OSError) as gone:
        os.stat(tmp_path / "modem")
    assert gone.value.errno == errno.ENOENT


class Desk:
    """A modem's engine on its driver, and what it told."""

    def __init__(self, tmp_path: Path) -> None:
        self.modem = GsmModem(PROFILES["huawei"])
        self.port = SerialPort(str(tmp_path / "at"))
        self.facts: list[GsmFact] = []
        self._news = trio.Event()
        self.driver = ModemDriver(self.modem, self.port, self._told)

    async def until(self, kind: type[GsmFact], seconds: float = 10.0) -> None:
        with trio.fail_after(seconds):
            while not any(isinstance(fact, kind) for fact in self.facts):
                self._news = trio.Event()
                await self._news.wait()

    def _told(self, fact: GsmFact) -> None:
        self.facts.append(fact)
        self._news.set()


@pytest.mark.parametrize("seed", [1, 2])
async def test_engine_sets_up_and_works_over_a_real_terminal(tmp_path: Path, seed: int):
    simulated = SimulatedModem(tmp_path / "at", tmp_path / "audio", seed=seed, most=5)
    async with trio.open_nursery() as nursery:
        await nursery.start(simulated.run)
        desk = Desk(tmp_path)
        desk.modem.start(trio.current_time())
        nursery.start_soon(desk.driver.run)
        await desk.until(ModemReady)
        simulated.call_in("+37120000001")
        await desk.until(Ringing)
        for pdu in encode_submit("+37120000002", "Labdien, āčē! " * 20):
            desk.modem.sms.sender.send("1", pdu)
        desk.driver.kick()
        await simulated.until(lambda: bool(simulated.sms))
        assert [(sms.to, sms.text) for sms in simulated.sms] == [("+37120000002", "Labdien, āčē! " * 20)]
        nursery.cancel_scope.cancel()
    desk.port.close()


async def test_unplugging_ends_the_driver_at_once(tmp_path: Path):
    simulated = SimulatedModem(tmp_path / "at", tmp_path / "audio")
    async with trio.open_nursery() as nursery:
        await nursery.start(simulated.run)
        desk = Desk(tmp_path)
        desk.modem.start(trio.current_time())
        began = trio.current_time()
        simulated.unplug()
        with pytest.raises(PortLost):
            await desk.driver.run()
        assert trio.current_time() - began < 0.5
        desk.port.close()
        nursery.cancel_scope.cancel()


async def test_babbling_modem_costs_little_and_is_given_up(tmp_path: Path):
    simulated = SimulatedModem(tmp_path / "at", tmp_path / "audio")
    async with trio.open_nursery() as nursery:
        await nursery.start(simulated.run)
        desk = Desk(tmp_path)
        desk.modem.start(trio.current_time())
        nursery.start_soon(desk.driver.run)
        await desk.until(ModemReady)
        simulated.misbehave(Trouble.BABBLING)
        desk.facts.clear()
        await desk.until(ModemFailed, seconds=12.0)
        nursery.cancel_scope.cancel()
    desk.port.close()
