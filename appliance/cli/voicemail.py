"""`porter voicemail`: the messages of a mailbox, deleted and brought back. `porter test-mail`: does mail go out?"""

from __future__ import annotations

import argparse
from typing import Any

from appliance.cli.configuration import who
from appliance.cli.output import Output, table
from appliance.cli.where import controller
from appliance.control.mailbox_messages import (
    DeleteVoicemail,
    KeptVoicemail,
    ListVoicemail,
    RestoreVoicemail,
    SendTestMail,
)


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    voicemail = commands.add_parser("voicemail", parents=[common], help="messages of a mailbox, oldest first")
    voicemail.add_argument("box", help="an extension, or the name of a group's mailbox")
    what = voicemail.add_mutually_exclusive_group()
    what.add_argument("--bin", action="store_true", help="list what was deleted")
    what.add_argument("--delete", metavar="ID", help="delete one; it can be restored for some days")
    what.add_argument("--restore", metavar="ID", help="bring a deleted one back")
    voicemail.set_defaults(command=_voicemail)
    test_mail = commands.add_parser("test-mail", parents=[common], help="send a mail, or hear why it does not go")
    test_mail.add_argument("to", help="the mail address")
    test_mail.set_defaults(command=_test_mail)


def _voicemail(given: argparse.Namespace, output: Output) -> None:
    if given.delete is not None:
        done = controller(given).ask(DeleteVoicemail(box=given.box, id=given.delete, by=who()))
        output.result(done, f"Message {given.delete} is deleted.")
    elif given.restore is not None:
        done = controller(given).ask(RestoreVoicemail(box=given.box, id=given.restore, by=who()))
        output.result(done, f"Message {given.restore} is back.")
    else:
        listed = controller(given).ask(ListVoicemail(box=given.box, deleted=given.bin))
        output.result(listed, table([_row(message) for message in listed.messages], indent="") or "No messages.")


def _row(message: KeptVoicemail) -> tuple[str, ...]:
    left = "no clock" if message.left_at is None else f"{message.left_at:%Y-%m-%d %H:%M}"
    who_called = message.caller_name or message.caller or "withheld"
    return message.id, left, f"{message.seconds:.0f} s", "old" if message.heard else "new", who_called, message.path


def _test_mail(given: argparse.Namespace, output: Output) -> None:
    done = controller(given).ask(SendTestMail(given.to), seconds=120)
    output.result(done, f"The mail server has taken a mail to {given.to}.")
