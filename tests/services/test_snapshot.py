"""What observers see is on their own clock."""

import time

import pytest
import trio

from appliance.services.snapshot import Surroundings, office_now
from appliance.simulated.office import open_simulated_office
from tests.flows.offices import CUSTOMER, small_office


async def test_a_call_began_on_the_scale_every_process_shares() -> None:
    """Trio's clock starts anywhere; the page and the command count with `time.monotonic()`."""
    async with open_simulated_office(small_office()) as world:
        world.lines["gsm1"].call_from_line(world.office, "gsm1", CUSTOMER)
        await trio.sleep(7)
        seen = office_now(world.office, Surroundings())
        (call,) = seen.calls
        assert time.monotonic() - call.began == pytest.approx(7, abs=1)
        assert seen.at - call.began == pytest.approx(7, abs=1)
