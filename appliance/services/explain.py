"""What would happen if: a call through the real office, routing and flows on the simulated switch, in no time at all.

Nothing is stored, nobody is rung and nothing is sent. Unless told otherwise nobody answers, the caller presses no key
and waits to the end; who reaches a mailbox leaves a short message. Who is said to answer outside also presses 1 to
accept. Help always answers. Who talks may press keys; after half a minute who took the call hangs up, and what follows
is told. Of a web service it is told how the call goes on when it answers, and when it does not. The explanation ends
when the call is over, or after a simulated hour.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
import trio
import trio.testing

from appliance.calls.agents import NOBODY_KNOWN, Agent, KeptAgents
from appliance.calls.call import Call
from appliance.calls.leg import Leg
from appliance.calls.names import Party
from appliance.calls.record import ToldFact
from appliance.calls.story import (
    CodesOpen,
    KeysOffered,
    MenuEntered,
    NotRung,
    QueueEntered,
    Ringing,
    ServiceNotAsked,
    TalkImagined,
    WrapsUp,
)
from appliance.calls.talk import Conversation
from appliance.config.models import Configuration, Language
from appliance.control.team_messages import LiveAgent
from appliance.errors import PorterError
from appliance.flows.in_call import codes_for
from appliance.routing.numbering import caller_number, is_emergency, to_e164
from appliance.routing.teams import numbers_of, teams
from appliance.services.story import is_detail, names_of, sentence
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd

LONGEST_SECONDS = 3600.0
LOOK_SECONDS = 0.5
"""How often we look whether the explanation has come to its end."""

MESSAGE_SECONDS = 10.0
"""How long the imagined caller speaks to a mailbox."""

HELP_SECONDS = 3.0
"""After which an emergency number answers, unless told otherwise."""

KEY_SECONDS = 1.0
"""Before each key that is pressed."""

TALK_SECONDS = 30.0
"""After which who took the call hangs up, counted from the last key that is pressed."""

MOST_BRANCHES = 8
"""Services of one call of which it is told how the call goes on without them."""

ANY_LINE = "line"
"""What a line is called in an office that has none."""

_ANSWER = re.compile(r"(\S+)@(\d+(?:\.\d+)?)s?")


class CannotExplain(PorterError):
    """The question names what the office does not have."""


class Answer(msgspec.Struct, frozen=True):
    """An assumption: somebody answers some seconds after it began to ring there."""

    who: str
    """An extension, a team by its name or number (then any of its members), or an outside number."""
    after_seconds: float


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """The story of a call that never was."""

    facts: tuple[ToldFact, ...]
    """All of it, with its details, if every service answers that would be asked."""
    branches: tuple[tuple[ToldFact, ...], ...]
    """For each service: how it goes on from there if that one does not answer."""
    sentences: tuple[str, ...]
    """What matters to the caller, in the language asked for: the story, and then its branches."""


def parse_answer(text: str) -> Answer:
    """Such as `sales@8s`: somebody of sales answers after eight seconds.

    Raises:
        CannotExplain: The text is nothing of that kind.
    """
    found = _ANSWER.fullmatch(text)
    if found is None:
        raise CannotExplain(f'"{text}" does not say who answers and when.', 'Write it such as "sales@8s" or "201@5s".')
    return Answer(found[1], float(found[2]))


def explain(
    configuration: Configuration,
    *,
    caller: str,
    line: str | None = None,
    did: str = "",
    redirected_from: str = "",
    dialled: str | None = None,
    door: str | None = None,
    at: datetime | None = None,
    answers: Sequence[Answer] = (),
    keys: str = "",
    their_keys: str = "",
    phones: Mapping[str, int] | None = None,
    agents: KeptAgents = NOBODY_KNOWN,
    language: Language | None = None,
) -> Explained:
    """What a call would do. Blocks for some milliseconds; may be called from any thread that runs no event loop.

    Args:
        caller: The number that calls in, "" when withheld; the calling extension where `dialled` is given.
        line: The line it comes in on; None: the first one.
        redirected_from: The number that was called first, where the call was diverted to us.
        dialled: What a phone of the house dials; None: the call comes from outside.
        door: Whose button is pressed; then nobody calls in, and `caller` is "".
        at: When; None: as if the clock were not set.
        keys: What the caller presses once somebody or something has answered.
        their_keys: What who takes the call presses during the talk.
        phones: How many phones are connected, by account; None: one for every account.
        agents: What is known of the members of teams.
        language: Of the sentences; None: the office's.

    Raises:
        CannotExplain: The line, the door, the extension or somebody who answers does not exist.
    """
    question = _Question(configuration, caller=caller, did=did, dialled=dialled, keys=keys)
    question.their_keys = their_keys
    question.redirected_from = redirected_from
    question.door = door
    if door is not None and door not in configuration.doors:
        raise CannotExplain(f'There is no door "{door}".', _there_are(configuration.doors))
    question.agents = agents
    question.line = _line(configuration, line) if dialled is None else ANY_LINE
    if dialled is not None and caller not in configuration.extensions:
        raise CannotExplain(f'There is no extension "{caller}" that could dial.', _there_are(configuration.extensions))
    for answer in answers:
        question.answered_by |= dict.fromkeys(_parties(configuration, answer.who), answer.after_seconds)

    def play(without: int | None) -> tuple[ToldFact, ...]:
        clock = trio.testing.MockClock(autojump_threshold=0)
        played: tuple[ToldFact, ...] = trio.run(functools.partial(question.play, at, phones, without), clock=clock)
        return played

    facts = play(None)
    branches = tuple(_from_service(play(service), service) for service in range(min(_services(facts), MOST_BRANCHES)))
    language, names = language or configuration.language, names_of(configuration)
    told = itertools.chain(facts, *branches)
    said = tuple(sentence(one.fact, language, names) for one in told if not is_detail(one.fact))
    return Explained(facts=facts, branches=branches, sentences=said)


def _services(facts: Sequence[ToldFact]) -> int:
    """How many web services would be asked."""
    return sum(isinstance(told.fact, ServiceNotAsked) for told in facts)


def _from_service(facts: Sequence[ToldFact], service: int) -> tuple[ToldFact, ...]:
    """The story from where a service, counted from 0, would be asked."""
    places = [place for place, told in enumerate(facts) if isinstance(told.fact, ServiceNotAsked)]
    return tuple(facts[places[service] :])


def known_agents(agents: Sequence[LiveAgent]) -> KeptAgents:
    """The members of teams as a snapshot has them: who is logged out or paused; not when they had which call."""
    return KeptAgents(
        agents=tuple(
            Agent(
                number=agent.number,
                logged_out_at={team: 0.0 for team, is_logged_in in agent.teams.items() if not is_logged_in},
                pause_reason=agent.pause_reason,
            )
            for agent in agents
        )
    )


def _line(configuration: Configuration, line: str | None) -> str:
    if line is None:
        return next(iter(configuration.lines), ANY_LINE)
    if line not in configuration.lines:
        raise CannotExplain(f'There is no line "{line}".', _there_are(configuration.lines))
    return line


def _parties(configuration: Configuration, who: str) -> Sequence[str]:
    """Extensions and outside numbers that a name stands for."""
    if who in configuration.extensions:
        return [who]
    for key, team in teams(configuration).items():
        if who in (key.partition(":")[2], team.number):
            return numbers_of(team)
    number = who if is_emergency(configuration.country, who) else to_e164(configuration.country, who)
    if number is None:
        known = _there_are([*configuration.extensions, *configuration.ring_groups, *configuration.call_queues])
        raise CannotExplain(f'Nobody is called "{who}" who could answer.', known)
    return [number]


def _there_are(names: Sequence[str] | Mapping[str, object]) -> str:
    return f"There are: {', '.join(names)}." if names else "There are none."


def _in_order(facts: Sequence[ToldFact]) -> Iterator[ToldFact]:
    """The story with those who begin to ring together sorted: Trio runs tasks that are due at once in any order."""
    for _, together in itertools.groupby(facts, lambda told: (told.at, bool(_rung(told)))):
        yield from sorted(together, key=_rung)


def _far_end(world: SimulatedOffice, leg: Leg) -> FarEnd | None:
    """Who is at the other end of a leg; None when it is gone."""
    switches = (world.switch, *world.lines.values())
    return next((switch.far_ends[leg.id] for switch in switches if leg.id in switch.far_ends), None)


def _with_keys(configuration: Configuration, facts: Iterable[ToldFact]) -> Iterator[ToldFact]:
    """The story, with where the keys lead of each menu and queue the caller comes to for the first time."""
    menus = {menu.name: menu.keys for menu in configuration.menus.values()}
    told_of: set[str] = set()
    for told in facts:
        yield told
        match told.fact:
            case MenuEntered(menu=name):
                ways = menus.get(name, {})
            case QueueEntered(group=name) if name in configuration.call_queues:
                ways = configuration.call_queues[name].keys
            case _:
                continue
        if ways and name not in told_of:
            told_of.add(name)
            yield ToldFact(at=told.at, fact=KeysOffered(ways=tuple(ways.items())))


def _rung(told: ToldFact) -> str:
    """Who begins to ring, or cannot; "" for other facts."""
    match told.fact:
        case Ringing(member=member) | NotRung(member=member):
            return member
        case _:
            return ""


class _Question:
    """One call to be imagined, and the people in it."""

    def __init__(self, configuration: Configuration, *, caller: str, did: str, dialled: str | None, keys: str) -> None:
        self.line = ANY_LINE
        self.redirected_from = ""
        self.door: str | None = None
        self.agents = NOBODY_KNOWN
        self.their_keys = ""
        """Of who takes the call, during the first talk."""
        self.answered_by: dict[str, float] = {}
        """Seconds after which extensions and outside numbers answer."""
        self._configuration = configuration
        self._caller = caller
        self._did = did
        self._dialled = dialled
        self._keys = keys
        self._rang_at: dict[str, float] = {}
        self._keys_due = ""
        self._told: set[Party] = set()
        """Whose codes are told already."""

    async def play(
        self, at: datetime | None, phones: Mapping[str, int] | None, without: int | None
    ) -> tuple[ToldFact, ...]:
        """Let it happen; the facts until the explanation ends.

        Args:
            without: The web service that does not answer, counted from 0 as they would be asked; None: all answer.
        """
        self._rang_at, self._told, self._keys_due = {}, set(), self.their_keys
        opening = open_simulated_office(self._configuration, at, agents=self.agents)
        async with opening as world, trio.open_nursery() as people:
            if phones is not None:
                world.switch.phones = dict(phones)
            services = itertools.count()
            world.web_services.imagine = lambda: next(services) != without
            for switch in (world.switch, *world.lines.values()):
                switch.on_dialled = lambda phone: people.start_soon(self._be_rung, world, phone)
            caller = self._begin(world)
            (call,) = world.office.calls.values()
            people.start_soon(self._press_keys, caller)
            with trio.move_on_after(LONGEST_SECONDS):
                await self._until_end(world, caller, call, people)
            self._tell_wrap_ups(world, call)
            facts = call.to_record().story
            people.cancel_scope.cancel()
        return tuple(_with_keys(self._configuration, _in_order(facts)))

    def _begin(self, world: SimulatedOffice) -> FarEnd:
        if self.door is not None and (visitor := world.switch.ring_door(world.office, self.door)) is not None:
            return visitor
        if self._dialled is not None:
            return world.switch.call_in(world.office, self._account(), self._dialled)
        number = caller_number(self._configuration.country, self._caller)
        switch = world.lines.get(self.line, world.switch)
        line = self._configuration.lines.get(self.line)
        own = (line.number if line is not None else None) or ""
        return switch.call_from_line(world.office, self.line, number, self._did or own, self.redirected_from)

    def _account(self) -> str:
        """An account of the calling extension; one without phones calls all the same."""
        return next(iter(self._configuration.extensions[self._caller].phones), self._caller)

    async def _until_end(self, world: SimulatedOffice, caller: FarEnd, call: Call, people: trio.Nursery) -> None:
        """Until the call is over; the caller leaves a mailbox after a short message."""
        recorded = 0.0
        conversation: Conversation | None = None
        while call.id in world.office.calls:
            await trio.sleep(LOOK_SECONDS)
            if call.conversation is not conversation and (conversation := call.conversation) is not None:
                people.start_soon(self._talk, world, conversation)
            recorded += LOOK_SECONDS if "record" in world.sound.heard_by(caller.leg.id) else 0.0
            if recorded >= MESSAGE_SECONDS:
                caller.hang_up()

    async def _talk(self, world: SimulatedOffice, conversation: Conversation) -> None:
        """Two talk: who took the call presses keys, the first time, and hangs up in the end."""
        call, other = conversation.call, conversation.legs[-1]
        shown = other.party.shown
        follows = "" if call.after_talk is None else call.after_talk.name
        call.tell(TalkImagined(member=shown, seconds=TALK_SECONDS, flow=follows))
        for leg in conversation.legs:
            codes = codes_for(conversation, leg)
            if codes and leg.party not in self._told:
                self._told.add(leg.party)
                call.tell(CodesOpen(member=leg.party.shown, codes=tuple(codes.items())))
        keys, self._keys_due = self._keys_due, ""
        far_end = _far_end(world, other)
        if far_end is None:
            return
        for key in keys:
            await trio.sleep(KEY_SECONDS)
            far_end.press(key)
        await trio.sleep(TALK_SECONDS)
        if not conversation.is_over:
            far_end.hang_up()

    def _tell_wrap_ups(self, world: SimulatedOffice, call: Call) -> None:
        """Who is not rung for some time now that she has talked."""
        for number in sorted({leg.party.number for leg in call.to_record().legs}):
            agent = world.office.agents.agent(number)
            if agent.wraps_up_until is not None and agent.talk_ended_at is not None:
                call.tell(WrapsUp(member=number, seconds=agent.wraps_up_until - agent.talk_ended_at))

    async def _press_keys(self, caller: FarEnd) -> None:
        await caller.leg.answered.wait()
        for key in self._keys:
            await trio.sleep(KEY_SECONDS)
            caller.press(key)

    async def _be_rung(self, world: SimulatedOffice, phone: FarEnd) -> None:
        """Somebody's phone rings; a mobile is told to press 1 when it is answered."""
        phone.alert()
        who = phone.account if phone.account.startswith("+") else world.office.extension_of(phone.account)
        began = self._rang_at.setdefault(who, trio.current_time())
        after = self.answered_by.get(who)
        if after is None and is_emergency(self._configuration.country, who):
            after = HELP_SECONDS
        if after is None:
            return
        await trio.sleep_until(began + after)
        phone.answer()
        await trio.sleep(KEY_SECONDS)
        phone.press("1")
