"""The contract of a line, kept by an analog modem over a real terminal: sound measured both ways, and the line on hook
after whatever happens to modem, port and process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from appliance.calls.leg import Leg
from appliance.calls.names import Cause, LegId, Party, PartyKind
from appliance.calls.ports import CallerShown, LineState, SmsPart
from appliance.config import models
from appliance.errors import LineFailed
from appliance.lines.fxo_line import FxoLine
from appliance.lines.lore_file import LoreFile
from hardware.simulators.analog_modem import SimulatedAnalogModem
from hardware.simulators.exchange import Clearing, LineHabits, NumberComes
from hardware.simulators.modem import CallState, Plan, Trouble
from hardware.tones.measure import find_tone

pytestmark = pytest.mark.real

NUMBER = "29123456"


class FxoBench:
    """One line and its modem."""

    def __init__(self, desk, line: FxoLine, modem: SimulatedAnalogModem, lore: LoreFile) -> None:
        self.desk = desk
        self.line = line
        self.modem = modem
        self.lore = lore
        self.stop = trio.CancelScope()
        self._dialled = 0

    async def until(self, condition: Callable[[], bool], *, seconds: float = 15.0) -> float:
        began = trio.current_time()
        with trio.fail_after(seconds):
            while not condition():
                with trio.move_on_after(0.02):
                    await self.desk.news.wait()
        return trio.current_time() - began

    async def ready(self, seconds: float = 15.0) -> float:
        return await self.until(lambda: self.line.status.state is LineState.READY, seconds=seconds)

    async def call_in(self, number: str = NUMBER) -> Leg:
        before = len(self.desk.legs)
        self.modem.call_in(number)
        await self.until(lambda: len(self.desk.legs) > before)
        return self.desk.legs[-1]

    async def talk(self) -> Leg:
        leg = await self.call_in()
        leg.answer()
        await self.until(lambda: leg.is_answered)
        return leg

    def dial(self, number: str = "+37129123456") -> Leg:
        self._dialled += 1
        party = Party(kind=PartyKind.OUTSIDE, number=number, line=self.line.name)
        leg = Leg(LegId(f"out-{self._dialled}"), self.line, party, incoming=False)
        self.line.dial(leg, number, CallerShown("201"))
        return leg


@asynccontextmanager
async def open_bench(
    folder: Path, desk_type, *, habits: LineHabits | None = None, plugged_in: bool = True, **settings
) -> AsyncIterator[FxoBench]:
    async with trio.open_nursery() as nursery:
        desk = desk_type(nursery)
        desk.says = 1453.0  # has no harmonics in common with 1009 Hz, which G.711 adds
        modem = SimulatedAnalogModem(folder / "port", habits=habits, seed=5)
        lore = LoreFile(folder / "lore.json")
        own = models.FxoLine(simulated=True, **settings)
        line = FxoLine("fxo1", own, "LV", desk, desk, lore, port=folder / "port", on_change=desk.told)
        bench = FxoBench(desk, line, modem, lore)

        async def live() -> None:
            with bench.stop:
                await line.run()

        if plugged_in:
            await nursery.start(modem.run)
        nursery.start_soon(live)
        nursery.start_soon(lore.run)
        if plugged_in:
            await bench.ready()
        else:
            await bench.until(lambda: line.status.state is LineState.OFFLINE)
            nursery.start_soon(modem.run)
        yield bench
        nursery.cancel_scope.cancel()


@pytest.fixture
def fxo(tmp_path: Path, office_desk):
    """`async with fxo() as bench`."""
    return lambda **how: open_bench(tmp_path, office_desk, **how)


def assert_clean(sound: bytes, frequency: float, *, seconds: float) -> None:
    report = find_tone(sound, frequency)
    assert report.seconds >= seconds
    assert report.level_db == pytest.approx(-12.0, abs=1.5)
    assert report.missing < 0.2  # the machine's own pauses; gaps are measured in hardware/modem/test_fxo.py


async def test_incoming_call_is_offered_answered_and_heard_both_ways(fxo):
    async with fxo(number="+37167000000") as bench:
        bench.modem.far_end.play_tone(1009)
        leg = await bench.call_in(NUMBER)
        assert (leg.party.number, leg.party.line, leg.incoming) == (NUMBER, "fxo1", True)
        assert bench.line.status.state is LineState.BUSY
        leg.ring()
        leg.answer()
        await bench.until(lambda: leg.is_answered)
        await bench.until(lambda: bench.modem.status.frames_heard > 120)
        bench.modem.hang_up()
        assert await bench.until(lambda: leg.is_gone) < 5.0
        assert leg.cause is Cause.NORMAL
        assert_clean(bytes(bench.desk.heard[leg.id])[8000:], 1009, seconds=1.5)
        assert_clean(bench.modem.far_end.heard, 1453, seconds=2.0)
        await bench.ready()
        assert not bench.modem.status.off_hook


async def test_dialled_call_rings_is_answered_heard_and_hung_up(fxo):
    async with fxo() as bench:
        bench.modem.far_end.plan = Plan(rings_after=0.1, answers_after=2.0)
        bench.modem.far_end.play_tone(1009)
        leg = bench.dial("+37129123456")
        await bench.until(leg.alerting.is_set)
        assert bench.modem.status.last_dialed == NUMBER
        await bench.until(lambda: leg.is_answered)
        await trio.sleep(1)
        leg.hang_up()
        await bench.until(lambda: not bench.modem.status.off_hook)
        await bench.ready()


async def test_key_counts_once_although_the_modem_reports_it_and_its_sound_is_there_too(fxo):
    async with fxo() as bench:
        leg = await bench.talk()
        for key in "55#":
            bench.modem.press(key)
            await trio.sleep(0.8)
        digits: list[str] = []
        with trio.move_on_after(0.5):
            while True:
                digits.append(await leg.next_digit())
        assert digits == list("55#")


async def test_second_call_finds_the_line_in_use_and_a_number_no_exchange_knows_is_refused(fxo):
    async with fxo() as bench:
        first = bench.dial()
        assert (bench.dial().cause, first.is_gone) == (Cause.NO_CIRCUIT, False)
        first.hang_up()
        await bench.ready()
        assert bench.dial("112;AT").cause is Cause.INVALID_NUMBER


async def test_message_is_refused_for_good(fxo):
    async with fxo() as bench:
        with pytest.raises(LineFailed) as failed:
            await bench.line.send_sms(SmsPart(to=NUMBER, text="x", part=1, joining=1, reference=1))
        assert not failed.value.may_retry


# Never left off hook.


async def test_stopping_the_line_in_a_talk_puts_it_on_hook_within_a_second(fxo):
    async with fxo() as bench:
        leg = await bench.talk()
        bench.modem.chip._hangs_up_without_port = False  # only words help
        bench.stop.cancel()
        assert await bench.until(lambda: not bench.modem.status.off_hook) < 1.0
        assert leg.is_gone


async def test_unplugged_in_a_call_ends_the_leg_at_once_and_works_again_when_it_is_back(fxo):
    async with fxo() as bench:
        leg = await bench.talk()
        bench.modem.unplug()
        assert await bench.until(lambda: leg.is_gone) < 1.0
        assert await bench.until(lambda: bench.line.status.state is LineState.OFFLINE) < 2.0
        assert "Plug the modem in" in bench.line.status.reason
        assert bench.dial().cause is Cause.OUT_OF_ORDER
        bench.modem.plug_in()
        assert await bench.ready() < 15.0
        assert not bench.modem.status.off_hook
        await bench.call_in()


async def test_missing_modem_is_told_and_found_when_it_comes(fxo):
    async with fxo(plugged_in=False) as bench:
        assert "There is no device" in bench.line.status.reason
        assert await bench.ready() < 15.0


@pytest.mark.parametrize("trouble", [Trouble.HANGING, Trouble.BABBLING])
async def test_modem_that_goes_mad_in_a_call_ends_it_and_the_line_is_on_hook_when_it_is_sane(fxo, trouble):
    async with fxo() as bench:
        leg = await bench.talk()
        bench.modem.chip._hangs_up_without_port = False
        bench.modem.misbehave(trouble)
        await bench.until(lambda: leg.is_gone, seconds=20.0)
        await bench.until(lambda: bench.line.status.state is LineState.OFFLINE, seconds=20.0)
        bench.modem.misbehave(Trouble.NONE)
        await bench.ready(seconds=30.0)
        assert not bench.modem.status.off_hook


KILLED = """
    import sys, trio
    from pathlib import Path
    from hardware.modem.driver import ModemDriver
    from hardware.modem.fxo import FxoModem, FxoSettings
    from hardware.modem.fxo_facts import FxoReady, FxoRinging
    from hardware.modem.facts import Answered
    from hardware.modem.fxo_profiles import FXO_PROFILES
    from hardware.modem.link import SerialPort
    from hardware.audio.call_sound import CallSound

    async def main():
        modem = FxoModem(FXO_PROFILES["conexant"], FxoSettings(), CallSound())
        def take(fact):
            if isinstance(fact, FxoRinging):
                modem.call.answer()
            if isinstance(fact, (FxoReady, Answered)):
                print(type(fact).__name__, flush=True)
        modem.start(trio.current_time())
        await ModemDriver(modem, SerialPort(sys.argv[1]), take).run()

    trio.run(main)
