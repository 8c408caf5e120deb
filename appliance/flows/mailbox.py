"""Listening to voicemail by phone: new messages first, with keys to repeat, skip, delete and restore."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome, PartyKind
from appliance.calls.ports import Counted, Moment, Phrase, Prompt, Recorded, Said, SpelledDigits, VoiceMessage
from appliance.calls.story import ListenedToMail
from appliance.config.models import Extension, Language
from appliance.flows.announce import announce
from appliance.flows.keys import collect_digits, key_before

REPEAT, NEXT, DELETE, LEAVE = "1", "2", "7", "#*"
KEYS = REPEAT + NEXT + DELETE + LEAVE

THINKING_SECONDS = 5.0
"""How long a listener may think after the menu; then the next message is played."""

PIN_TRIES = 3
PIN_MOST_DIGITS = 12


async def listen_to_mail(call: Call, box: str) -> Then:
    """Play a mailbox to the principal, who is its owner or knows its PIN."""
    leg = call.principal
    person = call.home.configuration.extensions.get(box)
    if person is None or not person.voicemail:
        return Next(announce, Phrase("number-unknown", call.language), Outcome.UNKNOWN)
    language = person.language or call.settings.language
    leg.answer()
    leg.forget_facts()
    is_owner = call.caller.kind is PartyKind.EXTENSION and call.caller.number == box
    if not is_owner and not await _knows_pin(call, person, language):
        return Next(announce, Phrase("pin-wrong", language), Outcome.REFUSED)
    call.talk_began()
    messages = sorted(await call.home.ports.mailboxes.messages(box), key=lambda message: message.heard)
    listening = _Listening(call, language)
    try:
        await listening.hear_count(messages)
        await listening.hear_all(messages)
    finally:
        listening.delete_marked()
        call.tell(ListenedToMail(box=box, messages=len(listening.heard)))
    return Next(announce, Phrase("goodbye", language))


async def _knows_pin(call: Call, person: Extension, language: Language) -> bool:
    """Ask for the PIN of a box; one without a PIN is only for its owner."""
    leg = call.principal
    if not person.voicemail_pin:
        return False
    for attempt in range(PIN_TRIES):
        phrases = [Phrase("pin-wrong", language)] if attempt else []
        with call.play(leg, *phrases, Phrase("enter-pin", language)):
            typed = await collect_digits(leg, most=PIN_MOST_DIGITS, first_seconds=15, between_seconds=5)
        if typed == person.voicemail_pin:
            return True
    return False


class _Listening:
    """One person who listens to messages: what was heard, and what is marked to be deleted when he leaves."""

    def __init__(self, call: Call, language: Language) -> None:
        self.heard: list[str] = []
        self._call = call
        self._language = language
        self._marked: set[str] = set()

    async def hear_count(self, messages: Sequence[VoiceMessage]) -> None:
        new = sum(not message.heard for message in messages)
        prompts = [Counted("new-messages", new, self._language)]
        if len(messages) > new:
            prompts.append(Counted("old-messages", len(messages) - new, self._language))
        await self._hear(*prompts)

    async def hear_all(self, messages: Sequence[VoiceMessage]) -> None:
        for message in messages:
            if await self._hear_one(message) in LEAVE:
                return
        if messages:
            await self._hear(Phrase("no-more-messages", self._language))

    async def _hear_one(self, message: VoiceMessage) -> str:
        """Play a message until the listener goes on; the key that ended it, `NEXT` when none did."""
        introduced = (*self._introduction(message), Recorded(message.path))
        prompts: Sequence[Prompt] = introduced
        while True:
            key = await self._hear(*prompts)
            if key is None or key not in LEAVE:
                await self._was_heard(message)
            key = key or await self._menu()
            match key:
                case "1":
                    prompts = introduced
                case "7":
                    prompts = [Phrase(self._mark(message), self._language)]
                case _:
                    return key

    async def _hear(self, *prompts: Prompt) -> str | None:
        """Play until the end or a key of the menu, which cuts it short."""
        leg = self._call.principal
        with self._call.play(leg, *prompts) as playing:
            return await key_before(leg, KEYS, playing.finished)

    async def _menu(self) -> str:
        leg = self._call.principal
        with self._call.play(leg, Phrase("mailbox-menu", self._language)) as playing:
            key = await key_before(leg, KEYS, playing.finished)
        return key or await key_before(leg, KEYS, seconds=THINKING_SECONDS) or NEXT

    async def _was_heard(self, message: VoiceMessage) -> None:
        if message.id not in self.heard:
            self.heard.append(message.id)
            await self._call.home.ports.mailboxes.mark_heard(message.id)

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
            self._call.home.ports.mailboxes.delete_soon(message_id)

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
