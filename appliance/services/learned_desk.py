"""What real calls taught of lines: shown, and forgotten when somebody asks."""

from __future__ import annotations

import logging

import msgspec

from appliance.calls.ports import LearningLine, LineStatus
from appliance.control.faults import RequestFailed
from appliance.control.learned_messages import ForgetLine, LiveLearned
from appliance.control.messages import Fault
from appliance.office import Office

log = logging.getLogger(__name__)


def learned_now(status: LineStatus | None) -> LiveLearned | None:
    """What a line has learned, for observers."""
    if status is None or status.learned is None:
        return None
    return msgspec.convert(msgspec.to_builtins(status.learned), LiveLearned)


def forget_line(office: Office, request: ForgetLine) -> None:
    """Have a line forget what calls taught it; raises `RequestFailed` for one that learns nothing."""
    line = office.ports.lines.get(request.line)
    if not isinstance(line, LearningLine):
        cause = f"There is no analog line {request.line}."
        raise RequestFailed(Fault("no_such_line", cause, "`porter status` lists the lines; others learn nothing."))
    line.forget()
    log.info("line %s: what it learned was forgotten by %s", request.line, request.by)
