"""What is asked of mobile networks by page and command line."""

import pytest

from appliance.calls.ports import NetworkReply
from appliance.config.models import GsmLine
from appliance.control.faults import RequestFailed
from appliance.control.line_messages import AskNetwork, CheckDivert, DivertShown, NetworkAnswered, SetDivert
from appliance.errors import LineFailed
from appliance.services.line_desk import LineDesk, diverted
from appliance.simulated.office import open_simulated_office
from tests.flows.offices import small_office


class Sim:
    """A line with a SIM, as far as the desk asks it."""

    divert: str | None = ""

    async def ask_network(self, code: str) -> NetworkReply:
        return NetworkReply(f"answer to {code}", expects_reply=False)

    async def check_divert(self) -> str | None:
        return self.divert


async def test_code_and_divert_are_asked_at_the_line() -> None:
    async with open_simulated_office(small_office()) as house:
        line = Sim()
        house.office.ports.lines["gsm1"] = line
        desk = LineDesk(house.office, None)
        assert await desk.handle(AskNetwork(line="gsm1", code="*100#")) == NetworkAnswered("answer to *100#", False)
        assert await desk.handle(CheckDivert(line="gsm1")) == DivertShown("")
        line.divert = None
        with pytest.raises(LineFailed, match="did not tell"):
            await desk.handle(CheckDivert(line="gsm1"))
        for request in (AskNetwork(line="x", code="1"), SetDivert(line="x", number="off", by="me")):
            with pytest.raises(RequestFailed):
                await desk.handle(request)


@pytest.mark.parametrize(("number", "kept"), [("+37129999999", "+37129999999"), ("off", "off"), ("keep", None)])
def test_divert_becomes_a_setting(number: str, kept: str | None) -> None:
    before = small_office(lines={"gsm1": GsmLine(simulated=True, network_divert="+37120000001")})
    line = diverted("gsm1", number, before).lines["gsm1"]
    assert isinstance(line, GsmLine)
    assert line.network_divert == kept
    assert diverted("nobody", number, before) == before
