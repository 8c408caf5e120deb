"""Letting a visitor in by SMS: the answer "OPEN" and the code of this ring, from the number that was asked.

The sender only selects whose code is meant (CHECKLIST A17, A18); the door process knows the code, its time and its use.
"""

from __future__ import annotations

import logging
import re
from datetime import datetime
from functools import cache

from appliance.calls.ports import ReceivedSms
from appliance.calls.story import DoorAsked
from appliance.errors import PorterError
from appliance.office import Office
from appliance.routing.numbering import caller_number
from appliance.services.sms_commands import OLDEST, WORDS, Command
from appliance.services.words import InAllLanguages, load_words

log = logging.getLogger(__name__)

_CODE = re.compile(r"[0-9]{4,12}")


def code_in(text: str) -> str | None:
    """The code of an answer such as "OPEN 4821", in any language and case; None when it is none."""
    match text.lower().split():
        case [word, code] if WORDS.get(word) is Command.OPEN and _CODE.fullmatch(code):
            return code
    return None


async def let_in_by_sms(office: Office, sms: ReceivedSms, now: datetime | None) -> bool:
    """Obey an answer to a question by SMS; False when the message is none.

    An old message opens nothing: it may have waited in the network while the visitor went away.
    """
    code = code_in(sms.text)
    number = caller_number(office.configuration.country, sms.sender)
    asked = office.places.asked_by_sms.get(number)
    if code is None or asked is None:
        return False
    if now is not None and sms.sent_at is not None and now - sms.sent_at > OLDEST:
        log.warning("door %s: an answer of %s came too late", asked.door, number)
        return True
    answer = await office.ports.doors.request_open(
        asked.door, channel="sms", person=number, code=code, call_id=None, leg_side=""
    )
    if (call := office.calls.get(asked.ring)) is not None:
        call.tell(DoorAsked(door=asked.door, by=number, granted=answer.granted, reason=answer.reason))
    if answer.granted:
        office.places.asked_by_sms.pop(number, None)
    await _reply(office, number, asked.door, granted=answer.granted, line=sms.line)
    return True


async def _reply(office: Office, number: str, door: str, *, granted: bool, line: str) -> None:
    configuration = office.configuration
    title = configuration.doors[door].name if door in configuration.doors else door
    text = _words()["door.unlocked" if granted else "door.locked"].text(configuration.language)
    try:
        await office.ports.outbox.send_sms(number, text.format_map({"name": title}), line=line)
    except PorterError as error:
        log.error("door %s: %s is not told: %s", door, number, error)


@cache
def _words() -> dict[str, InAllLanguages]:
    return load_words("sms.yaml", dict[str, InAllLanguages])
