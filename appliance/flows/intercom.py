"""Speaking to somebody without ringing: the phones answer by themselves. One person, or all of a group at once."""

from __future__ import annotations

import trio

from appliance.calls.call import Call, Next, Then
from appliance.calls.leg import Leg
from appliance.calls.media import Media, MediaKind
from appliance.calls.names import Outcome, Party, PartyKind
from appliance.calls.ports import BEEP, CallerShown, Contact, Phrase
from appliance.calls.ringing import Inside
from appliance.calls.story import Paged
from appliance.calls.talk import talk
from appliance.config.changes import with_person
from appliance.config.models import Configuration
from appliance.errors import PorterError
from appliance.flows.announce import announce
from appliance.routing.numbering import DialledExtension, DialledGroup, classify_dialled

ANSWER_SECONDS = 5.0
"""A phone that can answer by itself has done so by then."""

PAGE_SECONDS = 60.0
"""Nobody speaks longer to a whole house; a receiver that lies beside its phone would."""


async def intercom(call: Call, number: str) -> Then:
    """Speak to a person, who hears and is heard at once, or to a group, who only hear."""
    match classify_dialled(call.home.configuration, number):
        case DialledExtension(number=extension):
            return await _speak_to(call, extension)
        case DialledGroup(name=name):
            return await _page(call, name)
        case _:
            return Next(announce, Phrase("number-unknown", call.language), Outcome.UNKNOWN)


async def switch_intercom(call: Call, on: bool) -> Then:
    """Let the caller's own phones answer by themselves from now on, or no more."""

    def changed(current: Configuration) -> Configuration:
        return with_person(current, call.caller.number, intercom=on)

    try:
        await call.home.change_settings(changed, by=call.caller.number)
    except PorterError:
        return Next(announce, Phrase("not-changed", call.language), Outcome.FAILED)
    return Next(announce, Phrase("intercom-on" if on else "intercom-off", call.language))


async def _speak_to(call: Call, number: str) -> Then:
    if _answers_by_itself(call, number):
        async with call.ringing(_shown(call)) as ringing:
            ringing.only([Inside(number)])
            if winner := await ringing.answer(within=ANSWER_SECONDS):
                return Next(talk, winner)
    return Next(announce, Phrase("intercom-refused", call.language), Outcome.BUSY)


async def _page(call: Call, name: str) -> Then:
    group = call.home.configuration.ring_groups[name]
    call.principal.answer()
    page = _Page(call)
    async with trio.open_nursery() as nursery:
        for contact, party in await _phones(call, group.members):
            nursery.start_soon(page.reach, contact, party)
        with call.play(call.principal, Phrase("speak-after-tone", call.language), BEEP) as playing:
            await playing.finished.wait()
        await page.speak()
        nursery.cancel_scope.cancel()
    call.tell(Paged(group=group.name, people=page.most))
    if not page.most:
        return Next(announce, Phrase("nobody-can-hear", call.language), Outcome.UNREACHABLE)
    return None


async def _phones(call: Call, members: tuple[str, ...]) -> list[tuple[Contact, Party]]:
    """Every phone of those members who may be spoken to unasked."""
    found = []
    for number in members:
        if _answers_by_itself(call, number):
            person = call.home.configuration.extensions[number]
            party = Party(kind=PartyKind.EXTENSION, number=number, name=person.name)
            for account in person.phones:
                found += [(contact, party) for contact in await call.home.ports.switch.contacts(account)]
    return found


def _answers_by_itself(call: Call, number: str) -> bool:
    """Whether somebody may be spoken to unasked: not who has switched that off, wants quiet, or is on the phone."""
    person = call.home.configuration.extensions.get(number)
    if person is None or not person.intercom or person.do_not_disturb:
        return False
    inside = (leg.party for leg in call.home.legs.values() if leg.party.kind is PartyKind.EXTENSION)
    return all(party.number != number for party in inside)


def _shown(call: Call) -> CallerShown:
    party = call.principal.party
    return CallerShown(number=party.number, name=party.name, answers_itself=True)


class _Page:
    """The phones that are to hear an announcement, and the one voice they hear."""

    def __init__(self, call: Call) -> None:
        self.most = 0
        """How many heard it at once, at most."""
        self._call = call
        self._dialled: set[Leg] = set()
        self._listening: list[Leg] = []
        self._has_begun = False
        self._changed = trio.Event()
        self._media: Media | None = None

    async def reach(self, contact: Contact, party: Party) -> None:
        """Dial one phone, which listens from its answer until it hangs up."""
        call, switch = self._call, self._call.home.ports.switch
        leg = call.home.new_leg(switch, party, incoming=False)
        if not call.adopt(leg):
            leg.hang_up()
            return
        self._dialled.add(leg)
        switch.dial(leg, contact, _shown(call))
        try:
            with trio.move_on_after(ANSWER_SECONDS):
                await _either(leg.answered, leg.gone)
            if leg.is_answered:
                self._listening.append(leg)
                self._connect()
                await leg.gone.wait()
                self._listening.remove(leg)
        finally:
            leg.hang_up()
            self._dialled.discard(leg)
            self._connect()

    async def speak(self) -> None:
        """Let those hear who have answered, and who still do, until nobody is left or the time is over."""
        self._has_begun = True
        self._connect()
        try:
            with trio.move_on_after(PAGE_SECONDS):
                while self._dialled:
                    self._changed = trio.Event()
                    await self._changed.wait()
        finally:
            self._has_begun = False
            if self._media is not None:
                self._media.close()

    def _connect(self) -> None:
        self._changed.set()
        if not self._has_begun or not self._listening:
            return
        if not self.most:
            self._call.talk_began()
        self.most = max(self.most, len(self._listening))
        sound = self._call.home.ports.sound
        self._media = Media(
            MediaKind.BRIDGE,
            [self._call.principal, *self._listening],
            lambda legs: sound.tap(legs[0].id, (), spoken_to=[leg.id for leg in legs[1:]]),
            registry=self._call.home.media,
        )


async def _either(one: trio.Event, other: trio.Event) -> None:
    async with trio.open_nursery() as nursery:

        async def until(event: trio.Event) -> None:
            await event.wait()
            nursery.cancel_scope.cancel()

        nursery.start_soon(until, one)
        nursery.start_soon(until, other)
