"""Listening to voicemail by phone: new messages first, with keys to repeat, go on, forward, call back and delete."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome, PartyKind
from appliance.calls.ports import Counted, Moment, Phrase, Prompt, Recorded, Said, SpelledDigits, VoiceMessage
from appliance.calls.story import ListenedToMail
from appliance.flows.announce import announce
from appliance.flows.forward_mail import forward_message, mailbox_number
from appliance.flows.greetings import record_greetings
from appliance.flows.keys import key_before
from appliance.flows.outside import call_outside
from appliance.flows.owner_notices import tell_owners
from appliance.flows.pin import ask_pin
from appliance.flows.questions import key_after
from appliance.routing.box_room import room_seconds, used_share
from appliance.routing.boxes import Box, box_numbered, box_of, boxes_of
from appliance.routing.owner_notices import OwnerNotice

REPEAT, NEXT, FORWARD, CALL_BACK, DELETE, LEAVE = "1", "2", "3", "5", "7", "#*"
KEYS = REPEAT + NEXT + FORWARD + CALL_BACK + DELETE + LEAVE

GREETINGS, BIN = "1", "2"

NEARLY_FULL = 0.9
"""From this share on the owner is told to delete something."""

THINKING_SECONDS = 5.0
"""How long a listener may think after the menu; then the next message is played."""


async def my_mail(call: Call) -> Then:
    """Play the caller's own box, and then those of groups she belongs to that have messages."""
    boxes = boxes_of(call.home.configuration, call.caller.number)
    if not boxes:
        return Next(announce, Phrase("number-unknown", call.language), Outcome.UNKNOWN)
    call.principal.answer()
    call.principal.forget_facts()
    return await _listen(call, boxes)


async def any_mail(call: Call, number: str = "") -> Then:
    """Play the box of a number, which is asked for when it is missing."""
    if not number:
        call.principal.answer()
        with call.play(call.principal, Phrase("mailbox-number", call.language)):
            number = await mailbox_number(call)
    box = box_numbered(call.home.configuration, number)
    if box is None:
        return Next(announce, Phrase("number-unknown", call.language), Outcome.UNKNOWN)
    return await listen_to_mail(call, box.key)


async def listen_to_mail(call: Call, key: str) -> Then:
    """Play a box to the principal, who is one of its members at her own phone, or knows its PIN."""
    box = box_of(call.home.configuration, key)
    if box is None:
        return Next(announce, Phrase("number-unknown", call.language), Outcome.UNKNOWN)
    call.principal.answer()
    call.principal.forget_facts()
    is_member = call.caller.kind is PartyKind.EXTENSION and call.caller.number in box.members
    if not is_member and not await _knows_pin(call, box):
        return Next(announce, Phrase("pin-wrong", box.language), Outcome.REFUSED)
    return await _listen(call, [box])


async def _knows_pin(call: Call, box: Box) -> bool:
    """Ask for the PIN of a box; one without a PIN is only for its members, one that was guessed at too often rests."""
    wrong_pins, what = call.home.places.wrong_pins, f"voicemail:{box.key}"
    if box.pin is None or wrong_pins.is_locked(what):
        return False

    async def is_wrong() -> None:
        if wrong_pins.wrong(what):
            await tell_owners(call, box, OwnerNotice.PIN_GUESSED)

    call.principal.language = box.language
    if await ask_pin(call, "enter-pin", (box.pin,), is_wrong) is None:
        return False
    wrong_pins.right(what)
    return True


async def _listen(call: Call, boxes: Sequence[Box]) -> Then:
    call.talk_began()
    for box in boxes:
        listening = _Listening(call, box)
        messages = sorted(await call.home.ports.mailboxes.messages(box.key), key=lambda message: message.heard)
        if box is not boxes[0]:
            if not messages:
                continue
            await listening.hear(Said(box.name, box.language))
        try:
            await listening.hear_count(messages)
            then = await listening.hear_all(messages)
        finally:
            listening.delete_marked()
            call.tell(ListenedToMail(box=box.key, messages=len(listening.heard)))
        if then is not None:
            return then
    return Next(announce, Phrase("goodbye", boxes[0].language))


