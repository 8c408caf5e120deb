"""`porter callers`: how callers are marked, marks set and taken off, and what callers answered lately."""

from __future__ import annotations

import argparse
from typing import Any

from appliance.cli.configuration import who
from appliance.cli.output import Output, table
from appliance.cli.where import controller
from appliance.control.caller_messages import CallerAnswer, ListAnswers, ListMarks, SetMark, ShownMark

KINDS = "blocked", "allowed", "spam", "night", "vip"


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    callers = commands.add_parser("callers", parents=[common], help="how callers are marked, and what they answered")
    callers.set_defaults(command=_marks)
    actions = callers.add_subparsers(metavar="ACTION")
    for name, on, text in (("mark", True, "mark a caller"), ("unmark", False, "take a mark off")):
        action = actions.add_parser(name, parents=[common], help=text)
        action.add_argument("kind", choices=KINDS)
        action.add_argument("who", metavar="WHO", help="a number, its beginning and *, or contact:KEY")
        action.set_defaults(command=_mark, on=on)
    answers = actions.add_parser("answers", parents=[common], help="what callers were asked lately and answered")
    answers.set_defaults(command=_answers)


def _marks(given: argparse.Namespace, output: Output) -> None:
    listed = controller(given).ask(ListMarks())
    output.result(listed, table([_mark_row(mark) for mark in listed.marks], indent="") or "Nobody is marked.")


def _mark_row(mark: ShownMark) -> tuple[str, ...]:
    return mark.kind, mark.who, f"{mark.name} {', '.join(mark.numbers)}".strip() if mark.name else ""


def _mark(given: argparse.Namespace, output: Output) -> None:
    done = controller(given).ask(SetMark(kind=given.kind, who=given.who, on=given.on, by=who()))
    output.result(done, f"{given.who} is {'' if given.on else 'no longer '}marked as {given.kind}.")


def _answers(given: argparse.Namespace, output: Output) -> None:
    listed = controller(given).ask(ListAnswers())
    rows = [_answer_row(answer) for answer in listed.answers]
    output.result(listed, table(rows, indent="") or "No caller was asked anything lately.")


def _answer_row(answer: CallerAnswer) -> tuple[str, ...]:
    at = "no clock" if answer.at is None else f"{answer.at:%Y-%m-%d %H:%M}"
    return at, answer.name or answer.number or "withheld", answer.asked, answer.answer or "nothing", answer.call
