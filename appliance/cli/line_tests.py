"""`porter lines test`: every line calls every other, with sound, keys, caller id and hang-up checked."""

from __future__ import annotations

import argparse
from typing import Any

from appliance.cli.output import Output, table
from appliance.cli.where import controller
from appliance.config.models import Language
from appliance.control.self_call_messages import LineTestShown, TestLines
from appliance.control.self_call_words import result_in_words

LONGEST_SECONDS = 3600.0
FAILED = 1


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    lines = commands.add_parser("lines", parents=[common], help="try the lines against each other")
    actions = lines.add_subparsers(metavar="ACTION", required=True)
    test = actions.add_parser("test", parents=[common], help="every line calls every other; some 40 s each")
    test.set_defaults(command=_test)


def _test(given: argparse.Namespace, output: Output) -> int:
    tested = controller(given).ask(TestLines(), seconds=LONGEST_SECONDS)
    rows = [_row(result) for result in tested.results]
    output.result(tested, f"{table(rows, indent='')}\n{tested.good} of {len(rows)} passed.")
    return 0 if tested.good == len(rows) else FAILED


def _row(result: LineTestShown) -> tuple[str, ...]:
    return result.calling, "calls", result.called, result_in_words(result, Language.EN)
