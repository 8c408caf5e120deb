"""The modem of a line for observers."""

from __future__ import annotations

from typing import Any

import msgspec

from appliance.calls.ports import LineReason, LineStatus
from appliance.config.models import DEFAULT_PROFILE, FxoLine, GsmLine, LineModel
from appliance.control.controller_messages import LiveModem, Trouble


def modem_now(settings: LineModel, status: LineStatus | None) -> dict[str, Any]:
    """What `LiveLine` says beyond other kinds of lines."""
    why = status.why if status is not None else None
    now = status.modem if status is not None else None
    return {
        "profile": settings.profile or DEFAULT_PROFILE if isinstance(settings, GsmLine | FxoLine) else "",
        "reason_code": why.code if why is not None else "",
        "reason_value": why.value if why is not None else "",
        "modem": None if now is None else LiveModem(**msgspec.structs.asdict(now)),
    }


def trouble_of_line(name: str, status: LineStatus) -> Trouble:
    """Why a line is offline."""
    why = status.why or LineReason("")
    return Trouble(where=f"line {name}", cause=status.reason, next_step="", code=why.code, value=why.value)
