"""Which flow serves a feature code."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from appliance.calls.call import Call, Next
from appliance.calls.names import Outcome
from appliance.calls.ports import Phrase
from appliance.config.models import DivertRule, Feature
from appliance.flows.agents import switch_login, switch_pause
from appliance.flows.announce import announce
from appliance.flows.block_list import allow_caller, block_caller
from appliance.flows.call_again import call_last_caller, redial
from appliance.flows.day_night import switch_day_night
from appliance.flows.divert import divert, stop_all_diversions, stop_diverting, tell_diversions
from appliance.flows.echo import echo_test
from appliance.flows.intercom import intercom, switch_intercom
from appliance.flows.mailbox import any_mail, my_mail
from appliance.flows.open_door import open_by_code
from appliance.flows.own_phone import switch_do_not_disturb, tell_own_number, tell_time
from appliance.flows.pickup import pickup
from appliance.flows.record_prompt import record_prompt
from appliance.flows.supervise import supervise
from appliance.routing.supervision import Mode

Server = Callable[[Call, str], Next]
"""The first step for a call that dialled the code, and the number dialled with it ("" without one)."""

SERVERS: Mapping[Feature, Server] = {
    Feature.OWN_MAILBOX: lambda _, __: Next(my_mail),
    Feature.ANY_MAILBOX: lambda _, number: Next(any_mail, number),
    Feature.PICKUP: lambda _, __: Next(pickup),
    Feature.DIRECTED_PICKUP: lambda _, extension: Next(pickup, extension),
    Feature.ECHO_TEST: lambda _, __: Next(echo_test),
    Feature.LOG_IN: lambda _, team: Next(switch_login, team),
    Feature.PAUSE: lambda _, reason: Next(switch_pause, reason),
    Feature.BLOCK_CALLER: lambda _, number: Next(block_caller, number),
    Feature.ALLOW_CALLER: lambda _, number: Next(allow_caller, number),
    Feature.LISTEN: lambda _, extension: Next(supervise, extension, Mode.LISTEN),
    Feature.WHISPER: lambda _, extension: Next(supervise, extension, Mode.WHISPER),
    Feature.BARGE: lambda _, extension: Next(supervise, extension, Mode.BARGE),
    Feature.TAKE_OVER: lambda _, extension: Next(supervise, extension, Mode.TAKE_OVER),
    Feature.INTERCOM: lambda _, number: Next(intercom, number),
    Feature.INTERCOM_ON: lambda _, __: Next(switch_intercom, True),
    Feature.INTERCOM_OFF: lambda _, __: Next(switch_intercom, False),
    Feature.SPEED_DIAL: lambda call, _: Next(announce, Phrase("speed-dial-empty", call.language), Outcome.UNKNOWN),
    Feature.LAST_CALLER: lambda _, __: Next(call_last_caller),
    Feature.REDIAL: lambda _, __: Next(redial),
    Feature.DIVERT_ALWAYS: lambda _, to: Next(divert, DivertRule.ALWAYS, to),
    Feature.DIVERT_ALWAYS_OFF: lambda _, __: Next(stop_diverting, DivertRule.ALWAYS),
    Feature.DIVERT_BUSY: lambda _, to: Next(divert, DivertRule.BUSY, to),
    Feature.DIVERT_BUSY_OFF: lambda _, __: Next(stop_diverting, DivertRule.BUSY),
    Feature.DIVERT_NO_ANSWER: lambda _, to: Next(divert, DivertRule.NO_ANSWER, to),
    Feature.DIVERT_NO_ANSWER_OFF: lambda _, __: Next(stop_diverting, DivertRule.NO_ANSWER),
    Feature.DIVERT_UNREACHABLE: lambda _, to: Next(divert, DivertRule.UNREACHABLE, to),
    Feature.DIVERT_UNREACHABLE_OFF: lambda _, __: Next(stop_diverting, DivertRule.UNREACHABLE),
    Feature.DIVERT_NONE: lambda _, __: Next(stop_all_diversions),
    Feature.DIVERSIONS_TOLD: lambda _, __: Next(tell_diversions),
    Feature.DO_NOT_DISTURB: lambda _, __: Next(switch_do_not_disturb, True),
    Feature.DO_NOT_DISTURB_OFF: lambda _, __: Next(switch_do_not_disturb, False),
    Feature.DO_NOT_DISTURB_SWITCH: lambda _, __: Next(switch_do_not_disturb),
    Feature.DAY_NIGHT: lambda _, which: Next(switch_day_night, which),
    Feature.TIME_OF_DAY: lambda _, __: Next(tell_time),
    Feature.OWN_NUMBER: lambda _, __: Next(tell_own_number),
    Feature.RECORD_PROMPT: lambda _, number: Next(record_prompt, number),
    Feature.OPEN_DOOR: lambda _, number: Next(open_by_code, number),
}


def serve_code(call: Call, feature: Feature, number: str) -> Next:
    """The step that does what a code asks for."""
    return SERVERS[feature](call, number)
