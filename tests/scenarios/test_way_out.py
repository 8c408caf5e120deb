"""Calls that leave the house over the first of two modems that takes them, with real phones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from appliance.calls.story import ForwardTried, NotRung, WayOutChosen, WayOutRefused
from hardware.simulators import modem_control
from hardware.simulators.modem import CallState
from tests.scenarios.desks import ANNA_HZ, CUSTOMER_HZ, Desks, desks
from tests.scenarios.running_office import CONFIGURATION, CUSTOMER, RunningOffice, records, running_office
from tests.sound import loudness, read_wav, strength

pytestmark = pytest.mark.real

TWO_LINES = CONFIGURATION.replace("lines: [gsm1]", "lines: [gsm1, gsm2]").replace(
    "  gsm1: {kind", '  gsm2: {kind: gsm, number: "+37160000002", simulated: true}\n  gsm1: {kind'
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    with running_office(tmp_path_factory.mktemp("office"), configuration=TWO_LINES) as running:
        yield running


async def test_a_second_call_goes_over_the_second_modem_and_both_hear_each_other(
    office: RunningOffice, tmp_path: Path
) -> None:
    heard = tmp_path / "heard.wav"
    async with desks(office, tmp_path) as people:
        await people.boris.dial("29111111")
        await office.until_modem(lambda modem: modem.status.last_dialed == "+37129111111", "the first modem to dial")
        await office.modem(modem_control.Answer())
        await _talks_over_the_second(office, people, heard)
        await people.boris.hang_up()
        await at_rest(office)
    assert was_heard(heard, ANNA_HZ)
    await until_told(office, NotRung(member=CUSTOMER, reason="gsm1: busy"))


async def test_a_call_goes_over_the_second_modem_while_the_first_is_unplugged(
    office: RunningOffice, tmp_path: Path
) -> None:
    heard = tmp_path / "heard.wav"
    async with desks(office, tmp_path) as people, unplugged(office, "gsm1"):
        await _talks_over_the_second(office, people, heard)
        await office.until(lambda now: not now.calls, "the call to end")
    await at_rest(office)
    assert was_heard(heard, ANNA_HZ)
    chosen = WayOutChosen(number=CUSTOMER, route="All", lines=("gsm1", "gsm2"))
    await until_told(office, chosen, ForwardTried(member=CUSTOMER, line="gsm2"))


async def test_a_call_abroad_is_refused_with_words_and_help_is_not(office: RunningOffice, tmp_path: Path) -> None:
    async with desks(office, tmp_path) as people:
        await people.anna.dial("00442079460018")
        await people.anna.until("CALL_CLOSED", 30)
        assert loudness(people.anna.heard()) > 0.01, "a voice says why"
        await until_told(office, WayOutRefused(number="+442079460018", why="international-not-allowed"))
        await people.anna.dial("112")
        await office.until_modem(lambda modem: modem.status.last_dialed == "112", "help to be called")
        await people.anna.hang_up()
        await at_rest(office)


async def _talks_over_the_second(office: RunningOffice, people: Desks, heard: Path) -> None:
    """Anna calls the customer, who answers at the second modem."""
    await office.modem(modem_control.PlayTone(frequency=CUSTOMER_HZ), "gsm2")
    await office.modem(modem_control.Record(path=str(heard)), "gsm2")
    await people.anna.dial("29999999")
    await office.until_modem(
        lambda modem: (modem.status.call, modem.status.last_dialed) == (CallState.RINGING, CUSTOMER),
        "the second modem to dial",
        line="gsm2",
    )
    await office.modem(modem_control.Answer(), "gsm2")
    await people.anna.until_hears(CUSTOMER_HZ)
    await trio.sleep(1)
    await people.anna.hang_up()
    await office.until_modem(lambda modem: modem.status.call is CallState.NONE, "the call to end", line="gsm2")


@asynccontextmanager
async def unplugged(office: RunningOffice, line: str) -> AsyncIterator[None]:
    await office.modem(modem_control.Unplug(), line)
    try:
        await office.until(
            lambda now: any(one.name == line and one.state == "offline" for one in now.lines), f"{line} to be missed"
        )
        yield
    finally:
        await office.modem(modem_control.PlugIn(), line)


def was_heard(recording: Path, frequency: float) -> bool:
    """Whether a tone is in some quarter of a second of a recording."""
    samples, rate = read_wav(recording)
    quarters = (samples[at : at + rate // 4] for at in range(0, len(samples), rate // 4))
    return any(strength(quarter, frequency) > 0.1 for quarter in quarters)


async def at_rest(office: RunningOffice) -> None:
    await office.until(
        lambda now: not now.calls and all(line.state == "ready" for line in now.lines), "the office at rest", 30
    )


async def until_told(office: RunningOffice, *facts: object) -> None:
    """Wait until the last call is over and its story is written, in which these facts are."""
    await office.until(lambda now: not now.calls, "the call to end")
    with trio.fail_after(5):
        while not set(facts) <= {told.fact for told in records(office.layout)[-1].story}:  # noqa: ASYNC110  # no event
            await trio.sleep(0.05)
