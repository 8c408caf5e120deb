"""The programs that make sound files: run with a time limit, and with words for what went wrong."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

import trio

from appliance.errors import PorterError

TIMEOUT_SECONDS = 20.0


class ProgramFailed(PorterError):
    """A program is missing, took too long, or failed.

    Args:
        said: What it wrote when it failed; "" where it did not run to its end.
    """

    def __init__(self, cause: str, next_step: str, *, said: str = "") -> None:
        super().__init__(cause, next_step)
        self.said = said


async def run_program(command: Sequence[str], stdin: bytes = b"") -> None:
    """Run a program to its end; its output is only told when it failed."""
    program = command[0]
    try:
        with trio.fail_after(TIMEOUT_SECONDS):
            done = await trio.run_process(
                command, stdin=stdin, capture_stdout=True, stderr=subprocess.STDOUT, check=False
            )
    except FileNotFoundError as error:
        raise ProgramFailed(f"{program} is not installed.", f"Install it: sudo apt install {program}") from error
    except trio.TooSlowError as error:
        raise ProgramFailed(
            f"{program} took more than {TIMEOUT_SECONDS:.0f} s.", "Is the machine overloaded?"
        ) from error
    if done.returncode:
        said = done.stdout.decode(errors="replace").strip() or str(done.returncode)
        raise ProgramFailed(f"{program} failed: {said}.", f"Try {' '.join(command)}", said=said)
