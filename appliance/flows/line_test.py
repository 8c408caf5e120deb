"""The self-call: one line of the office calls another, both hear a tone and a key of the other, and one hangs up."""

from __future__ import annotations

import trio

from appliance.calls.call import Call, Next, Then
from appliance.calls.home import CallHome
from appliance.calls.leg import Leg
from appliance.calls.line_tests import LineTest
from appliance.calls.names import Cause, Outcome, Party, PartyKind
from appliance.calls.ports import CallerShown, LineState, Tone
from appliance.calls.ringing import Outside
from appliance.flows.keys import key_before
from appliance.routing.line_tests import Check, LineTested, Pair, judged
from appliance.routing.outbound import way_over

ANSWER_SECONDS = 45.0
HEAR_SECONDS = 8.0
"""For a tone or a key of the other side; networks take a second or two before sound flows."""
HANG_UP_SECONDS = 15.0
TEST_SECONDS = ANSWER_SECONDS + 5 * HEAR_SECONDS

SOUND_BACK, SOUND_THERE, KEY_THERE, KEY_BACK = "5", "8", "3", "6"
"""Four keys of their own, so that none is taken for another. The first two are sent as sound: what the other side's
detector finds in it proves the sound itself."""
_SOUNDS = {SOUND_BACK: (770, 1336), SOUND_THERE: (852, 1336)}
"""Hz, ITU-T Q.23."""


async def call_between(home: CallHome, pair: Pair) -> LineTested:
    """Let one line call another; what came of it. Nothing is left of it when this returns."""
    for name in (pair.calling, pair.called):
        line = home.ports.lines.get(name)
        if line is None or line.status.state is not LineState.READY:
            return LineTested(calling=pair.calling, called=pair.called, not_ready=name)
    test = home.line_test = LineTest(pair, home.ports.lines[pair.calling].status.number)
    party = Party(kind=PartyKind.OUTSIDE, number=pair.number, line=pair.called)
    call = home.call_out(Next(call_other_line, test), party, called=pair.number)
    try:
        with trio.move_on_after(TEST_SECONDS):
            await test.calling_over.wait()
        if test.has_arrived:
            with trio.move_on_after(HANG_UP_SECONDS):
                await test.called_over.wait()
    finally:
        test.is_given_up = True
        home.line_test = None
        for begun in (*test.calls, *((call,) if call is not None else ())):
            begun.end(Cause.NORMAL)
    return judged(pair, frozenset(test.passed))


async def call_other_line(call: Call, test: LineTest) -> Then:
    """Dial the other line over this one."""
    try:
        way = way_over(call.home.configuration, test.pair.calling, test.pair.number)
        member = Outside(test.pair.number, (way,), confirm=False, shows_line=True)
        async with call.ringing(CallerShown(number="")) as ringing:
            ringing.only([member])
            leg = await ringing.answer(within=ANSWER_SECONDS)
            if leg is None or not test.has_arrived:
                return Outcome.NO_ANSWER
            call.principal = leg
            await _try_from_calling(call, leg, test)
    finally:
        test.calling_over.set()
    return None


async def _try_from_calling(call: Call, leg: Leg, test: LineTest) -> None:
    test.passes(Check.ANSWERED)
    if await key_before(leg, SOUND_BACK, seconds=HEAR_SECONDS):
        test.passes(Check.SOUND_BACK)
    with call.play(leg, _tone(SOUND_THERE)):
        await test.until_passed(Check.SOUND_THERE, seconds=HEAR_SECONDS)
    leg.send_digits(KEY_THERE)
    if await key_before(leg, KEY_BACK, seconds=2 * HEAR_SECONDS):
        test.passes(Check.KEYS_BACK)


async def answer_line_test(call: Call, test: LineTest) -> Then:
    """The called line's side: answer, and do the same the other way."""
    leg = call.principal
    test.arrived(call)
    try:
        leg.answer()
        await leg.answered.wait()
        call.talk_began()
        with call.play(leg, _tone(SOUND_BACK)):
            await test.until_passed(Check.SOUND_BACK, seconds=HEAR_SECONDS)
        if await key_before(leg, SOUND_THERE, seconds=HEAR_SECONDS):
            test.passes(Check.SOUND_THERE)
        if await key_before(leg, KEY_THERE, seconds=HEAR_SECONDS):
            test.passes(Check.KEYS_THERE)
        leg.send_digits(KEY_BACK)
        await leg.gone.wait()
    finally:
        if leg.is_gone and test.calling_over.is_set() and not test.is_given_up:
            test.passes(Check.HANG_UP)
        test.called_over.set()
    return None


def _tone(key: str) -> Tone:
    """A key as sound, again and again."""
    return Tone(_SOUNDS[key], on_ms=300, off_ms=700, cycles=0)