"""


@pytest.mark.parametrize("follows_port", [True, False])
async def test_process_that_is_killed_in_a_talk_leaves_the_line_on_hook_at_once_or_when_it_starts_again(
    tmp_path, follows_port
):
    modem = SimulatedAnalogModem(tmp_path / "port")
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path / "port")]
    async with trio.open_nursery() as nursery:
        await nursery.start(modem.run)

        async def begin() -> subprocess.Popen[bytes]:
            process = subprocess.Popen(  # noqa: ASYNC220 - it is killed, not waited for
                command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": ":".join(sys.path)}
            )
            assert process.stdout is not None
            assert await trio.to_thread.run_sync(process.stdout.readline) == b"FxoReady\n"
            return process

        process = await begin()
        modem.call_in(NUMBER)
        await modem.until(lambda: modem.status.off_hook)
        modem.chip._hangs_up_without_port = follows_port
        process.send_signal(signal.SIGKILL)
        process.wait()
        if follows_port:
            await modem.until(lambda: not modem.status.off_hook, seconds=1.0)
        else:
            await trio.sleep(0.5)
            assert modem.status.off_hook
            again = await begin()
            assert not modem.status.off_hook
            again.kill()
            again.wait()
        nursery.cancel_scope.cancel()


# What calls teach.


async def test_own_busy_tone_and_caller_id_are_learned_kept_and_forgotten(fxo, tmp_path):
    habits = LineHabits(clearing=Clearing.OWN_TONE, number_comes=NumberComes.AFTER_RING, ring_seconds=2.2)
    async with fxo(habits=habits) as bench:
        leg = await bench.talk()
        bench.modem.hang_up()
        first = await bench.until(lambda: leg.is_gone)
        await bench.ready()
        learned = bench.line.status.learned
        assert learned.caller_id == "after_ring"
        assert learned.released_by == "unknown_tone"
        tone = learned.tones[0]
        assert (tone.kind, tone.times) == ("busy", 1)
        assert tone.hz[0] == pytest.approx(520, abs=6)
        leg = await bench.talk()
        bench.modem.hang_up()
        assert await bench.until(lambda: leg.is_gone) < min(first - 1.0, 3.5)
        await bench.ready()
        assert bench.line.status.learned.released_by == "busy"
        with trio.fail_after(10):
            while LoreFile(tmp_path / "lore.json").of("fxo1") != bench.lore.of("fxo1"):  # noqa: ASYNC110 - a file
                await trio.sleep(0.1)
        bench.line.forget()
        assert bench.line.status.learned.tones == ()
        assert bench.line.status.learned.caller_id == "unknown"


async def test_caller_id_of_another_mode_is_found_by_trying_and_then_kept(fxo):
    async with fxo(habits=LineHabits(id_mode="bell", ring_seconds=2.2)) as bench:
        numbers = []
        for _ in range(4):
            leg = await bench.talk()
            numbers.append(leg.party.number)
            leg.hang_up()
            await bench.until(lambda: not bench.modem.status.off_hook)
            await bench.ready()
        assert numbers == ["", "", NUMBER, NUMBER]
        assert bench.line.status.learned.caller_id_mode == "bell"
        assert bench.modem.status.call is CallState.NONE
