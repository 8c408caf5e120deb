"""The auto attendant with real phones and a modem: keys over GSM, and callers who press none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trio

from appliance.calls.story import KeyChosen, LedOn, NumberKeyed, Rated, WordsUnderstood
from appliance.services.pocketsphinx import PocketSphinx
from hardware.simulators import modem_control
from hardware.simulators.modem import CallState
from tests.scenarios.desks import BORIS_HZ, CUSTOMER_HZ, customer_calls, customer_is_gone, desks
from tests.scenarios.running_office import CONFIGURATION, CUSTOMER, RunningOffice, records, running_office
from tests.services.test_pocketsphinx import spoken
from tests.sound import hears, loudness, read_wav, strength

pytestmark = pytest.mark.real

MENU = (
    CONFIGURATION.replace('to: "ring_group:sales", closed', 'to: "menu:main", closed').replace(
        "ring_seconds: 30, then", "ring_seconds: 30, rating: satisfaction, then"
    )
    + """
menus:
  main:
    name: Main menu
    greeting: {en: "For sales press 1. For Boris press 7. Or dial an extension now."}
    keys: {"1": "ring_group:sales", "7": "extension:202"}
    silence_seconds: 1
    tries: 2
    silence: extension:201
    words: {en: {"7": [opening hours], "1": [sales]}}
speech: {engine: pocketsphinx}
surveys:
  satisfaction: {name: Satisfaction, question: {en: "How was it? Press 1 to 5."}, low: 0}
"""
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    with running_office(tmp_path_factory.mktemp("office"), configuration=MENU) as running:
        yield running


def last_story(office: RunningOffice) -> list[object]:
    return [told.fact for told in records(office.layout)[-1].story]


async def menu_is_heard(office: RunningOffice) -> None:
    await office.until_modem(lambda modem: modem.status.call is CallState.UP, "the menu to answer")
    await office.until(lambda now: now.calls and now.calls[0].step == "attendant", "the menu to be said")
    await trio.sleep(1.5)


async def test_keys_over_gsm_cut_the_menu_short_and_lead_to_the_desk(office: RunningOffice, tmp_path: Path) -> None:
    heard = tmp_path / "heard.wav"
    async with desks(office, tmp_path) as people:
        await customer_calls(office, heard)
        await menu_is_heard(office)
        await office.modem(modem_control.Press(keys="7"))
        await people.boris.until("CALL_INCOMING")
        assert "CALL_INCOMING" not in people.anna.kinds(), "only the desk that was chosen"
        await people.boris.accept()
        await people.boris.until_hears(CUSTOMER_HZ)
        await trio.sleep(1)
        await people.boris.hang_up()
        await customer_is_gone(office)
    samples, rate = read_wav(heard)
    assert loudness(samples[:rate]) > 0.01 and not hears(samples[:rate], BORIS_HZ), "a voice first"
    quarters = [samples[at : at + rate // 4] for at in range(rate, len(samples), rate // 4)]
    assert any(strength(quarter, BORIS_HZ) > 0.1 for quarter in quarters), "then Boris"
    assert KeyChosen("Main menu", "7", "extension:202") in last_story(office)


async def test_an_extension_is_dialled_and_a_mark_given_after_a_talk(office: RunningOffice, tmp_path: Path) -> None:
    async with desks(office, tmp_path) as people:
        await customer_calls(office)
        await menu_is_heard(office)
        await office.modem(modem_control.Press(keys="600"))
        await people.boris.until("CALL_INCOMING")
        await people.boris.accept()
        await people.boris.until_hears(CUSTOMER_HZ)
        await people.boris.hang_up()
        await office.until(lambda now: now.calls and now.calls[0].step == "rate_talk", "the question after the talk")
        await trio.sleep(1)
        await office.modem(modem_control.Press(keys="4"))
        await customer_is_gone(office)
    story = last_story(office)
    assert NumberKeyed("Main menu", "600") in story and Rated("Satisfaction", 4, "Boris") in story


@pytest.mark.skipif(not PocketSphinx().understands("en"), reason="needs Debian's pocketsphinx and pocketsphinx-en-us")
async def test_a_caller_says_what_he_wants(office: RunningOffice, tmp_path: Path) -> None:
    await office.change("    silence_seconds: 1\n", "    silence_seconds: 4\n")
    try:
        async with desks(office, tmp_path) as people:
            said = spoken(tmp_path, "opening hours")
            await office.modem(modem_control.PlayTone(frequency=0))
            await office.modem(modem_control.CallIn(number=CUSTOMER))
            await menu_is_heard(office)
            # Whoever plays knows when the greeting is over; this one repeats himself until he is understood.
            await office.modem(modem_control.PlayWav(path=str(said), again=True))
            await people.boris.until("CALL_INCOMING", 60)
            assert "CALL_INCOMING" not in people.anna.kinds(), "only the desk that was asked for"
            await office.modem(modem_control.HangUp())
            await customer_is_gone(office)
    finally:
        await office.undo()
    story = last_story(office)
    assert WordsUnderstood("opening hours", "7") in story
    assert not list(office.layout.scratch_folder.glob("*.wav"))  # a small folder


async def test_who_presses_nothing_is_connected_with_somebody(office: RunningOffice, tmp_path: Path) -> None:
    async with desks(office, tmp_path) as people:
        await customer_calls(office)
        await people.anna.until("CALL_INCOMING", 60)
        await people.anna.accept()
        await people.anna.until_hears(CUSTOMER_HZ)
        await people.anna.hang_up()
        await customer_is_gone(office)
    assert LedOn("Main menu", "extension:201", "silence") in last_story(office)
