"""`porter sms`: the short messages that came and those that go out; send one, send one again, stop one."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any

from appliance.cli.configuration import who
from appliance.cli.output import Output, table
from appliance.cli.where import controller
from appliance.config.models import Language
from appliance.control.sms_messages import CancelSms, ListSms, RetrySms, SendSms, SmsOutgoing, SmsReceived
from appliance.control.sms_reasons import sms_reason


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    sms = commands.add_parser("sms", parents=[common], help="short messages, both ways, newest first")
    sms.set_defaults(command=_list, most=20)
    actions = sms.add_subparsers(metavar="ACTION")
    listing = actions.add_parser("list", parents=[common], help="what came, and how far ours are")
    listing.add_argument("--most", type=int, default=20, metavar="N", help="of each way (20)")
    listing.set_defaults(command=_list)
    sending = actions.add_parser("send", parents=[common], help="send a message; it is kept until a line has sent it")
    sending.add_argument("to", help="the number")
    sending.add_argument("text")
    sending.add_argument("--line", help="over this line only")
    sending.set_defaults(command=_send)
    retrying = actions.add_parser("retry", parents=[common], help="send one again that failed or was cancelled")
    retrying.add_argument("id")
    retrying.set_defaults(command=_retry)
    cancelling = actions.add_parser("cancel", parents=[common], help="send no more of one that waits")
    cancelling.add_argument("id")
    cancelling.set_defaults(command=_cancel)


def _list(given: argparse.Namespace, output: Output) -> None:
    listed = controller(given).ask(ListSms(most=given.most))
    received = table([_came(sms) for sms in listed.received]) or "  None."
    outgoing = table([_goes(sms) for sms in listed.outgoing]) or "  None."
    output.result(listed, f"Received\n{received}\nSent\n{outgoing}")


def _came(sms: SmsReceived) -> tuple[str, ...]:
    return sms.id, _moment(sms.received_at or sms.sent_at), sms.line, sms.sender or "unknown", _one_line(sms.text)


def _goes(sms: SmsOutgoing) -> tuple[str, ...]:
    why = " ".join(sms_reason(sms.reason, sms.reason_value, Language.EN)).strip() if sms.reason else ""
    return sms.id, _moment(sms.queued_at), sms.state, sms.line or "any line", sms.to, _one_line(sms.text), why


def _moment(at: datetime | None) -> str:
    return "no clock" if at is None else f"{at:%Y-%m-%d %H:%M}"


def _one_line(text: str) -> str:
    """Whatever a stranger wrote, on one line and without control characters."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return shown if len(shown) <= 60 else f"{shown[:59]}…"


def _send(given: argparse.Namespace, output: Output) -> None:
    done = controller(given).ask(SendSms(to=given.to, text=given.text, line=given.line, by=who()))
    output.result(done, "The message is kept and will be sent; `porter sms list` shows how far it is.")


def _retry(given: argparse.Namespace, output: Output) -> None:
    output.result(controller(given).ask(RetrySms(id=given.id, by=who())), f"Message {given.id} is sent again.")


def _cancel(given: argparse.Namespace, output: Output) -> None:
    output.result(controller(given).ask(CancelSms(id=given.id, by=who())), f"Message {given.id} is not sent.")
