"""`porter recordings`: the recordings of talks, listed and removed."""

from __future__ import annotations

import argparse
from typing import Any

from appliance.cli.configuration import who
from appliance.cli.output import Output, table
from appliance.cli.where import controller
from appliance.control.prompt_messages import KeptRecording, ListRecordings, RemoveRecording


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    recordings = commands.add_parser("recordings", parents=[common], help="recordings of talks, newest first")
    recordings.add_argument("--most", type=int, default=50, help="how many to list (50)")
    recordings.add_argument("--remove", metavar="ID", help="delete one of them")
    recordings.set_defaults(command=_recordings)


def _recordings(given: argparse.Namespace, output: Output) -> None:
    if given.remove is not None:
        done = controller(given).ask(RemoveRecording(id=given.remove, by=who()))
        output.result(done, f"Recording {given.remove} is removed.")
        return
    listed = controller(given).ask(ListRecordings(most=given.most))
    rows = [_row(recording) for recording in listed.recordings]
    output.result(listed, table(rows, indent="") or "No talk has been recorded.")


def _row(recording: KeptRecording) -> tuple[str, ...]:
    began = "no clock" if recording.began_at is None else f"{recording.began_at:%Y-%m-%d %H:%M}"
    parties = " and ".join(recording.parties) or "cut by a crash"
    return recording.id, began, f"{recording.seconds:.0f} s", parties, recording.path
