"""Leaving a voicemail: greeting, beep, record. A message is kept however the recording ends."""

from __future__ import annotations

import logging
from pathlib import PurePath

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome
from appliance.calls.ports import BEEP, Phrase, Recorded, VoiceMessage
from appliance.calls.story import LeftMessage, NoMessage
from appliance.config.models import Language
from appliance.errors import PorterError
from appliance.flows.announce import announce
from appliance.flows.keys import END_OF_NUMBER, key_before

log = logging.getLogger(__name__)

SHORTEST_SECONDS = 2.0
"""Less is somebody who changed his mind, or a line that was cut while we greeted."""

LONGEST_SECONDS = 180.0


async def leave_message(call: Call, box: str) -> Then:
    """Answer, greet, and record the principal until `#`, long silence, hanging up or the most seconds.

    `#` during the greeting goes straight to the beep.
    """
    person = call.home.configuration.extensions.get(box)
    if person is None or not person.voicemail:
        return Outcome.UNREACHABLE
    leg, mailboxes = call.principal, call.home.ports.mailboxes
    language = leg.language or person.language or call.settings.language
    leg.answer()
    leg.forget_facts()
    call.talk_began()
    await _greet(call, box, language)
    try:
        path = await mailboxes.new_recording(box)
    except PorterError as error:
        call.tell(NoMessage(box=box))
        return _cannot_record(call, error, language)
    if not await _record(call, box, path):
        return None
    return Next(announce, Phrase("message-kept", language))


async def _greet(call: Call, box: str, language: Language) -> None:
    own = await call.home.ports.mailboxes.greeting(box)
    greeting = Recorded(own) if own is not None else Phrase("voicemail-greeting", language)
    with call.play(call.principal, greeting) as playing:
        await key_before(call.principal, END_OF_NUMBER, playing.finished)


async def _record(call: Call, box: str, path: str) -> bool:
    """Beep and record; whether there is a message.

    Hanging up cancels this step, so the message is handed to the store in the cleanup.
    """
    leg, kept = call.principal, False
    recording = None
    try:
        with call.play(leg, BEEP) as beeping:
            await beeping.finished.wait()
        leg.forget_facts()
        with call.record(leg, path) as recording:
            await key_before(leg, END_OF_NUMBER, recording.finished, seconds=LONGEST_SECONDS)
    finally:
        seconds = recording.seconds if recording is not None else 0.0
        kept = _keep(call, box, path, seconds)
    return kept


def _keep(call: Call, box: str, path: str, seconds: float) -> bool:
    mailboxes = call.home.ports.mailboxes
    if seconds < SHORTEST_SECONDS:
        mailboxes.discard_soon(path)
        call.tell(NoMessage(box=box))
        return False
    mailboxes.keep_soon(
        VoiceMessage(
            id=PurePath(path).stem,
            box=box,
            path=path,
            caller=call.principal.party.number,
            caller_name=call.principal.party.name,
            left_at=call.home.ports.clock.wall(),
            seconds=seconds,
        )
    )
    call.tell(LeftMessage(box=box, seconds=seconds))
    return True


def _cannot_record(call: Call, error: PorterError, language: Language) -> Next:
    log.error("call %s: no voicemail could be recorded: %s", call.id, error)
    return Next(announce, Phrase("cannot-record", language), Outcome.FAILED)
