"""Recording a talk: on demand by keys, or always; the parties learn of it as the settings say."""

from __future__ import annotations

import logging
from pathlib import PurePath

from appliance.calls.beside import notice, record_talk
from appliance.calls.leg import Leg
from appliance.calls.ports import BEEP, Phrase, Prompt, TalkRecording, Tone
from appliance.calls.story import RecordingBegan, RecordingEnded, RecordingRefused
from appliance.calls.talk import Conversation
from appliance.config.models import RecordingNotice, RecordTalks
from appliance.errors import PorterError
from appliance.routing.recording import recording_of

log = logging.getLogger(__name__)

SHORTEST_SECONDS = 1.0
"""Less is somebody who pressed the keys twice."""

ENDED = Tone((350,), on_ms=400)
"""Lower than the beep at the beginning."""

BYTES_A_MEGABYTE = 1_000_000


async def record_if_always(conversation: Conversation) -> None:
    """Begin to record a talk of somebody whose talks are always recorded."""
    if _rule(conversation) is RecordTalks.ALWAYS and conversation.stop_recording is None:
        await _begin(conversation, by=None)


async def switch_recording(conversation: Conversation, by: Leg) -> None:
    """Begin to record, or end it; who asks hears why it cannot be."""
    rule = _rule(conversation)
    if rule is RecordTalks.NEVER:
        conversation.call.tell(RecordingRefused(by=by.party.shown, reason="never recorded"))
        _tell(conversation, by, "cannot-record-talk")
    elif conversation.stop_recording is None:
        await _begin(conversation, by=by)
    elif rule is RecordTalks.ALWAYS:
        _tell(conversation, by, "talk-is-recorded")
    else:
        conversation.stop_recording()
        _sound(conversation, by, ENDED)


def _rule(conversation: Conversation) -> RecordTalks:
    home = conversation.call.home
    served = filter(None, (home.agents.team_of(leg) for leg in conversation.legs))
    return recording_of(home.configuration, (leg.party for leg in conversation.legs), served)


async def _begin(conversation: Conversation, *, by: Leg | None) -> None:
    call = conversation.call
    settings = call.home.configuration.recordings
    asked_by = "" if by is None else by.party.shown
    try:
        path = await call.home.ports.recordings.new_recording(
            call.id, most_bytes=settings.most_megabytes * BYTES_A_MEGABYTE
        )
    except PorterError as error:
        log.error("call %s: a talk could not be recorded: %s", call.id, error)
        call.tell(RecordingRefused(by=asked_by, reason=str(error)))
        if by is not None:
            _tell(conversation, by, "cannot-record-talk")
        return
    if conversation.stop_recording is not None:
        # Both parties asked at the same time.
        call.home.ports.recordings.discard_soon(path)
        return
    _record(conversation, path, by)
    call.tell(RecordingBegan(by=asked_by))
    for leg in conversation.legs:
        match settings.notice:
            case RecordingNotice.ANNOUNCE:
                _tell(conversation, leg, "talk-is-recorded")
            case RecordingNotice.BEEP:
                _sound(conversation, leg, BEEP)


def _record(conversation: Conversation, path: str, by: Leg | None) -> None:
    """Record until the talk is over or `stop_recording` is called, whichever comes first; then the file is kept."""
    call = conversation.call
    parties = tuple(leg.party.shown for leg in conversation.legs)
    began_at = call.home.ports.clock.wall()
    recording = record_talk(call.home, conversation.legs, path)

    def stop() -> None:
        if conversation.stop_recording is None:
            return
        conversation.stop_recording = None
        recording.close()
        if recording.seconds < SHORTEST_SECONDS:
            call.home.ports.recordings.discard_soon(path)
            return
        kept = TalkRecording(
            id=PurePath(path).stem,
            call=call.id,
            path=path,
            by="" if by is None else by.party.number,
            parties=parties,
            began_at=began_at,
            seconds=recording.seconds,
        )
        call.home.ports.recordings.keep_soon(kept)
        call.tell(RecordingEnded(recording=kept.id, seconds=kept.seconds))

    conversation.stop_recording = stop
    conversation.lasting.callback(stop)


def _tell(conversation: Conversation, leg: Leg, phrase: str) -> None:
    _sound(conversation, leg, Phrase(phrase, conversation.call.language_of(leg)))


def _sound(conversation: Conversation, leg: Leg, prompt: Prompt) -> None:
    """Let one party hear something over the talk."""
    conversation.lasting.enter_context(notice(conversation.call.home, leg, prompt))
