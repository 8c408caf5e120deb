"""Leaving a voicemail: greeting, beep, record. A message is kept however the recording ends."""

from __future__ import annotations

import logging
from pathlib import PurePath
from typing import NamedTuple

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome, PartyKind
from appliance.calls.ports import BEEP, Phrase, Prompt, Recorded, VoiceMessage
from appliance.calls.story import LeftMessage, MailboxFull, NoMessage
from appliance.config.models import Language
from appliance.errors import PorterError
from appliance.flows.announce import announce
from appliance.flows.keys import END_OF_NUMBER, key_before
from appliance.flows.mailbox import listen_to_mail
from appliance.flows.owner_notices import tell_owners
from appliance.routing.box_room import room_seconds
from appliance.routing.boxes import Box, Greeting, box_of, greeting_for
from appliance.routing.owner_notices import OwnerNotice

log = logging.getLogger(__name__)

SHORTEST_SECONDS = 2.0
"""Less is somebody who changed his mind, or a line that was cut while we greeted."""

LONGEST_SECONDS = 180.0

OPERATOR, OWNER = "0", "*"

SPOKEN = {
    Greeting.BUSY: "greeting-busy",
    Greeting.NO_ANSWER: "greeting-no-answer",
    Greeting.UNREACHABLE: "greeting-unreachable",
    Greeting.CLOSED: "greeting-closed",
}
"""What is said before the request for a message where the owner has recorded nothing."""


class Recording(NamedTuple):
    """How a recording ended."""

    is_kept: bool
    key: str | None
    """What was pressed to end it."""
    is_cut: bool
    """Whether it lasted as long as it may."""


async def leave_message(call: Call, key: str, operator: Next | None = None) -> Then:
    """Answer, greet, and record the principal until a key, long silence, hanging up or the most seconds.

    `#` during the greeting goes straight to the beep, and afterwards ends the message. `0` reaches the operator at any
    time; what was said until then is kept. `*` during the greeting lets the owner in, who keys in the PIN.

    Args:
        key: Of the box; see `routing.boxes`.
        operator: What follows the key for the operator, and a box that is full; None: nothing does.
    """
    box = box_of(call.home.configuration, key)
    if box is None:
        return Outcome.UNREACHABLE
    greeting = greeting_for(call.outcome, call.story)
    language = call.principal.language or box.language
    leg, mailboxes = call.principal, call.home.ports.mailboxes
    leg.answer()
    leg.forget_facts()
    messages = await mailboxes.messages(key)
    room = room_seconds(box.rules, messages)
    if not room:
        call.tell(MailboxFull(box=key))
        call.home.places.full_boxes[key] = len(messages)
        await tell_owners(call, box, OwnerNotice.FULL)
        return Next(announce, Phrase("mailbox-full", language), operator or Outcome.FAILED)
    call.talk_began()
    pressed = await _greet(call, box, greeting, language)
    if pressed == OPERATOR and operator is not None:
        return _to(call, operator)
    if pressed == OWNER:
        return Next(listen_to_mail, key)
    try:
        path = await mailboxes.new_recording(key)
    except PorterError as error:
        call.tell(NoMessage(box=key))
        return _cannot_record(call, error, language)
    recording = await _record(call, box, path, min(room, LONGEST_SECONDS))
    if recording.key == OPERATOR and operator is not None:
        return _to(call, operator)
    said = "message-cut" if recording.is_cut and room < LONGEST_SECONDS else "message-kept"
    return Next(announce, Phrase(said, language)) if recording.is_kept else None


def _to(call: Call, operator: Next) -> Next:
    """A key begins a new trail: who goes to and fro by his own will does not go round in circles."""
    call.trail.clear()
    return operator


async def _greet(call: Call, box: Box, reason: Greeting, language: Language) -> str | None:
    """Play the greeting; the key that ended it. Hanging up cancels this."""
    own = await call.home.ports.mailboxes.greeting(box.key, reason)
    spoken: list[Prompt] = [Phrase(SPOKEN[reason], language)] if reason in SPOKEN else []
    at_door = call.principal.party.kind is PartyKind.DOOR
    invitation = "leave-message-at-the-door" if at_door else "voicemail-greeting"
    greeting = [Recorded(own)] if own is not None else [*spoken, Phrase(invitation, language)]
    hung_up = True
    try:
        with call.play(call.principal, *greeting) as playing:
            key = await key_before(call.principal, _keys(call), playing.finished)
        hung_up = False
        return key
    finally:
        if hung_up:
            call.tell(NoMessage(box=box.key))


def _keys(call: Call) -> str:
    """What ends a greeting; nobody in the street is let near a mailbox, nor calls the operator by a whistle."""
    return "" if call.principal.party.kind is PartyKind.DOOR else END_OF_NUMBER + OPERATOR + OWNER


async def _record(call: Call, box: Box, path: str, longest_seconds: float) -> Recording:
    """Beep and record.

    Hanging up cancels this step, so the message is handed to the store in the cleanup.
    """
    leg, kept, key = call.principal, False, None
    recording = None
    is_over = False
    try:
        with call.play(leg, BEEP) as beeping:
            await beeping.finished.wait()
        leg.forget_facts()
        with call.record(leg, path) as recording:
            keys = _keys(call).replace(OWNER, "")
            key = await key_before(leg, keys, recording.finished, seconds=longest_seconds)
            is_over = recording.finished.is_set()
    finally:
        seconds = recording.seconds if recording is not None else 0.0
        kept = _keep(call, box, path, seconds)
    return Recording(kept, key, is_cut=key is None and not is_over)


def _keep(call: Call, box: Box, path: str, seconds: float) -> bool:
    mailboxes = call.home.ports.mailboxes
    if seconds < SHORTEST_SECONDS:
        mailboxes.discard_soon(path)
        call.tell(NoMessage(box=box.key))
        return False
    mailboxes.keep_soon(
        VoiceMessage(
            id=PurePath(path).stem,
            box=box.key,
            path=path,
            caller=call.principal.party.number,
            caller_name=call.principal.party.name,
            left_at=call.home.ports.clock.wall(),
            seconds=seconds,
            mail_to=mail_for(call, box),
        )
    )
    call.tell(LeftMessage(box=box.key, seconds=seconds))
    return True


def mail_for(call: Call, box: Box) -> str:
    """Where messages of a box are sent by mail; "" where they are not, or the office sends no mail."""
    return box.email or "" if call.home.configuration.mail is not None else ""


def _cannot_record(call: Call, error: PorterError, language: Language) -> Next:
    log.error("call %s: no voicemail could be recorded: %s", call.id, error)
    return Next(announce, Phrase("cannot-record", language), Outcome.FAILED)
