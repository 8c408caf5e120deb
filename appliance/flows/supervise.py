"""Supervising a talk: listen, whisper, barge, take over.

The supervisor stays in his own call; the tap ends with either.
"""

from __future__ import annotations

from appliance.calls.beside import notice, tap
from appliance.calls.call import Call, Next, Then
from appliance.calls.leg import Leg
from appliance.calls.names import Outcome
from appliance.calls.ports import BEEP, Phrase
from appliance.calls.story import Joined, Supervised
from appliance.calls.talk import Conversation
from appliance.flows.announce import announce
from appliance.flows.keys import key_before
from appliance.flows.pickup import take_place
from appliance.routing.rights import person_behind
from appliance.routing.supervision import KEYS, Mode, may_supervise


async def supervise(call: Call, extension: str, mode: Mode) -> Then:
    """Let the principal supervise the talk of an extension until the talk or the supervisor's own call is over.

    4 listens, 5 whispers, 6 barges, 7 takes over.
    """
    language = call.language_of(call.principal)
    if not may_supervise(call.home.configuration, call.principal.party.number, extension):
        return Next(announce, Phrase("may-not-supervise", language), Outcome.REFUSED)
    conversation = _talk_of(call, extension)
    if conversation is None:
        return Next(announce, Phrase("nobody-talks-there", language), Outcome.UNREACHABLE)
    call.principal.answer()
    call.talk_began()
    agent = _agent(call, conversation, extension)
    wanted: Mode | None = mode
    while agent is not None and not conversation.is_over and wanted is not None:
        mode = wanted
        _tell(call, conversation, agent, mode)
        if mode is Mode.TAKE_OVER:
            if _take_over(call, conversation, agent):
                return None
            return Next(announce, Phrase("cannot-take-over", language), Outcome.FAILED)
        wanted = await _until_another_mode(call, conversation, agent, mode)
    return Next(announce, Phrase("talk-is-over", language))


def _talk_of(call: Call, extension: str) -> Conversation | None:
    """Where the extension talks, at a phone of the house or at the mobile that stands for it."""
    talks = [other.conversation for other in call.home.calls.values() if other is not call]
    return next((talk for talk in talks if talk is not None and _agent(call, talk, extension) is not None), None)


def _agent(call: Call, conversation: Conversation, extension: str) -> Leg | None:
    for leg in conversation.legs:
        person = person_behind(call.home.configuration, leg.party) if leg.is_of_the_house else None
        if person is not None and person[0] == extension and not leg.is_gone:
            return leg
    return None


def _tell(call: Call, conversation: Conversation, agent: Leg, mode: Mode) -> None:
    """Both stories know of it, and the one who is supervised where the office wants that."""
    fact = Supervised(by=call.principal.party.shown, member=agent.party.shown, mode=mode)
    call.tell(fact)
    conversation.call.tell(fact)
    if call.home.configuration.supervision.tell:
        conversation.lasting.enter_context(notice(call.home, agent, BEEP))


async def _until_another_mode(call: Call, conversation: Conversation, agent: Leg, mode: Mode) -> Mode | None:
    """Tap the talk, anew whenever somebody is put on hold, comes or leaves; None when the talk is over."""
    while not conversation.is_over and agent in conversation.legs:
        heard = conversation.bridged
        spoken_to = {Mode.LISTEN: [], Mode.WHISPER: [agent], Mode.BARGE: heard}[mode]
        changed = conversation.changed
        with tap(call.home, call.principal, heard, [leg for leg in spoken_to if leg in heard]):
            key = await key_before(call.principal, "".join(KEYS), changed)
        if key is not None:
            return KEYS[key]
    return None


def _take_over(call: Call, conversation: Conversation, agent: Leg) -> bool:
    """Talk in the agent's place, who is hung up; not while he asks somebody else, as that is his talk alone."""
    other, supervisor = conversation.call, call.principal
    if not other.is_talking or not take_place(other, agent, supervisor):
        return False
    other.tell(Joined(member=supervisor.party.shown, from_call=call.id))
    return True
