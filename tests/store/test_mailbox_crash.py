"""kill -9 while a mailbox is in use: no message, no greeting and no mail that was acknowledged is lost or halved."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import wave
from pathlib import Path

import pytest
import trio

from appliance.store.mailboxes import StoredMailboxes
from appliance.store.mails import StoredMails
from appliance.store.writer import Writer

TREE = Path(__file__).parents[2]
GREETING_SECONDS = {"a": 3, "b": 5}

_BUSY = """
import random, secrets, sys, trio
from datetime import UTC, datetime
from pathlib import Path
from appliance.calls.ports import VoiceMessage
from appliance.store.mailboxes import StoredMailboxes
from appliance.store.wav import header
from appliance.store.writer import Writer

folder, chance = Path(sys.argv[1]), random.Random(int(sys.argv[2]))
NOW = datetime(2026, 11, 24, tzinfo=UTC)
for name, seconds in (("a", 3), ("b", 5)):
    (folder / f"{name}.wav").write_bytes(header(16_000 * seconds) + bytes(16_000 * seconds))

async def use(writer):
    boxes = StoredMailboxes(writer, folder / "voicemail", lambda: secrets.token_hex(6), now=lambda: NOW)
    while True:
        path = await boxes.new_recording("201")
        Path(path).write_bytes(header(48_000) + bytes(48_000))
        message = VoiceMessage(id=Path(path).stem, box="201", path=path, caller="", seconds=3, mail_to="a@b.c")
        await boxes.keep(message)
        print("kept", message.id, flush=True)
        match chance.randrange(5):
            case 0:
                await boxes.forward(message.id, "202", by="201")
                print("forwarded", message.id, flush=True)
            case 1:
                await boxes.delete(message.id)
                print("binned", message.id, flush=True)
                if chance.random() < 0.5:
                    print("restoring", message.id, flush=True)
                    await boxes.restore(message.id)
                    print("restored", message.id, flush=True)
            case 2:
                name = chance.choice("ab")
                await boxes.keep_greeting("201", "busy", str(folder / f"{name}.wav"))
                print("greets", name, flush=True)

with Writer(folder / "records.sqlite") as writer:
    trio.run(use, writer)
"""


def killed_while_busy(folder: Path, lines: int, seed: int) -> list[tuple[str, str]]:
    """What a mailbox in use had acknowledged when it was killed."""
    busy = subprocess.Popen(
        [sys.executable, "-c", _BUSY, str(folder), str(seed)], stdout=subprocess.PIPE, text=True, cwd=TREE
    )
    assert busy.stdout is not None
    acknowledged = []
    for line in busy.stdout:
        acknowledged.append(line.split())
        if len(acknowledged) == lines:
            busy.send_signal(signal.SIGKILL)
            break
    acknowledged += [line.split() for line in busy.stdout.read().splitlines()]
    assert busy.wait() == -signal.SIGKILL, "it went on until it was killed"
    return [(kind, what) for kind, what in acknowledged]


def seconds_of(path: str) -> float:
    with wave.open(path) as file:
        return file.getnframes() / file.getframerate()


async def all_is_there(folder: Path, acknowledged: list[tuple[str, str]], forwards_before: int) -> int:
    """Look into the mailboxes as the next start finds them; how many messages the other box holds."""
    with Writer(folder / "records.sqlite") as writer:
        assert writer.repaired is None
        boxes = StoredMailboxes(writer, folder / "voicemail", lambda: "unused")
        inside = {message.id: message for message in await boxes.messages("201")}
        binned = {message.id: message for message in await boxes.messages("201", deleted=True)}
        copies = await boxes.messages("202")
        mails = StoredMails(writer, folder / "voicemail")
        queued = {mail.message.id for mail in await mails.waiting()}
        for id in queued:
            await mails.sent(id)
        greeting = await boxes.greeting("201", "busy")
    kept = [what for kind, what in acknowledged if kind == "kept"]
    assert set(kept) <= inside.keys() | binned.keys()
    assert set(kept) <= queued, "kept and queued for mail at once"
    state = {what: kind for kind, what in acknowledged if kind in {"binned", "restoring", "restored"}}
    assert all(what in binned for what, kind in state.items() if kind == "binned")
    assert all(what in inside for what, kind in state.items() if kind == "restored")
    forwards = sum(kind == "forwarded" for kind, _ in acknowledged)
    assert len(copies) - forwards_before in {forwards, forwards + 1}, "one may be in the middle of it"
    for message in (*inside.values(), *binned.values(), *copies):
        assert seconds_of(message.path) == 3.0, "whole"
    greets = [what for kind, what in acknowledged if kind == "greets"]
    if greets:
        assert greeting is not None and seconds_of(greeting) in GREETING_SECONDS.values(), "never a half one"
    return len(copies)


def campaign(folder: Path, kills: int, seed: int) -> None:
    chance, copies = random.Random(seed), 0
    for _ in range(kills):
        acknowledged = killed_while_busy(folder, chance.randrange(1, 50), chance.randrange(2**30))
        copies = trio.run(all_is_there, folder, acknowledged, copies)


def test_nothing_of_a_mailbox_is_lost_by_kill_9(tmp_path: Path) -> None:
    campaign(tmp_path, kills=4, seed=1)


@pytest.mark.long
def test_nothing_of_a_mailbox_is_lost_by_many_kills(tmp_path: Path, long_seed: int) -> None:
    campaign(tmp_path, kills=50, seed=long_seed)
