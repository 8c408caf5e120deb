"""Codes to the network and its divert, as a line asks for them."""

import pytest

from appliance.calls.ports import NetworkReply, SimLine
from appliance.errors import LineFailed

pytestmark = pytest.mark.real

MOBILE = "+37129999999"


async def test_balance_is_asked_and_a_menu_answered(gsm):
    async with gsm() as bench:
        assert isinstance(bench.line, SimLine)
        network = bench.stick.stick.network
        network.codes |= {"*123#": "1 balance", "1": "5.20 EUR"}
        network.asks_back.add("*123#")
        assert await bench.line.ask_network("*100#") == NetworkReply("Your balance is 5.20 EUR", expects_reply=False)
        assert await bench.line.ask_network("*123#") == NetworkReply("1 balance", expects_reply=True)
        assert await bench.line.ask_network("1") == NetworkReply("5.20 EUR", expects_reply=False)


async def test_code_without_an_answer_says_why(gsm):
    async with gsm() as bench:
        bench.stick.stick.network.code_kind = 4
        with pytest.raises(LineFailed, match="does not support it"):
            await bench.line.ask_network("*100#")
        with pytest.raises(LineFailed, match="cannot be sent"):
            await bench.line.ask_network("balance, please\r")
        bench.stick.unplug()
        await bench.until(lambda: not bench.line._modem.is_ready)
        with pytest.raises(LineFailed, match="cannot send the code") as failed:
            await bench.line.ask_network("*100#")
        assert failed.value.may_retry


@pytest.mark.parametrize(
    ("wanted", "found", "left"), [(MOBILE, "", MOBILE), ("off", MOBILE, ""), (None, MOBILE, MOBILE)]
)
async def test_divert_is_set_as_wanted_checked_and_shown(gsm, wanted, found, left):
    async with gsm(plugged_in=False, divert=wanted) as bench:
        bench.stick.stick.network.divert = found
        await bench.ready()
        await bench.until(lambda: bench.line.status.modem.divert == left)
        assert not bench.line.status.modem.divert_failed
        assert bench.stick.stick.network.divert == left
        assert await bench.line.check_divert() == left


async def test_divert_that_the_network_does_not_take_is_told(gsm):
    async with gsm(plugged_in=False, divert=MOBILE) as bench:
        bench.stick.stick.network.takes_diverts = False
        await bench.ready()
        await bench.until(lambda: bench.line.status.modem.divert_failed)
        assert await bench.line.check_divert() is None
