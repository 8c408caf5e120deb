"""`porter voicemail`: the messages of a mailbox, deleted and brought back. `porter test-mail`: does mail go out?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from appliance.cli.configuration import who
from appliance.cli.output import Output, table
from appliance.cli.where import controller
from appliance.control.mailbox_messages import (
    DeleteVoicemail,
    FetchVoicemail,
    ForwardVoicemail,
    KeepVoicemail,
    KeptVoicemail,
    ListVoicemail,
    RestoreVoicemail,
    SendTestMail,
)
from appliance.errors import PorterError


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    voicemail = commands.add_parser("voicemail", parents=[common], help="messages of a mailbox, oldest first")
    voicemail.add_argument("box", help="an extension, or the name of a group's mailbox")
    what = voicemail.add_mutually_exclusive_group()
    what.add_argument("--bin", action="store_true", help="list what was deleted")
    what.add_argument("--delete", metavar="ID", help="delete one; it can be restored for some days")
    what.add_argument("--restore", metavar="ID", help="bring a deleted one back")
    what.add_argument("--keep", metavar="ID", help="count one as heard")
    what.add_argument("--forward", nargs=2, metavar=("ID", "BOX"), help="copy one to another mailbox")
    what.add_argument("--save", nargs=2, metavar=("ID", "FILE"), help="write its sound to a WAV file")
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
    elif given.keep is not None:
        done = controller(given).ask(KeepVoicemail(box=given.box, id=given.keep, by=who()))
        output.result(done, f"Message {given.keep} counts as heard.")
    elif given.forward is not None:
        id, to = given.forward
        done = controller(given).ask(ForwardVoicemail(box=given.box, id=id, to=to, by=who()))
        output.result(done, f"Message {id} is forwarded to {to}.")
    elif given.save is not None:
        _save(given, output)
    else:
        listed = controller(given).ask(ListVoicemail(box=given.box, deleted=given.bin))
        output.result(listed, table([_row(message) for message in listed.messages], indent="") or "No messages.")


def _save(given: argparse.Namespace, output: Output) -> None:
    id, file = given.save
    sound = controller(given).ask(FetchVoicemail(box=given.box, id=id)).data
    try:
        Path(file).write_bytes(sound)
    except OSError as error:
        raise PorterError(f"{file} cannot be written: {error.strerror}.", "Name another file.") from error
    output.result({"file": file, "bytes": len(sound)}, f"Message {id} is in {file}.")


def _row(message: KeptVoicemail) -> tuple[str, ...]:
    left = "no clock" if message.left_at is None else f"{message.left_at:%Y-%m-%d %H:%M}"
    who_called = message.caller_name or message.caller or "withheld"
    return message.id, left, f"{message.seconds:.0f} s", "old" if message.heard else "new", who_called, message.path


def _test_mail(given: argparse.Namespace, output: Output) -> None:
    done = controller(given).ask(SendTestMail(given.to), seconds=120)
    output.result(done, f"The mail server has taken a mail to {given.to}.")
