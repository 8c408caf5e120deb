"""`porter agents`: the members of groups and queues, what they do, and logging them in or out, or to pause."""

from __future__ import annotations

import argparse
from typing import Any

from appliance.cli.configuration import who
from appliance.cli.output import Output, table
from appliance.cli.where import controller
from appliance.control.controller_messages import GetStatus
from appliance.control.team_messages import AgentAction, LiveAgent, SwitchAgent

_HELP = {
    AgentAction.LOG_IN: "take calls of teams again",
    AgentAction.LOG_OUT: "take no calls of teams",
    AgentAction.PAUSE: "take no calls of teams for a while",
    AgentAction.GO_ON: "end the pause",
}


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    agents = commands.add_parser("agents", parents=[common], help="members of groups and queues, and what they do")
    agents.set_defaults(command=_show)
    actions = agents.add_subparsers(metavar="ACTION")
    for action, text in _HELP.items():
        switch = actions.add_parser(action.replace("_", "-"), parents=[common], help=text)
        switch.add_argument("number", metavar="NUMBER", help="an extension, or an outside member's number")
        switch.set_defaults(command=_switch, action=action, team=None, reason="")
        if action is AgentAction.PAUSE:
            switch.add_argument("--reason", default="", help="such as Lunch")
        elif action is not AgentAction.GO_ON:
            switch.add_argument("--team", help="one team only, such as queue:support (all)")


def _show(given: argparse.Namespace, output: Output) -> None:
    agents = controller(given).ask(GetStatus()).agents
    output.result(agents, table([_row(agent) for agent in agents], indent="") or "No team has members.")


def _row(agent: LiveAgent) -> tuple[str, ...]:
    state = agent.state.replace("_", " ") + (f": {agent.pause_reason}" if agent.pause_reason else "")
    teams = (key if is_in else f"({key})" for key, is_in in agent.teams.items())
    return agent.number, agent.name, state, f"{agent.calls_today} calls today", ", ".join(teams)


def _switch(given: argparse.Namespace, output: Output) -> None:
    request = SwitchAgent(number=given.number, action=given.action, team=given.team, reason=given.reason, by=who())
    done = controller(given).ask(request)
    output.result(done, f"{given.number}: {given.action.replace('_', ' ')} done.")
