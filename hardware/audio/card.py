"""A sound card by ALSA as the sound of calls: modems that are USB sound cards (Quectel UAC), modems with analog sound
wired to a card, and the door's speaker and microphone. The only importer of pyalsaaudio."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol

import alsaaudio
import trio

from hardware.audio.call_sound import CallSound
from hardware.audio.echo import EchoCanceller
from hardware.audio.frames import FRAME, FRAME_SECONDS, MOST_FRAMES, SILENCE, FrameAssembler

log = logging.getLogger(__name__)

PREFILL = 2
"""Frames of silence a playback begins with: it survives a tick that comes 40 ms late."""
MOST_READS = 5
"""A tick. A card that was not read for a moment catches up; ALSA's null card would give without end."""
STILL_SECONDS = 2.0
"""A card that neither gives nor takes for so long is gone, whatever it says."""


class CardLost(OSError):
    """The sound card is not there, is used by somebody else, or went away.

    Attributes:
        next_step: What a person can do.
    """

    def __init__(self, reason: str, next_step: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.next_step = next_step

    def __str__(self) -> str:
        return self.reason


class Card(Protocol):
    """What carries sound: a sound card, or a simulated room. Every method raises CardLost once it is gone."""

    @property
    def device(self) -> str: ...

    def read(self, now: float) -> list[bytes]: ...
    def write(self, frame: bytes) -> bool: ...
    def close(self) -> None: ...


class SoundCard:
    """One card, open for both ways: 8 kHz s16le mono, periods of 20 ms.

    Args:
        device: An ALSA name, such as `hw:CARD=Android,DEV=0` or `plughw:1`; `plughw` converts where a card has no
            8 kHz.
        playback: Where another device plays; "": the same.

    Raises CardLost from every method once the card does not answer any more, and when it cannot be opened.
    """

    def __init__(self, device: str, playback: str = "") -> None:
        self.device = device
        self._capture = _open(alsaaudio.PCM_CAPTURE, device)
        try:
            self._playback = _open(alsaaudio.PCM_PLAYBACK, playback or device)
        except CardLost:
            self._capture.close()
            raise
        self._assembler = FrameAssembler()
        self._rest = SILENCE * PREFILL
        self.frames_dropped = 0
        """Frames the card did not take in time."""
        self.gaps = 0
        """How often the card ran dry or was not read in time."""

    def read(self, now: float) -> list[bytes]:
        """The frames that are there now; none when none is whole."""
        frames: list[bytes] = []
        for _ in range(MOST_READS):
            length, data = self._ask(self._capture.read)
            if length < 0:
                self.gaps += 1
            if not data:
                break
            frames += self._assembler.feed(data, now)
        return frames

    def write(self, frame: bytes) -> bool:
        """Play a frame after what waits; False when the card takes none, then the frame is dropped."""
        if self._ask(self._playback.state) == alsaaudio.PCM_STATE_XRUN:
            self.gaps += 1
            self._rest = SILENCE * PREFILL
        unsent = self._rest + frame
        taken = max(0, int(self._ask(lambda: self._playback.write(unsent))))
        self._rest = unsent[2 * taken :]
        if len(self._rest) >= FRAME:
            self._rest = b""
            self.frames_dropped += 1
        return taken > 0

    def close(self) -> None:
        """Idempotent, also when the card is gone."""
        for pcm in (self._capture, self._playback):
            try:
                pcm.close()
            except alsaaudio.ALSAAudioError as error:
                log.debug("closing %s: %s", self.device, error)

    def __enter__(self) -> SoundCard:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, what: Callable[[], Any]) -> Any:
        try:
            return what()
        except alsaaudio.ALSAAudioError as error:
            raise CardLost(f"The sound card {self.device} went away ({_words(error)}).", _PLUG) from error


class CardSound(CallSound):
    """The sound of calls on a card, carried while `run` runs, from `begin` to `end` of each call. The card is kept fed
    with silence in between: cards pop and lose their step when they are stopped.

    Args:
        echo: For a card with a loudspeaker near its microphone, or with a line behind it.
    """

    def __init__(self, *, heard_db: float = 0.0, said_db: float = 0.0, echo: EchoCanceller | None = None) -> None:
        super().__init__(heard_db=heard_db, said_db=said_db, echo=echo)

    async def run(self, card: Card) -> None:
        """Carry sound until cancelled; raises CardLost when the card goes away."""
        due = alive = trio.current_time()
        while True:
            now = trio.current_time()
            heard = card.read(now)
            for frame in heard:
                self.hear(frame)
            if card.write(self.next_said()) or heard:
                alive = now
            elif now - alive > STILL_SECONDS:
                raise CardLost(f"The sound card {card.device} stands still.", _PLUG)
            due += FRAME_SECONDS
            if due < now - MOST_FRAMES * FRAME_SECONDS:
                due = now  # this process stood still; what was not said in time is not said in a burst
            await trio.sleep_until(due)


_PLUG = "Plug it in again; when it happens often, check its power supply and cable."


def _open(kind: int, device: str) -> alsaaudio.PCM:
    try:
        return alsaaudio.PCM(
            kind,
            alsaaudio.PCM_NONBLOCK,
            device=device,
            rate=8000,
            channels=1,
            format=alsaaudio.PCM_FORMAT_S16_LE,
            periodsize=FRAME // 2,
        )
    except alsaaudio.ALSAAudioError as error:
        words = _words(error)
        step = "Close the program that uses it." if "busy" in words.lower() else "Plug it in, or correct its name."
        raise CardLost(f"The sound card {device} cannot be opened ({words}).", f"{step} `aplay -L` lists names.") from (
            error
        )


def _words(error: Exception) -> str:
    return str(error).partition(" [")[0]
