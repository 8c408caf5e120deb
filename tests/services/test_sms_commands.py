"""Commands by SMS: who may ask for what, and what is answered."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.models import Configuration, Language, SmsCommands
from appliance.control.controller_messages import LiveDoor, LiveHours, LiveLine, LivePhone, OfficeNow, Trouble
from appliance.services.sms_commands import SWITCHES, WORDS, Command, Refusal, answer, answer_sms, read_command
from appliance.services.snapshot import Surroundings, office_now
from appliance.simulated.office import open_simulated_office
from appliance.simulated.ports import MemoryOutbox
from tests.flows.offices import small_office

NO_HOURS = {"opening_hours": {}, "inbound_routes": ()}
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Riga"))
OWNER, STRANGER = "+37129111111", "+37129222222"


def office(pin: str | None = "4711", language: Language = Language.EN) -> Configuration:
    return Configuration(
        name="Office", default_desk="extension:201", language=language, sms=SmsCommands(allowed=(OWNER,), pin=pin)
    )


@pytest.mark.parametrize(
    ("pin", "sender", "text", "asked"),
    [
        ("4711", OWNER, "status", Command.STATUS),
        ("4711", OWNER, " Status\n", Command.STATUS),
        ("4711", "29111111", "STATUSS", Command.STATUS),
        ("4711", OWNER, "Статус", Command.STATUS),
        ("4711", OWNER, "0000 status", Command.STATUS),
        ("4711", OWNER, "4711 help", Command.HELP),
        ("4711", OWNER, "4711 помощь", Command.HELP),
        ("4711", OWNER, "4711 open", Command.OPEN),
        ("4711", OWNER, "4711 Slēgt", Command.CLOSE),
        ("4711", OWNER, "4711 АВТО", Command.AUTO),
        ("4711", OWNER, "close", Refusal.PIN_MISSING),
        (None, OWNER, "close", Refusal.ONLY_STATUS),
        ("4711", OWNER, "help", Refusal.PIN_MISSING),
        ("4711", OWNER, "4712 help", Refusal.PIN_WRONG),
        ("4711", OWNER, "47110 help", Refusal.PIN_WRONG),
        (None, OWNER, "status", Command.STATUS),
        (None, OWNER, "help", Refusal.ONLY_STATUS),
        (None, OWNER, "4711 help", Refusal.ONLY_STATUS),
        ("4711", STRANGER, "status", None),
        ("4711", STRANGER, "4711 help", None),
        ("4711", "", "status", None),
        ("4711", OWNER, "I will be late", None),
        ("4711", OWNER, "status please", None),
        ("4711", OWNER, "", None),
    ],
)
def test_what_a_message_asks_for(pin: str | None, sender: str, text: str, asked: object) -> None:
    assert read_command(office(pin), sender=sender, text=text, sent_at=NOW, now=NOW) == asked


@pytest.mark.parametrize(
    ("age", "now", "asked"),
    [
        (timedelta(minutes=5), NOW, Command.STATUS),
        (timedelta(minutes=5, seconds=1), NOW, Refusal.TOO_OLD),
        (timedelta(days=400), NOW, Refusal.TOO_OLD),
        (timedelta(days=400), None, Command.STATUS),
        (timedelta(minutes=-30), NOW, Command.STATUS),
        (None, NOW, Command.STATUS),
    ],
)
def test_old_messages_are_not_obeyed(age: timedelta | None, now: datetime | None, asked: object) -> None:
    sent_at = None if age is None else NOW - age
    assert read_command(office(), sender=OWNER, text="status", sent_at=sent_at, now=now) == asked


def test_without_a_clock_nothing_is_switched_since_the_message_may_be_a_replay() -> None:
    asked = {text: read_command(office(), sender=OWNER, text=f"4711 {text}", sent_at=NOW, now=None) for text in WORDS}
    assert {WORDS[text] for text, found in asked.items() if found is Refusal.NO_CLOCK} == set(SWITCHES)


@given(st.text(max_size=200), st.text(max_size=20))
def test_any_message_of_anybody_is_read_without_trouble(text: str, sender: str) -> None:
    assert read_command(office(), sender=sender, text=text, sent_at=NOW, now=NOW) is None
    read_command(office(), sender=OWNER, text=text, sent_at=NOW, now=NOW)


def line(state: str = "ready", signal: int | None = 4, reason: str = "") -> LiveLine:
    return LiveLine(
        name="gsm1", kind="gsm", state=state, reason=reason, signal=signal, operator="", number="", simulated=True
    )


def closed_until_monday() -> LiveHours:
    return LiveHours(
        name="office", is_open=False, why="hand", cause="", until=None, changes_at="2026-11-30T09:00+02:00"
    )


def now(**changes: object) -> OfficeNow:
    door = LiveDoor(name="front", title="Front door", unlocked=False, seconds_left=0, lockout_seconds=0, simulated=True)
    phones = tuple(
        LivePhone(extension=n, person="", account=n, registered=n == "201", address="", transport="udp", user_agent="")
        for n in ("201", "202")
    )
    settings: dict[str, object] = {
        "name": "Office",
        "language": "en",
        "version": 1,
        "at": 0.0,
        "clock": None,
        "calls": (),
        "lines": (line(),),
        "doors": (door,),
        "phones": phones,
        "mailboxes": (),
        "parked": {},
        "edge_ok": True,
        "troubles": (),
        "simulated": True,
    }
    return OfficeNow(**{**settings, **changes})  # type: ignore[arg-type]


def test_the_status_fits_one_message_when_all_is_well() -> None:
    said = answer(Command.STATUS, now(), Language.EN)
    assert said == "Office: no calls. Line gsm1 ready, signal 4/5. Phones: 1 of 2. Front door: locked."
    assert len(said) <= 160


def test_the_status_names_what_is_wrong() -> None:
    wrong = now(
        lines=(line("offline", None, "The modem is unplugged."),),
        troubles=(Trouble("edge", "Kamailio does not answer.", "Restart it."),),
    )
    said = answer(Command.STATUS, wrong, Language.LV)
    assert "NEDARBOJAS: The modem is unplugged." in said and "edge, Kamailio does not answer." in said


@pytest.mark.parametrize("asked", [*Command, *Refusal])
def test_every_answer_is_there_in_every_language(asked: Command | Refusal) -> None:
    for state in ("ready", "busy", "starting", "offline"):
        seen = now(lines=(line(state),), hours=(closed_until_monday(),))
        said = {answer(asked, seen, language) for language in Language}
        assert len(said) == len(Language) and not any("{" in text for text in said)


async def untouched(change: Callable[[Configuration], Configuration], *, by: str) -> None:
    raise AssertionError(f"{by} changed the settings")


async def test_the_owner_closes_the_office_until_the_week_changes_and_hears_so() -> None:
    async with open_simulated_office(small_office(sms=SmsCommands(allowed=(OWNER,), pin="4711")), NOW) as world:
        outbox, around = MemoryOutbox(), Surroundings()

        async def send(text: str) -> str:
            await answer_sms(
                world.office.configuration,
                outbox,
                lambda: office_now(world.office, around),
                world.office.change_settings,
                **{"line": "gsm1", "sender": OWNER, "text": text, "sent_at": NOW, "now": NOW},  # type: ignore[arg-type]
            )
            return outbox.queued[-1][1]

        assert await send("4711 close") == "office: closed until 01.12. 09:00."
        hours = world.office.configuration.opening_hours["office"]
        assert (hours.override, hours.override_until) == ("closed", "2026-11-24T18:00:00+02:00")
        assert "office: closed until 01.12. 09:00." in await send("status")
        assert await send("4711 auto") == "office: open until 24.11. 18:00."
        await world.office.follow(small_office(sms=SmsCommands(allowed=(OWNER,), pin="4711"), **NO_HOURS))
        assert await send("4711 open") == "Not switched: The office has no opening hours."


async def test_the_answer_goes_back_over_the_line_it_came_on() -> None:
    outbox = MemoryOutbox()
    asked = {"sent_at": NOW, "now": NOW, "line": "gsm1"}
    assert await answer_sms(office(), outbox, now, untouched, sender="29111111", text="status", **asked)  # type: ignore[arg-type]
    assert not await answer_sms(office(), outbox, now, untouched, sender=STRANGER, text="status", **asked)  # type: ignore[arg-type]
    ((to, text),) = outbox.queued
    assert to == OWNER and text.startswith("Office: no calls.")
