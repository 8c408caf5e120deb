"""Modems that are pulled out, come back under other names, hang, or are the wrong ones: over real terminals on a bus of
folders that looks as the kernel's."""

from pathlib import Path

import pytest
import trio

from appliance.calls.names import Cause
from appliance.calls.ports import LineReason, LineState
from appliance.config import models
from appliance.lines.gsm_line import GsmLine
from appliance.lines.modem_search import ModemSearch
from hardware.modem.usb import UsbBus
from hardware.simulators.modem import Cure, SimulatedModem, Trouble
from hardware.simulators.stick_events import ModemReset
from hardware.simulators.usb import SimulatedSocket
from tests.lines.virtual_clock import on_a_virtual_clock

pytestmark = pytest.mark.real


@pytest.mark.parametrize("kind", ["huawei", "quectel_serial", "simcom7600"])
@on_a_virtual_clock
async def test_modem_of_any_family_is_found_and_comes_back_under_other_names(gsm, kind):
    async with gsm(kind=kind) as bench:
        assert bench.line.status.modem.imei == bench.stick.stick.imei
        before = bench.line._life.place.at
        leg = await bench.call_in()
        bench.stick.replug()
        assert await bench.until(lambda: bench.line.status.state is LineState.OFFLINE) < 2.0
        await bench.until(lambda: leg.is_gone)
        assert bench.dial().cause is Cause.OUT_OF_ORDER
        assert await bench.ready(15.0) < 15.0
        assert bench.line._life.place.at != before
        leg = await bench.call_in()
        leg.answer()
        await bench.until(lambda: leg.is_answered)
        await bench.until(lambda: bench.stick.status.frames_heard > 10)


@on_a_virtual_clock
async def test_modem_that_hangs_is_cured_by_its_power(gsm):
    async with gsm(plugged_in=False) as bench:
        bench.stick.cure = Cure.POWER
        bench.stick.misbehave(Trouble.HANGING)
        await bench.until(lambda: bench.stick.status.trouble is Trouble.NONE, seconds=40.0)
        await bench.ready(20.0)


@on_a_virtual_clock
async def test_modem_with_a_dead_command_port_is_restarted_by_another_one(gsm):
    async with gsm(plugged_in=False) as bench:
        bench.stick.cure = Cure.RESET
        bench.stick.misbehave(Trouble.DEAD_PORT)
        await bench.stick.until(lambda: ModemReset() in bench.stick.events, seconds=60.0)
        await bench.ready(20.0)


@on_a_virtual_clock
async def test_modem_that_nothing_helps_raises_the_alarm_and_is_used_when_it_answers_again(gsm):
    async with gsm(plugged_in=False) as bench:
        bench.stick.misbehave(Trouble.SILENT)
        await bench.until(lambda: bench.line.status.why == LineReason("alarm"), seconds=60.0)
        bench.stick.misbehave(Trouble.NONE)
        bench.stick.replug()
        assert await bench.ready(15.0) < 15.0
        assert bench.line.status.why is None


@on_a_virtual_clock
async def test_slow_modem_still_answers(gsm):
    async with gsm() as bench:
        bench.stick.misbehave(Trouble.SLOW)
        leg = await bench.call_in()
        leg.answer()
        await bench.until(lambda: leg.is_answered, seconds=15.0)


async def test_call_missed_while_nobody_looked_is_told_to_the_office(gsm):
    async with gsm(kind="simcom7600") as bench:
        bench.stick.stick.say("MISSED_CALL: 11:01AM 07712345678")
        bench.stick._wake()
        await bench.until(lambda: bool(bench.desk.legs))
        [leg] = bench.desk.legs
        assert (leg.party.number, leg.is_gone) == ("07712345678", True)


async def test_modem_that_takes_no_sound_for_now_is_given_none(gsm):
    async with gsm(kind="quectel_serial") as bench:
        leg = await bench.call_in()
        leg.answer()
        await bench.until(lambda: bench.stick.status.frames_heard > 20)
        bench.stick.stick.say("+QPCMV: 0,0")
        bench.stick._wake()
        await bench.until(lambda: bench.line._voice.is_paused)
        await trio.sleep(0.3)
        missing = bench.stick.status.frames_missing
        await trio.sleep(0.3)
        assert bench.stick.status.frames_missing > missing
        bench.stick.stick.say("+QPCMV: 1,0")
        bench.stick._wake()
        await bench.until(lambda: not bench.line._voice.is_paused)


@on_a_virtual_clock
async def test_modem_that_floods_is_restarted_and_works_again(gsm):
    async with gsm() as bench:
        bench.stick.misbehave(Trouble.FLOODING)
        leg = await bench.call_in()
        leg.answer()
        await bench.until(lambda: leg.is_answered)
        leg.hang_up()
        bench.stick.misbehave(Trouble.NONE)
        await bench.ready(30.0)


@on_a_virtual_clock
async def test_lines_know_their_modems_by_imei_whatever_socket_they_are_in(tmp_path: Path, office_desk):
    async with trio.open_nursery() as nursery:
        desk = office_desk(nursery)
        search = ModemSearch(UsbBus(tmp_path / "sys", tmp_path / "dev"))
        sticks, lines = [], []
        for number, imei in enumerate(("353600000000003", "353600000000004"), 1):
            stick = SimulatedModem(socket=SimulatedSocket(tmp_path, f"1-1.{number}"))
            stick.stick.imei = imei
            sticks.append(stick)
            await nursery.start(stick.run)
        for name, imei in (("a", sticks[1].stick.imei), ("b", sticks[0].stick.imei)):
            line = GsmLine(name, models.GsmLine(modem=imei), desk, desk, on_change=desk.told, search=search)
            lines.append(line)
            nursery.start_soon(line.run)
        with trio.fail_after(20):
            while not all(line.status.state is LineState.READY for line in lines):
                await desk.news.wait()
        assert [line.status.modem.imei for line in lines] == [sticks[1].stick.imei, sticks[0].stick.imei]
        nursery.cancel_scope.cancel()


@on_a_virtual_clock
async def test_line_of_a_sim_waits_for_a_sim_that_cannot_be_read_yet(gsm):
    async with gsm(plugged_in=False, modem="8937101000000000018") as bench:
        bench.stick.stick.sim.present = False
        await bench.until(lambda: bench.line.status.why == LineReason("no_sim"))
        bench.stick.stick.sim.present = True
        assert await bench.ready() < 5.0


@on_a_virtual_clock
async def test_pin_is_not_tried_on_another_sim(gsm):
    async with gsm(plugged_in=False, pin="4711", modem="8937101000000099999") as bench:
        bench.stick.stick.sim.pin = "1234"
        await bench.until(lambda: bench.line.status.why == LineReason("other_sim", bench.stick.stick.sim.iccid))
        await trio.sleep(2.0)
        assert bench.line.status.state is LineState.OFFLINE
        assert bench.line.status.why == LineReason("other_sim", bench.stick.stick.sim.iccid)
        assert bench.stick.stick.sim.tries == 3


async def test_network_time_reaches_the_office(gsm):
    async with gsm(plugged_in=False) as bench:
        bench.stick.stick.network.clock = "26/11/28,00:17:51+08"
        await bench.ready()
        await bench.until(lambda: bool(bench.desk.times))
        assert bench.desk.times[0].isoformat() == "2026-11-28T00:17:51+02:00"
