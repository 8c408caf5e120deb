"""A SIP door station is a door with the same rules: it rings, may say nothing that opens, and fires its own relay."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest
import trio

from appliance.calls.names import Cause, LegId
from appliance.calls.ports import OpenAnswer
from appliance.calls.story import DoorAsked, DoorRings, RangAgain
from appliance.config.models import Configuration, Door, DoorCall, RelayBy, SipStation, StationRelay
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.ports import AgreeableDoor
from appliance.simulated.switch import FarEnd
from appliance.stations.relays import StationRelays
from tests.flows.doors import phrases
from tests.flows.offices import MOBILE, TUESDAY_NOON, small_office
from tests.flows.test_everyday_calls import People, only_story, settle

PASSWORD = "a-password-for-tests"


def office(relay: StationRelay | None = None, make: str = "other", **call: object) -> Configuration:
    """A panel with two buttons at the front door."""
    station = SipStation(account="panel", password=PASSWORD, make=make, relay=relay, buttons={"2": "extension:202"})
    door = Door(
        name="Front door",
        rings="extension:201",
        open_digit="5",
        pins="simulated" if relay is None else "station",
        station=station,
        call=DoorCall(**call),  # type: ignore[arg-type]
    )
    return small_office(doors={"front": door})


def button(world: SimulatedOffice, dials: str = "1") -> FarEnd:
    return world.switch.call_in(world.office, "panel", dials)


async def answered(world: SimulatedOffice) -> tuple[FarEnd, FarEnd]:
    panel, people = button(world), People(world)
    anna = await people.phone("201")
    anna.answer()
    await settle()
    return panel, anna


async def test_its_call_rings_as_a_door_and_is_answered_by_who_takes_it() -> None:
    async with open_simulated_office(office(number="90"), TUESDAY_NOON) as world:
        people = People(world)
        panel = button(world)
        anna = await people.phone("201")
        assert anna.shown is not None
        assert (anna.shown.name, anna.shown.number, anna.shown.ring_tone) == ("Front door", "90", "door")
        assert panel.hears_ringing and not panel.leg.is_answered
        anna.answer()
        await settle()
        assert panel.leg.is_answered
        assert world.sound.heard_by(panel.leg.id) == world.sound.heard_by(anna.leg.id) == ["bridge"]
        anna.press("5")
        await settle()
        assert world.door.asked == [("front", "201")]
        panel.hang_up()
        await settle()
        assert DoorRings(door="front") in only_story(world)


async def test_each_button_of_a_panel_rings_its_own_people() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        panel = button(world, "2")
        await people.phone("202")
        assert [phone.account for phone in people.rung] == ["202"]
        panel.hang_up()
        await settle()
        people.rung.clear()
        button(world, "112")
        await people.phone("201")
        assert [phone.account for phone in people.rung] == ["201"], "a panel dials nobody, whatever it sends"


async def test_a_second_call_while_one_rings_is_busy_and_rings_nobody() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        people = People(world)
        panel = button(world)
        await people.phone("201")
        second = button(world, "2")
        assert second.leg.is_gone and second.leg.cause is Cause.BUSY
        assert len(people.rung) == 1 and len(world.office.calls) == 1
        panel.hang_up()
        await settle()
        assert RangAgain(door="front") in only_story(world)


async def test_nobody_comes_and_the_visitor_hears_so_before_the_call_is_answered() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        People(world)
        panel = button(world)
        await trio.sleep(40)
        assert panel.hears_early_sound and phrases(world, panel) == [("nobody-comes-to-the-door", "en")]
        assert panel.leg.is_gone and not panel.leg.is_answered


async def test_keys_and_transfers_of_the_panel_do_nothing() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        panel, anna = await answered(world)
        panel.press("5##202#*2")
        panel.transfer(MOBILE)
        await trio.sleep(20)
        assert world.door.asked == [] and panel.transfer_reports == [Cause.REJECTED]
        assert world.sound.heard_by(panel.leg.id) == ["bridge"] and anna.digits_heard == ""


async def test_the_panel_may_put_us_on_hold() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        panel, anna = await answered(world)
        panel.hold()
        await settle()
        assert world.sound.heard_by(anna.leg.id) == ["music"]
        panel.resume()
        await settle()
        assert world.sound.heard_by(anna.leg.id) == ["bridge"]


# Its relay.


class Info:
    """Keys sent by SIP INFO."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def __call__(self, leg: LegId, keys: str) -> None:
        self.sent.append(keys)


@contextmanager
def relays(world: SimulatedOffice) -> Iterator[Info]:
    """The office asks the door by way of the stations' relays."""
    info = Info()
    wired = StationRelays(world.door, info)
    wired.open(world.office)
    world.office.ports.doors = wired
    yield info


DTMF = StationRelay(by=RelayBy.DTMF, opening_code="00")
BY_INFO = StationRelay(by=RelayBy.INFO, opening_code="7")


@pytest.mark.parametrize(
    ("make", "relay", "keys", "info"),
    [("2n", DTMF, "00*", []), ("akuvox", DTMF, "00", []), ("2n", BY_INFO, "", ["7*"]), ("other", BY_INFO, "", ["7"])],
)
async def test_a_station_is_told_its_code_within_the_call(
    make: str, relay: StationRelay, keys: str, info: list[str]
) -> None:
    async with open_simulated_office(office(relay, make), TUESDAY_NOON) as world:
        with relays(world) as sent:
            panel, anna = await answered(world)
            anna.press("5")
            await settle()
            assert world.door.asked == [("front", "201")], "the door process decides"
            assert (panel.digits_heard, sent.sent) == (keys, info)


