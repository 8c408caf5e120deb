"""Opening hours with real phones: a hand on the switch that lets go by itself, and a calendar's closed day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import trio

from appliance.calls.story import HoursLooked
from hardware.simulators import modem_control
from hardware.simulators.modem import CallState
from tests.scenarios.desks import ANNA_HZ, CUSTOMER_HZ, Desks, customer_calls, customer_is_gone, desks
from tests.scenarios.running_office import (
    CONFIGURATION,
    CUSTOMER,
    PATIENCE,
    RunningOffice,
    records,
    running_office,
)
from tests.sound import hears, read_wav

pytestmark = pytest.mark.real

RIGA = ZoneInfo("Europe/Riga")
ALWAYS = ", ".join(f'{day}: ["00:00-24:00"]' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
AROUND_THE_CLOCK = CONFIGURATION.replace('{mon: ["09:00-18:00"]}, override: open', f"{{{ALWAYS}}}")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    with running_office(tmp_path_factory.mktemp("office"), configuration=AROUND_THE_CLOCK) as running:
        yield running


async def hours(office: RunningOffice, *arguments: str) -> str:
    """What `porter hours …` prints."""
    done = await trio.to_thread.run_sync(office.command, "hours", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def reaches_the_mailbox(office: RunningOffice, people: Desks) -> HoursLooked:
    """Somebody calls and gets the mailbox, and no phone rings; what the story says of the hours."""
    await customer_calls(office)
    await office.until_modem(lambda modem: modem.status.call is CallState.UP, "the mailbox to answer")
    await office.until(lambda now: any(call.step == "leave_message" for call in now.calls), "the mailbox")
    assert "CALL_INCOMING" not in people.anna.kinds()
    await office.modem(modem_control.HangUp())
    await customer_is_gone(office)
    return await looked(office)


async def looked(office: RunningOffice) -> HoursLooked:
    """What the story of the customer's last call says of the hours; it is on disk soon after the call."""
    with trio.fail_after(PATIENCE):
        while True:
            record = [record for record in records(office.layout) if record.caller.number == CUSTOMER][-1]
            if record.story:
                return next(told.fact for told in record.story if isinstance(told.fact, HoursLooked))
            await trio.sleep(0.1)


async def test_closed_by_hand_callers_reach_the_mailbox_until_it_opens_by_itself(
    office: RunningOffice, tmp_path: Path
) -> None:
    heard = tmp_path / "customer.wav"
    async with desks(office, tmp_path) as people:
        until = (datetime.now(RIGA) + timedelta(seconds=25)).replace(microsecond=0)
        said = await hours(office, "closed", "office", "--until", f"{until:%Y-%m-%d %H:%M:%S}")
        assert "closed" in said and "by hand until" in said
        fact = await reaches_the_mailbox(office, people)
        assert (fact.is_open, fact.why, fact.until) == (False, "hand", f"{until:%Y-%m-%d %H:%M}")
        await office.until(lambda now: now.hours[0].is_open, "the office to open by itself", 40)
        assert datetime.now(RIGA) >= until
        await customer_calls(office, heard)
        await people.anna.until("CALL_INCOMING")
        await people.anna.accept()
        await people.anna.until_hears(CUSTOMER_HZ)
        await trio.sleep(2)
        await people.anna.hang_up()
        await customer_is_gone(office)
        assert await looked(office) == HoursLooked("office", True)
    assert hears(read_wav(heard)[0], ANNA_HZ)


async def test_on_a_closed_day_of_a_calendar_callers_reach_the_mailbox_and_the_story_names_it(
    office: RunningOffice, tmp_path: Path
) -> None:
    file = tmp_path / "closed days.ics"
    today = f"{datetime.now(RIGA):%Y%m%d}"
    event = ["BEGIN:VEVENT", "UID:1", f"DTSTART;VALUE=DATE:{today}", "RRULE:FREQ=DAILY;COUNT=2", "SUMMARY:Inventory"]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *event, "END:VEVENT", "END:VCALENDAR"]
    file.write_text("\r\n".join(lines))
    assert "Would be closed at 2 times" in await hours(office, "import", "office", str(file), "--dry-run")
    assert "Closed at 2 times of calendar closed-days" in await hours(office, "import", "office", str(file))
    async with desks(office, tmp_path) as people:
        fact = await reaches_the_mailbox(office, people)
        assert (fact.is_open, fact.why, fact.name) == (False, "calendar", "Inventory")
        assert "office  open  by hand until" in await hours(office, "open")
        await customer_calls(office)
        await people.anna.until("CALL_INCOMING")
        await office.modem(modem_control.HangUp())
        await customer_is_gone(office)
        assert "office  closed  Inventory" in await hours(office, "auto")
