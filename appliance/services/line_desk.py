"""What page and command line ask of the mobile networks behind the lines."""

from __future__ import annotations

from functools import partial

import msgspec

from appliance.calls.ports import SimLine
from appliance.config.models import Configuration, GsmLine
from appliance.control.faults import RequestFailed
from appliance.control.line_messages import (
    AskNetwork,
    CheckDivert,
    DivertShown,
    LineRequest,
    NetworkAnswered,
    SetDivert,
)
from appliance.control.messages import Done, Fault
from appliance.errors import LineFailed
from appliance.office import Office, SettingsTaker

KEEP = "keep"


class LineDesk:
    """Carries out what is asked about lines."""

    def __init__(self, office: Office, change: SettingsTaker) -> None:
        self._office = office
        self._change = change

    async def handle(self, request: LineRequest) -> NetworkAnswered | DivertShown | Done:
        """Raises `RequestFailed` or `LineFailed` with the reason."""
        match request:
            case AskNetwork(line=name, code=code):
                reply = await self._line(name).ask_network(code)
                return NetworkAnswered(reply.text, reply.expects_reply)
            case CheckDivert(line=name):
                number = await self._line(name).check_divert()
                if number is None:
                    raise LineFailed(
                        f"The network did not tell the divert of line {name}.",
                        "Ask the operator whether diverts belong to the subscription.",
                    )
                return DivertShown(number)
            case SetDivert(line=name, number=number, by=by):
                self._line(name)
                await self._change(partial(diverted, name, number), by=by)
        return Done()

    def _line(self, name: str) -> SimLine:
        line = self._office.ports.lines.get(name)
        if isinstance(line, SimLine):
            return line
        raise RequestFailed(Fault("no_such_line", f"There is no mobile line {name}.", "`porter line` lists the lines."))


def diverted(name: str, number: str, configuration: Configuration) -> Configuration:
    """The configuration with another divert at the network."""
    line = configuration.lines.get(name)
    if not isinstance(line, GsmLine):
        return configuration
    changed = msgspec.structs.replace(line, network_divert=None if number == KEEP else number)
    return msgspec.structs.replace(configuration, lines={**configuration.lines, name: changed})
