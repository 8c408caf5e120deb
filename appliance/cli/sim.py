"""`porter sim …`: lets something happen at the far end of a simulated line or door."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from appliance.cli.output import Output
from appliance.cli.where import controller, office_layout
from appliance.control.client import Client
from appliance.control.controller_messages import GetStatus
from appliance.control.door_messages import DOOR, SimulateDoor
from appliance.control.messages import Ask, Done
from appliance.control.simulation_messages import (
    LineAction,
    SimulateCall,
    SimulateKeys,
    SimulateLine,
    SimulatePress,
    SimulateSms,
    SimulateSound,
)
from appliance.errors import PorterError

CALLER = "+37120000002"


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    sim = commands.add_parser("sim", help="let something happen on simulated lines and doors")
    wishes = sim.add_subparsers(metavar="WHAT", required=True)

    call = wishes.add_parser("call", parents=[common], help="somebody calls in")
    call.add_argument("--from", dest="caller", default=CALLER, help=f"the number that calls ({CALLER}); withheld: ''")
    call.set_defaults(wish=lambda given, line: SimulateCall(line=line, caller=given.caller), said="It rings on {}.")

    sms = wishes.add_parser("sms", parents=[common], help="somebody sends a message")
    sms.add_argument("text")
    sms.add_argument("--from", dest="caller", default=CALLER, help=f"the number that sends ({CALLER})")
    sms.set_defaults(
        wish=lambda given, line: SimulateSms(line=line, sender=given.caller, text=given.text), said="Sent to {}."
    )

    keys = wishes.add_parser("keys", parents=[common], help="the far end presses keys")
    keys.add_argument("keys", help="such as 1 or 2#")
    keys.set_defaults(wish=lambda given, line: SimulateKeys(line=line, keys=given.keys), said="Pressed on {}.")

    sound = wishes.add_parser("sound", parents=[common], help="what the far end says from now on")
    sound.add_argument("sound", help="tone, busy, quiet, or a WAV file with speech (16 bit mono at 8 kHz)")
    sound.set_defaults(
        wish=lambda given, line: SimulateSound(line=line, sound=_absolute(given.sound)), said="Heard on {}."
    )

    line = wishes.add_parser("line", parents=[common], help="the far end or the modem does something")
    line.add_argument("action", choices=[action.value for action in LineAction])
    line.set_defaults(
        wish=lambda given, line: SimulateLine(line=line, action=LineAction(given.action)), said="Done on {}."
    )

    for wish in (call, sms, keys, sound, line):
        wish.add_argument("--line", help="the simulated line, when there is more than one")
        wish.set_defaults(command=_on_line)

    door = wishes.add_parser("door", parents=[common], help="somebody presses the button, or does something else there")
    door.add_argument("door", nargs="?", help="when there is more than one")
    leaf = door.add_mutually_exclusive_group()
    leaf.add_argument("--open", dest="is_open", action="store_true", default=None, help="push it open")
    leaf.add_argument("--close", dest="is_open", action="store_false", help="let it fall shut")
    tamper = door.add_mutually_exclusive_group()
    tamper.add_argument("--tamper", dest="tampered", action="store_true", default=None, help="open the housing")
    tamper.add_argument("--mend", dest="tampered", action="store_false", help="close the housing again")
    door.add_argument("--exit", dest="exit_pressed", action="store_true", help="press the exit button")
    door.add_argument("--keys", default="", help="key in at the keypad, such as 836251#")
    door.set_defaults(command=_at_door)


def _absolute(sound: str) -> str:
    """The simulator runs elsewhere."""
    return sound if sound in ("tone", "busy", "quiet") else str(Path(sound).absolute())


def _on_line(given: argparse.Namespace, output: Output) -> None:
    client = controller(given)
    line = given.line or _only("line", [line.name for line in client.ask(GetStatus()).lines if line.simulated])
    request: Ask[Done] = given.wish(given, line)
    client.ask(request)
    output.result({"line": line}, given.said.format(line))


def _at_door(given: argparse.Namespace, output: Output) -> None:
    client = controller(given)
    door = given.door or _only("door", [door.name for door in client.ask(GetStatus()).doors if door.simulated])
    if given.is_open is None and given.tampered is None and not given.exit_pressed and not given.keys:
        client.ask(SimulatePress(door=door))
        output.result({"door": door}, f"The button of {door} was pressed.")
        return
    wish = SimulateDoor(
        door=door, is_open=given.is_open, tampered=given.tampered, exit_pressed=given.exit_pressed, keys=given.keys
    )
    Client(office_layout(given).door_socket, DOOR, "command").ask(wish)
    output.result({"door": door}, f"Done at {door}. `porter status` and `porter door ledger` show what came of it.")


def _only(kind: str, names: list[str]) -> str:
    """The one there is, so that nobody has to name it."""
    if not names:
        raise PorterError(
            f"This office has no simulated {kind}.", "Set one up in the configuration, or start a demo office."
        )
    if len(names) > 1:
        raise PorterError(f"There are several simulated {kind}s: {', '.join(names)}.", "Name the one you mean.")
    return names[0]
