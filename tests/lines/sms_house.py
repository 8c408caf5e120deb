"""A house with nothing but messages, to be killed: one GSM line, the store, inbox and outbox, wired as the controller
wires them. `python -m tests.lines.sms_house FOLDER`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import trio

from appliance.calls.ports import Line, ReceivedSms
from appliance.config import models
from appliance.lines.gsm_line import GsmLine
from appliance.services.inbox import SmsInbox
from appliance.services.outbox import SmsOutbox
from appliance.store.messages import StoredMessages
from appliance.store.writer import Writer
from hardware.modem.pdu_encode import parts_of

DOUBT_SECONDS = 4.0
"""The simulated network reports well within this."""


class MessagesOnly:
    """A reception where nobody answers calls."""

    inbox: SmsInbox


async def live(folder: Path) -> None:
    with Writer(folder / "records.sqlite") as writer:
        writer.call_back_in_trio()
        messages = StoredMessages(writer, lambda: datetime.now(UTC))
        lines: dict[str, Line] = {}
        outbox = SmsOutbox(messages, lines, parts_of, doubt_seconds=DOUBT_SECONDS)

        async def obey(sms: ReceivedSms) -> None:
            with (folder / "obeyed").open("a") as file:
                file.write(f"{sms.key}\n")

        reception = MessagesOnly()
        reception.inbox = SmsInbox(messages, obey=obey, reported=outbox.look_again)
        settings = models.GsmLine(simulated=True)
        ports = {"at_port": folder / "at", "audio_port": folder / "audio"}
        lines["gsm1"] = GsmLine("gsm1", settings, reception, None, on_change=outbox.line_came_up, **ports)  # type: ignore[arg-type]
        async with trio.open_nursery() as nursery:
            nursery.start_soon(lines["gsm1"].run)
            nursery.start_soon(outbox.run)
            print("up", flush=True)


if __name__ == "__main__":
    trio.run(live, Path(sys.argv[1]))
