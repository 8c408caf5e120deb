"""A SIP line and its operator, hour by hour on the virtual clock: registering, dying, failing over, coming back."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise

import trio

from appliance.calls.leg import Leg
from appliance.calls.names import Cause, LegId, Party, PartyKind
from appliance.calls.ports import CallerShown, Contact, LineReason, LineState
from appliance.calls.trunks import Refused, Registered, Target, Trunk
from appliance.config import models
from appliance.lines.operator_names import NameFailed, Service
from appliance.lines.sip_line import SipLine

FIRST, SECOND = Target("192.0.2.1"), Target("192.0.2.2")
CUSTOMER = "+37129999999"


class SimulatedOperator:
    """Servers that answer as a test wants, and names that lead to them: the other side of `TrunkLink` and `Names`."""

    def __init__(self) -> None:
        self.answers: dict[str, Refused | Registered] = {}
        """By address; REGISTER is granted for as long as asked where nothing stands."""
        self.names = {"op.test": [FIRST.address], "second.test": [SECOND.address]}
        self.registered: list[tuple[float, str]] = []
        self.served: Trunk | None = None
        self.contacts: dict[Contact, str] = {}
        self.calls = 0
        self.dialled: list[Sequence[Target | Contact]] = []
        self.changes = 0

    def kill(self, *targets: Target) -> None:
        for target in targets:
            self.answers[target.address] = Refused(408)

    # TrunkLink

    async def serve(self, trunk: Trunk) -> None:
        self.served = trunk

    async def forget(self, trunk: Trunk) -> None:
        if self.served is not None and self.served.settings is trunk.settings:
            self.served = None

    def calls_on(self, line: str) -> int:
        return self.calls

    async def register(self, trunk: Trunk, target: Target, seconds: int) -> Registered | Refused:
        self.registered.append((trio.current_time(), target.address))
        return await self._answered(target, Registered(seconds))

    async def ask(self, trunk: Trunk, target: Target) -> Refused | None:
        heard = await self._answered(target, Registered(0))
        return heard if isinstance(heard, Refused) and heard.status in (408, 477) else None

    async def _answered(self, target: Target, usual: Registered | Refused) -> Registered | Refused:
        heard = self.answers.get(target.address, usual)
        await trio.sleep(4 if heard == Refused(408) else 0.01)
        return heard

    async def registrations(self, trunk: Trunk) -> Mapping[Contact, str]:
        return dict(self.contacts)

    def dial(self, leg: Leg, trunk: Trunk, number: str, shown: CallerShown, ways: Sequence[Target | Contact]) -> None:
        self.dialled.append(ways)

    def ring(self, leg: LegId) -> None: ...
    def progress(self, leg: LegId) -> bool:
        return True

    def answer(self, leg: LegId) -> None: ...
    def hang_up(self, leg: LegId, cause: Cause) -> None: ...
    def send_digits(self, leg: LegId, digits: str) -> None: ...
    def report_transfer(self, leg: LegId, progress: int) -> None: ...

    # Names

    async def services(self, name: str) -> list[Service]:
        return []

    async def addresses(self, name: str) -> list[str]:
        if name not in self.names:
            raise NameFailed("there is no such name")
        return self.names[name]

    def changed(self) -> None:
        self.changes += 1


@asynccontextmanager
async def line_at(operator: SimulatedOperator, **settings: object) -> AsyncIterator[SipLine]:
    given = {"server": "op.test", "second_server": "second.test", "user": "60", "password": "secret"} | settings
    model = models.SipLine(**given)  # type: ignore[arg-type]
    line = SipLine("op", model, operator, operator, chance=random.Random(1), on_change=operator.changed)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(line.run)
        await trio.sleep(1)
        yield line
        nursery.cancel_scope.cancel()
    assert operator.served is None, "a line that is gone is served no more"


def new_leg(line: SipLine) -> Leg:
    return Leg(LegId("1"), line, Party(kind=PartyKind.OUTSIDE, number=CUSTOMER), incoming=False)


def dial(line: SipLine) -> Leg:
    leg = new_leg(line)
    line.dial(leg, CUSTOMER, CallerShown("201"))
    return leg


def ways(operator: SimulatedOperator) -> list[str]:
    return [way.address for way in operator.dialled[-1]]


async def test_it_registers_and_renews_before_the_time_is_over() -> None:
    operator = SimulatedOperator()
    async with line_at(operator, expires_seconds=100) as line:
        assert (line.status.state, line.status.operator) == (LineState.READY, "192.0.2.1:5060")
        assert operator.served is not None
        assert operator.served.addresses == {"192.0.2.1", "192.0.2.2"}
        await trio.sleep(1000)
        times = [at for at, _ in operator.registered]
        gaps = [later - earlier for earlier, later in pairwise(times)]
        assert len(gaps) >= 10 and all(60 < gap < 100 for gap in gaps)
        assert {address for _, address in operator.registered} == {FIRST.address}
        dial(line)
        assert ways(operator) == ["192.0.2.1", "192.0.2.2"]


async def test_a_dead_server_is_noticed_within_half_a_minute_and_the_other_takes_over() -> None:
    operator = SimulatedOperator()
    async with line_at(operator) as line:
        operator.kill(FIRST)
        await trio.sleep(30)
        assert (line.status.state, line.status.operator) == (LineState.READY, "192.0.2.2:5060")
        dial(line)
        assert ways(operator) == ["192.0.2.2", "192.0.2.1"]
        operator.answers.clear()
        await trio.sleep(45)
        assert line.status.operator == "192.0.2.1:5060", "back at the first as soon as it answers"
        dial(line)
        assert ways(operator) == ["192.0.2.1", "192.0.2.2"]


async def test_after_a_broken_link_it_is_back_within_fifteen_seconds() -> None:
    operator = SimulatedOperator()
    async with line_at(operator) as line:
        operator.kill(FIRST, SECOND)
        await trio.sleep(60)
        assert line.status.why == LineReason("sip_silent", "op.test")
        assert line.status.state is LineState.OFFLINE and "op.test does not answer" in line.status.reason
        operator.answers.clear()
        await trio.sleep(15)
        assert line.status.state is LineState.READY


async def test_a_wrong_password_is_said_and_not_tried_again_at_once() -> None:
    operator = SimulatedOperator()
    operator.answers[FIRST.address] = Refused(401, "Unauthorized")
    async with line_at(operator) as line:
        assert line.status.why == LineReason("sip_wrong_password", "op.test")
        assert "refuses the user name or the password" in line.status.reason
        assert "secret" not in line.status.reason
        await trio.sleep(600)
        assert len(operator.registered) <= 11, "an operator blocks who guesses"
        assert {address for _, address in operator.registered} == {FIRST.address}


async def test_each_refusal_has_its_words() -> None:
    for status, code in (
        (403, "sip_forbidden"),
        (404, "sip_unknown_user"),
        (477, "sip_not_sent"),
        (500, "sip_refused"),
    ):
        operator = SimulatedOperator()
        operator.answers = dict.fromkeys((FIRST.address, SECOND.address), Refused(status, "Words"))
        async with line_at(operator) as line:
            await trio.sleep(20)
            assert line.status.why is not None and line.status.why.code == code, status
            assert line.status.state is LineState.OFFLINE
    assert (
        line.status.reason
        == "The operator refuses: op.test: 500 Words. It is tried again by itself; ask the operator when it goes on."
    )


async def test_a_name_that_is_unknown_is_said_and_found_later() -> None:
    operator = SimulatedOperator()
    names, operator.names = operator.names, {}
    async with line_at(operator) as line:
        assert line.status.why == LineReason("sip_name_unknown", "op.test")
        assert dial(line).cause is Cause.OUT_OF_ORDER
        operator.names = names
        await trio.sleep(15)
        assert line.status.state is LineState.READY
        operator.names = {}
        await trio.sleep(600)
        assert line.status.state is LineState.READY, "a name server that is away for a while harms nothing"


async def test_an_operator_that_moves_is_followed() -> None:
    operator = SimulatedOperator()
    async with line_at(operator, second_server="", expires_seconds=60) as line:
        operator.names["op.test"] = ["192.0.2.9"]
        operator.kill(FIRST)
        await trio.sleep(200)
        assert line.status.operator == "192.0.2.9:5060"
        assert operator.served is not None and operator.served.addresses == {"192.0.2.9"}


async def test_by_address_nobody_registers_and_the_answers_tell() -> None:
    operator = SimulatedOperator()
    async with line_at(operator, link=models.SipLink.ADDRESS, password=None) as line:
        assert line.status.state is LineState.READY
        operator.kill(FIRST, SECOND)
        await trio.sleep(40)
        assert line.status.state is LineState.OFFLINE
        assert operator.registered == []
        dial(line)
        assert len(operator.dialled) == 1, "a call for help is tried all the same"


async def test_what_registers_here_makes_the_line_ready() -> None:
    operator = SimulatedOperator()
    settings = {"server": "", "second_server": "", "user": "", "password": "a-long-enough-password"}
    async with line_at(operator, link=models.SipLink.ACCOUNT, **settings) as line:
        assert line.status.why == LineReason("sip_not_registered", "line-op")
        assert dial(line).cause is Cause.OUT_OF_ORDER
        operator.contacts = {Contact("line-op", "ruid"): "127.0.0.1:5070"}
        await trio.sleep(5)
        assert line.status.state is LineState.READY
        assert operator.served is not None and operator.served.addresses == {"127.0.0.1:5070"}
        dial(line)
        assert ways(operator) == ["ruid"]
        operator.contacts = {}
        await trio.sleep(5)
        assert line.status.state is LineState.OFFLINE


async def test_no_more_calls_than_channels() -> None:
    operator = SimulatedOperator()
    async with line_at(operator, channels=2) as line:
        operator.calls = 2
        line.calls_changed()
        assert (line.status.state, line.is_in_use) == (LineState.BUSY, True)
        assert dial(line).cause is Cause.NO_CIRCUIT
        operator.calls = 1
        line.calls_changed()
        assert line.status.state is LineState.READY
        assert dial(line).cause is None


async def test_the_token_in_our_contact_stays_over_restarts_and_tells_nothing() -> None:
    tokens = []
    for password in ("secret", "secret", "other"):
        operator = SimulatedOperator()
        async with line_at(operator, password=password):
            assert operator.served is not None
            tokens.append(operator.served.token)
    assert tokens[0] == tokens[1] != tokens[2]
    assert tokens[0].startswith("line-op-") and "secret" not in tokens[0]


async def test_an_operator_that_ignores_questions_is_believed_to_be_there() -> None:
    operator = SimulatedOperator()
    operator.kill(FIRST, SECOND)
    settings = {"link": models.SipLink.ADDRESS, "password": None, "answers_options": False}
    async with line_at(operator, **settings) as line:
        await trio.sleep(60)
        assert line.status.state is LineState.READY
        dial(line)
        assert ways(operator) == ["192.0.2.1", "192.0.2.2"]
