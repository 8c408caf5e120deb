"""What a command prints: sentences for people or JSON for programs, errors with their cause and next step."""

from __future__ import annotations

import sys
from typing import Any

import msgspec

from appliance.control.faults import RequestFailed
from appliance.control.messages import Fault
from appliance.errors import PorterError


class Output:
    """Where a command says its result.

    Args:
        as_json: One JSON value on standard output, errors as one on standard error.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def result(self, value: object, text: str) -> None:
        """Say the outcome: `value` to a program, `text` to a person."""
        if self.as_json:
            print(_json(value), flush=True)
        elif text:
            print(text, flush=True)

    def error(self, error: PorterError) -> None:
        """Say what went wrong, to standard error."""
        fault = error.fault if isinstance(error, RequestFailed) else Fault("failed", error.cause, error.next_step or "")
        if self.as_json:
            print(_json({"error": fault}), file=sys.stderr, flush=True)
            return
        print(f"porter: {fault.cause}", file=sys.stderr)
        for detail in fault.details:
            place = f"{detail.path}: " if detail.path else ""
            print(f"  {place}{detail.cause} {detail.next_step}".rstrip(), file=sys.stderr)
        if fault.next_step:
            print(f"  → {fault.next_step}", file=sys.stderr)
        sys.stderr.flush()


def table(rows: list[tuple[str, ...]], indent: str = "  ") -> str:
    """Rows in aligned columns."""
    if not rows:
        return ""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(indent + line for line in lines)


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