class _Listening:
    """One person who listens to one box: what was heard, and what is marked to be deleted when she leaves it."""

    def __init__(self, call: Call, box: Box) -> None:
        self.heard: list[str] = []
        self._call = call
        self._box = box
        self._language = box.language
        self._mailboxes = call.home.ports.mailboxes
        self._marked: set[str] = set()

    async def hear_count(self, messages: Sequence[VoiceMessage]) -> None:
        new = sum(not message.heard for message in messages)
        prompts: list[Prompt] = [Counted("new-messages", new, self._language)]
        if len(messages) > new:
            prompts.append(Counted("old-messages", len(messages) - new, self._language))
        if not room_seconds(self._box.rules, messages):
            prompts.append(Phrase("mailbox-is-full", self._language))
        elif used_share(self._box.rules, messages) >= NEARLY_FULL:
            prompts.append(Phrase("mailbox-nearly-full", self._language))
        await self.hear(*prompts)

    async def hear_all(self, messages: Sequence[VoiceMessage]) -> Next | None:
        """Play the messages and offer the rest; what follows for the call, None: the next box."""
        for message in messages:
            key = await self._hear_one(message)
            if key in LEAVE:
                return Next(announce, Phrase("goodbye", self._language))
            if key == CALL_BACK:
                return self._call_back(message)
        if messages:
            await self.hear(Phrase("no-more-messages", self._language))
        while choice := await self._choose("mailbox-end-menu", GREETINGS + BIN + LEAVE):
            match choice:
                case "1":
                    await record_greetings(self._call, self._box)
                case "2":
                    await self._hear_bin()
                case _:
                    return Next(announce, Phrase("goodbye", self._language))
        return None

    async def hear(self, *prompts: Prompt) -> str | None:
        """Play until the end or a key of the menu, which cuts it short."""
        leg = self._call.principal
        with self._call.play(leg, *prompts) as playing:
            return await key_before(leg, KEYS, playing.finished)

    async def _hear_one(self, message: VoiceMessage) -> str:
        """Play a message until the listener goes on; the key that ended it, `NEXT` when none did."""
        introduced = (*self._introduction(message), Recorded(message.path))
        prompts: Sequence[Prompt] = introduced
        while True:
            key = await self.hear(*prompts)
            if key is None or key not in LEAVE:
                await self._was_heard(message)
            key = key or await self._choose("mailbox-menu", KEYS) or NEXT
            match key:
                case "1":
                    prompts = introduced
                case "3":
                    prompts = [await forward_message(self._call, self._box, message)]
                case "7":
                    prompts = [Phrase(self._mark(message), self._language)]
                case "5" if not self._can_call_back(message):
                    prompts = [Phrase("cannot-call-back", self._language)]
                case _:
                    return key

    async def _choose(self, menu: str, keys: str) -> str | None:
        return await key_after(self._call, keys, Phrase(menu, self._language), seconds=THINKING_SECONDS)

    async def _hear_bin(self) -> None:
        """Play what was deleted; the key for deleting brings it back."""
        deleted = await self._mailboxes.messages(self._box.key, deleted=True)
        if not deleted:
            await self.hear(Phrase("no-more-messages", self._language))
        for message in deleted:
            key = await self.hear(*self._introduction(message), Recorded(message.path))
            key = key or await self._choose("mailbox-bin-menu", DELETE + NEXT + LEAVE)
            if key == DELETE:
                await self._mailboxes.restore(message.id)
                await self.hear(Phrase("message-restored", self._language))
            elif key is not None and key in LEAVE:
                return

    def _can_call_back(self, message: VoiceMessage) -> bool:
        """Only from a phone of the house that may call outside: a PIN alone must not open the lines."""
        caller = self._call.caller
        person = self._call.home.configuration.extensions.get(caller.number)
        is_inside = caller.kind is PartyKind.EXTENSION and person is not None and person.may_call_outside
        return is_inside and message.caller.startswith("+")

    def _call_back(self, message: VoiceMessage) -> Next:
        return Next(call_outside, message.caller)

    async def _was_heard(self, message: VoiceMessage) -> None:
        if message.id not in self.heard:
            self.heard.append(message.id)
            await self._mailboxes.mark_heard(message.id)

    def _mark(self, message: VoiceMessage) -> str:
        """Mark a message to be deleted, or take the mark away; the phrase that says so."""
        if message.id in self._marked:
            self._marked.discard(message.id)
            return "message-restored"
        self._marked.add(message.id)
        return "message-deleted"

    def delete_marked(self) -> None:
        """Carry the marks out; also when the listener hung up, so it must not wait."""
        for message_id in self._marked:
            self._mailboxes.delete_soon(message_id)

    def _introduction(self, message: VoiceMessage) -> list[Prompt]:
        """Who called, and when, as far as it is known."""
        language = self._language
        prompts: list[Prompt] = []
        if message.caller_name:
            prompts += [Phrase("message-from", language), Said(message.caller_name, language)]
        elif message.caller:
            prompts += [Phrase("message-from", language), SpelledDigits(message.caller.lstrip("+"), language)]
        else:
            prompts.append(Phrase("message-from-withheld", language))
        if message.left_at is not None:
            prompts.append(Moment(message.left_at, self._call.home.ports.clock.wall(), language))
        return prompts
