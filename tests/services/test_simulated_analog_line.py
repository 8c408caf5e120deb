"""Everything that `porter sim line` can make happen on an analog line reaches its simulated exchange."""

import pytest
import trio

from appliance.config.models import FxoLine
from appliance.control.faults import RequestFailed
from appliance.control.simulation_messages import LineAction, SimulateCall, SimulateLine, SimulateSms
from appliance.office_layout import OfficeLayout
from appliance.services.simulated_world import SimulatedWorld
from hardware.simulators.analog_modem import SimulatedAnalogModem
from hardware.simulators.exchange import Clearing, LineState
from hardware.simulators.modem import Trouble
from hardware.simulators.modem_control import serve_control
from tests.flows.offices import small_office

pytestmark = pytest.mark.real

OFFICE = small_office(lines={"fxo1": FxoLine(simulated=True)})


async def test_every_way_a_talk_ends_and_every_trouble_can_be_provoked(tmp_path):
    layout = OfficeLayout(tmp_path, 6000)
    layout.make_folders()
    modem = SimulatedAnalogModem(layout.analog_modem_link("fxo1"))
    world = SimulatedWorld(layout, None)

    async def do(action: LineAction) -> None:
        await world.make(SimulateLine(line="fxo1", action=action), OFFICE)

    async with trio.open_nursery() as nursery:
        await nursery.start(modem.run)
        await nursery.start(serve_control, modem, layout.modem_far_end_socket("fxo1"))
        await world.make(SimulateCall(line="fxo1", caller="29123456"), OFFICE)
        assert modem.exchange.state is LineState.RINGING
        for action, how in {
            LineAction.BUSY: Clearing.BUSY,
            LineAction.CONGESTION: Clearing.CONGESTION,
            LineAction.DIAL_TONE: Clearing.DIAL_TONE,
            LineAction.OWN_TONE: Clearing.OWN_TONE,
            LineAction.LOOP: Clearing.LOOP,
            LineAction.NO_TONE: Clearing.SILENCE,
        }.items():
            await do(action)
            assert modem.exchange.habits.clearing is how
        for action, trouble in {
            LineAction.HANG: Trouble.HANGING,
            LineAction.SILENCE: Trouble.SILENT,
            LineAction.BABBLE: Trouble.BABBLING,
            LineAction.RECOVER: Trouble.NONE,
        }.items():
            await do(action)
            assert modem.status.trouble is trouble
        await do(LineAction.UNPLUG)
        await modem.until(lambda: not modem.status.plugged_in)
        await do(LineAction.PLUG_IN)
        await modem.until(lambda: modem.status.plugged_in)
        for refused in (
            SimulateSms(line="fxo1", sender="+37120000001", text="x"),
            SimulateLine(line="fxo1", action=LineAction.LOSE_NETWORK),
            SimulateLine(line="fxo1", action=LineAction.LOCK_SIM),
        ):
            with pytest.raises(RequestFailed, match="refused"):
                await world.make(refused, OFFICE)
        nursery.cancel_scope.cancel()
