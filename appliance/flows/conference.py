"""A conference room: whoever knows its number, and its PIN where it has one, talks to all who are in it."""

from __future__ import annotations

from functools import partial

import trio

from appliance.calls.beside import notice
from appliance.calls.call import Call, Next, Then
from appliance.calls.facts import Digit
from appliance.calls.media import Media, MediaKind
from appliance.calls.names import Outcome
from appliance.calls.ports import Counted, Phrase, Prompt, Tone
from appliance.calls.rooms import Room
from appliance.calls.story import EnteredRoom, LeftRoom
from appliance.config.models import ConferenceRoom
from appliance.flows.announce import announce
from appliance.flows.pin import ask_pin

SOMEBODY_CAME = Tone((600, 800), on_ms=150)
SOMEBODY_LEFT = Tone((400,), on_ms=150)

ALONE_SECONDS = 900.0
"""How long one waits for others; then the line is worth more than the hope."""


async def conference(call: Call, name: str) -> Then:
    """Let the principal into a room, until it hangs up or has been alone for too long.

    In the room 1 mutes and unmutes, 2 says how many others are there.
    """
    room = call.home.configuration.conference_rooms.get(name)
    if room is None:
        return Outcome.UNREACHABLE
    leg = call.principal
    leg.answer()
    leg.forget_facts()
    pins = {pin for pin in (room.pin, room.leader_pin) if pin is not None}
    pin = await ask_pin(call, "conference-pin", pins) if room.pin is not None else None
    if room.pin is not None and pin is None:
        return Next(announce, Phrase("pin-wrong", call.language), Outcome.REFUSED)
    if call.home.places.people_in(name) >= room.most:
        return Next(announce, Phrase("conference-full", call.language), Outcome.BUSY)
    return await _take_part(call, name, room, leads=pin is not None and pin == room.leader_pin)


async def _take_part(call: Call, name: str, room: ConferenceRoom, *, leads: bool) -> Then:
    call.talk_began()
    began = trio.current_time()
    with call.home.places.in_room(name, call.principal, leads=leads) as place:
        call.tell(EnteredRoom(room=room.name, people=len(place.members)))
        member = _Member(call, place, needs_leader=room.leader_pin is not None)
        try:
            await member.hear_how_many()
            while await member.waits():
                await member.talks()
        finally:
            seconds = trio.current_time() - began
            call.talk_lasted(seconds)
            call.tell(LeftRoom(room=room.name, seconds=seconds))
    return Next(announce, Phrase("conference-nobody-came", call.language))


class _Member:
    """One person in a room, and what she hears."""

    def __init__(self, call: Call, place: Room, *, needs_leader: bool) -> None:
        self._call = call
        self._place = place
        self._leg = call.principal
        self._needs_leader = needs_leader
        self._is_muted = False
        self._seen = tuple(place.members)
        """Who was there when she last heard of a change."""

    async def waits(self) -> bool:
        """Music until the talk can begin; False when nobody has come for too long."""
        with trio.move_on_after(ALONE_SECONDS):
            while not self._can_talk:
                self._seen = tuple(self._place.members)
                with self._call.music(self._leg):
                    await self._next_key()
        return self._can_talk

    async def talks(self) -> None:
        """On the bridge of the room until she is alone there, holds the room, or the last leader has left."""
        while self._can_talk:
            with self._on_the_bridge():
                await self._hear_who_came()
                key = await self._next_key()
            match key:
                case "1":
                    self._is_muted = not self._is_muted
                    phrase = "conference-muted" if self._is_muted else "conference-heard-again"
                    await self.hear(Phrase(phrase, self._call.language))
                case "2":
                    await self.hear_how_many()

    async def hear_how_many(self) -> None:
        await self.hear(Counted("conference-others", len(self._place.members) - 1, self._call.language))

    async def hear(self, prompt: Prompt) -> None:
        with self._call.play(self._leg, prompt) as playing:
            await playing.finished.wait()

    @property
    def _can_talk(self) -> bool:
        is_led = bool(self._place.leaders) or not self._needs_leader
        return is_led and len(self._place.members) > 1 and not self._leg.holds

    def _on_the_bridge(self) -> Media:
        seat = partial(self._place.seat, self._leg.id, is_muted=self._is_muted)
        return Media(MediaKind.BRIDGE, [self._leg], lambda _: seat(), registry=self._call.home.media)

    async def _hear_who_came(self) -> None:
        """A tone beside the talk for those who came or left since."""
        before, self._seen = self._seen, tuple(self._place.members)
        if len(self._seen) == len(before):
            return
        tone = SOMEBODY_CAME if len(self._seen) > len(before) else SOMEBODY_LEFT
        with notice(self._call.home, self._leg, tone) as playing:
            await playing.finished.wait()

    async def _next_key(self) -> str | None:
        """The next key; None when somebody came or left, or she takes the room on hold or off it."""
        key: str | None = None
        if self._seen != tuple(self._place.members):
            return key
        async with trio.open_nursery() as nursery:

            async def listen() -> None:
                nonlocal key
                match await self._leg.next_fact():
                    case Digit(digit=digit):
                        key = digit
                nursery.cancel_scope.cancel()

            nursery.start_soon(listen)
            await self._place.changed.wait()
            nursery.cancel_scope.cancel()
        return key
