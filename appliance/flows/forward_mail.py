"""Forwarding a message to another box by phone, as it is or after a comment of one's own."""

from __future__ import annotations

from appliance.calls.call import Call
from appliance.calls.ports import BEEP, Phrase, VoiceMessage
from appliance.calls.story import ForwardedMessage
from appliance.errors import PorterError
from appliance.flows.keys import END_OF_NUMBER, collect_digits, key_before
from appliance.routing.box_room import room_seconds
from appliance.routing.boxes import Box, box_numbered

MOST_NUMBER_DIGITS = 6

COMMENT = "1"
THINKING_SECONDS = 5.0
"""How long one may think about a comment; then the message is forwarded without."""

LONGEST_SECONDS = 120.0
SHORTEST_SECONDS = 1.0
"""Less is no comment."""


async def forward_message(call: Call, box: Box, message: VoiceMessage) -> Phrase:
    """Ask for a box and a comment, and copy the message there; what to say of it.

    Whoever hangs up before the end has forwarded nothing; the message stays where it is in any case.
    """
    with call.play(call.principal, Phrase("forward-to-number", box.language)):
        to = box_numbered(call.home.configuration, await mailbox_number(call))
    if to is None or to.key == box.key:
        return Phrase("number-unknown", box.language)
    if room_seconds(to.rules, await call.home.ports.mailboxes.messages(to.key)) < message.seconds:
        return Phrase("mailbox-full", box.language)
    by = call.caller.number
    mail_to = to.email or "" if call.home.configuration.mail is not None else ""
    try:
        comment = await _comment(call, box)
        await call.home.ports.mailboxes.forward(message.id, to.key, by=by, mail_to=mail_to, comment=comment)
    except PorterError:
        return Phrase("cannot-record", box.language)
    call.tell(ForwardedMessage(box=box.key, to=to.key))
    return Phrase("message-forwarded", box.language)


async def mailbox_number(call: Call) -> str:
    """The number of a box, as it is keyed in."""
    return await collect_digits(call.principal, most=MOST_NUMBER_DIGITS, first_seconds=10, between_seconds=3)


async def _comment(call: Call, box: Box) -> str | None:
    """Path of what is to be heard before the message; None: nothing. Raises `PorterError` when there is no room."""
    leg, scratch = call.principal, call.home.ports.scratch
    keys = COMMENT + END_OF_NUMBER
    with call.play(leg, Phrase("forward-comment-menu", box.language)) as playing:
        key = await key_before(leg, keys, playing.finished)
    if (key or await key_before(leg, keys, seconds=THINKING_SECONDS)) != COMMENT:
        return None
    path = await scratch.new_recording()
    call.at_end.append(lambda: scratch.discard_soon(path))
    with call.play(leg, Phrase("speak-comment", box.language), BEEP) as playing:
        await playing.finished.wait()
    leg.forget_facts()
    with call.record(leg, path) as recording:
        await key_before(leg, END_OF_NUMBER, recording.finished, seconds=LONGEST_SECONDS)
    return path if recording.seconds >= SHORTEST_SECONDS else None
