"""What the page and the command ask about doors: open one, and acknowledge what happened there."""

from __future__ import annotations

from appliance.control.controller_messages import DoorAnswered, OpenDoor
from appliance.control.faults import RequestFailed
from appliance.control.messages import Done, Fault
from appliance.control.notice_messages import AcknowledgeNotice
from appliance.control.server import Asker
from appliance.office import Office
from appliance.services.notices import NoticeDesk


class DoorDesk:
    """Hands wishes on to the door process, and to the notices."""

    def __init__(self, office: Office, notices: NoticeDesk) -> None:
        self._office = office
        self._notices = notices

    async def handle(self, request: OpenDoor | AcknowledgeNotice, asker: Asker) -> DoorAnswered | Done:
        match request:
            case OpenDoor():
                return await self._open(request, asker)
            case AcknowledgeNotice(id=id, by=by):
                if not self._notices.acknowledge(id, by=by):
                    raise RequestFailed(Fault("no_such_notice", "Somebody has acknowledged this already.", ""))
        return Done()

    async def _open(self, request: OpenDoor, asker: Asker) -> DoorAnswered:
        channel = "page" if asker.role == "web" else "code"
        answer = await self._office.ports.doors.request_open(
            request.door, channel=channel, person=request.person, code=request.code, call_id=None, leg_side=""
        )
        return DoorAnswered(answer.granted, answer.reason)
