"""What members of teams switch at a telephone: log in and out, pause and go on."""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome
from appliance.calls.ports import Phrase
from appliance.calls.story import AgentSwitched, NoAgent
from appliance.errors import PorterError
from appliance.flows.announce import announce
from appliance.routing.teams import teams_of


async def switch_login(call: Call, number: str = "") -> Then:
    """Log the caller out of the teams, or in again when she is in none of them; what is said is durable.

    Args:
        number: Of one team; "": all of the caller's.
    """
    agents, member, language = call.home.agents, call.caller.number, call.language
    meant = {
        key: team for key, team in teams_of(call.home.configuration, member).items() if number in ("", team.number)
    }
    if not meant:
        return _no_agent(call)
    names = tuple(team.name for team in meant.values())
    if any(agents.is_logged_in(member, key) for key in meant):
        agents.log_out(member, meant)
        return await _confirm(call, Phrase("agent-logged-out", language), AgentSwitched(member, "logged-out", names))
    agents.log_in(member, meant)
    return await _confirm(call, Phrase("agent-logged-in", language), AgentSwitched(member, "logged-in", names))


async def switch_pause(call: Call, key: str = "") -> Then:
    """Pause the caller in all teams, or end the pause; what is said is durable.

    Args:
        key: Of a reason in `pause_reasons`, which pauses, or changes the reason; "": no reason, and the second time the
            pause ends.
    """
    agents, member, language = call.home.agents, call.caller.number, call.language
    reasons = call.home.configuration.pause_reasons
    if not teams_of(call.home.configuration, member):
        return _no_agent(call)
    if key and key not in reasons:
        return Next(announce, Phrase("number-unknown", language), Outcome.UNKNOWN)
    if not key and agents.agent(member).is_paused:
        agents.go_on(member)
        return await _confirm(call, Phrase("agent-unpaused", language), AgentSwitched(member, "unpaused"))
    reason = reasons.get(key, "")
    agents.pause(member, reason)
    return await _confirm(call, Phrase("agent-paused", language), AgentSwitched(member, "paused", reason=reason))


async def _confirm(call: Call, phrase: Phrase, fact: AgentSwitched) -> Then:
    call.tell(fact)
    call.principal.answer()
    try:
        await call.home.agents.settled()
    except PorterError:
        return Next(announce, Phrase("agent-not-kept", call.language), Outcome.FAILED)
    return Next(announce, phrase)


def _no_agent(call: Call) -> Next:
    call.tell(NoAgent(call.caller.number))
    return Next(announce, Phrase("not-an-agent", call.language), Outcome.REFUSED)