async def test_without_a_call_a_station_that_takes_keys_is_not_even_asked_for() -> None:
    async with open_simulated_office(office(DTMF), TUESDAY_NOON) as world:
        with relays(world):
            answer = await ask(world)
            assert not answer.granted and "Answer its call first" in answer.reason
            assert world.door.asked == []
            panel = button(world)
            await settle()
            assert not (await ask(world)).granted, "it rings, and takes no keys yet"
            panel.hang_up()


async def test_what_the_door_process_refuses_never_reaches_the_station() -> None:
    async with open_simulated_office(office(DTMF), TUESDAY_NOON) as world:
        with relays(world):
            panel, _ = await answered(world)
            answer = await world.office.ports.doors.request_open(
                "front", channel="dtmf", person="201", code=None, call_id="x", leg_side="street"
            )
            assert not answer.granted and panel.digits_heard == ""


async def ask(world: SimulatedOffice) -> OpenAnswer:
    return await world.office.ports.doors.request_open(
        "front", channel="page", person="owner", code=None, call_id=None, leg_side="answerer"
    )


class Panel(http.server.BaseHTTPRequestHandler):
    """The web server of a station."""

    asked: list[tuple[str, str]]
    answers: list[int]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization", "")))
        self.send_response(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])
        self.send_header("WWW-Authenticate", 'Digest realm="panel", nonce="abc", qop="auth", algorithm=MD5')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Quiet."""


@contextmanager
def web_server(*answers: int) -> Iterator[tuple[str, type[Panel]]]:
    handler = type("OnePanel", (Panel,), {"asked": [], "answers": [*answers] or [200]})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", handler
        server.shutdown()


def by_http(address: str, **changes: object) -> StationRelay:
    relay = StationRelay(by=RelayBy.HTTP, address=address, user="porter", password="s3cret&x")
    return msgspec.structs.replace(relay, **changes)


@pytest.mark.parametrize(
    ("make", "path"),
    [
        ("2n", "/api/switch/ctrl?switch=1&action=trigger"),
        ("akuvox", "/fcgi/do?action=OpenDoor&UserName=porter&Password=s3cret%26x&DoorNum=1"),
        ("doorbird", "/bha-api/open-door.cgi?r=1"),
    ],
)
def test_a_station_opens_by_http_without_a_call(make: str, path: str) -> None:
    async def scenario() -> None:
        with web_server() as (address, panel):
            async with open_simulated_office(office(by_http(address), make), TUESDAY_NOON) as world:
                with relays(world):
                    assert (await ask(world)).granted
                    assert panel.asked == [(path, "")]

    trio.run(scenario)


@pytest.mark.parametrize(
    ("answers", "granted", "says"),
    [
        ((401, 200), True, ""),
        ((401,), False, "does not know the user or the password"),
        ((404,), False, "HTTP 404"),
        ((302,), False, "HTTP 302"),
    ],
)
def test_a_station_that_asks_for_the_secret_or_refuses(answers: tuple[int, ...], granted: bool, says: str) -> None:
    async def scenario() -> None:
        with web_server(*answers) as (address, panel):
            async with open_simulated_office(office(by_http(address), "2n"), TUESDAY_NOON) as world:
                with relays(world):
                    answer = await ask(world)
                    assert answer.granted is granted and says in answer.reason
                    assert "s3cret" not in answer.reason
                    if granted:
                        assert panel.asked[-1][1].startswith("Digest ") and "s3cret" not in panel.asked[-1][1]

    trio.run(scenario)


def test_a_station_that_is_off_is_told_to_who_asked() -> None:
    async def scenario() -> None:
        relay = by_http("http://127.0.0.1:9", password="s3cret")
        async with open_simulated_office(office(relay, "akuvox"), TUESDAY_NOON) as world:
            with relays(world):
                answer = await ask(world)
                assert not answer.granted and "cannot be reached" in answer.reason and "s3cret" not in answer.reason

    trio.run(scenario)


async def test_a_station_that_hangs_up_while_the_door_decides_is_told() -> None:
    async with open_simulated_office(office(DTMF), TUESDAY_NOON) as world:
        with relays(world):
            panel, anna = await answered(world)
            world.door.seconds = 1
            anna.press("5")
            await trio.sleep(0.5)
            panel.hang_up()
            await trio.sleep(1)
            (told,) = [fact for fact in only_story(world) if isinstance(fact, DoorAsked)]
            assert not told.granted and "hung up meanwhile" in told.reason


async def test_a_door_without_a_station_is_asked_as_before() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        door = AgreeableDoor()
        wired = StationRelays(door, lambda leg, keys: None)
        answer = await wired.request_open(
            "front", channel="page", person="owner", code=None, call_id=None, leg_side="answerer"
        )
        assert answer.granted, "also before there is an office"
        wired.open(world.office)
        answer = await wired.request_open(
            "front", channel="page", person="owner", code=None, call_id=None, leg_side="answerer"
        )
        assert answer.granted and len(door.asked) == 2
