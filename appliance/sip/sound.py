"""`BridgeSound`: the port `Sound` on PJSIP's conference bridge."""

from __future__ import annotations

import itertools
import logging
import os
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import pjsua2 as pj
import trio

from appliance.calls.names import LegId
from appliance.calls.ports import Attachment, AudioFrames, Prompt, Tone
from appliance.errors import PorterError
from appliance.sip.audio_ports import FilePlayer, FileRecorder, FramesPort, Retirement, free
from appliance.sip.melody import melody_file
from appliance.sip.wires import Wires

log = logging.getLogger(__name__)

WRITTEN_SECONDS = 0.06
"""How long PJSIP may take to complete a recording after it was told to; the bridge's next tick is enough."""

SILENT_SECONDS = 10.0
"""A recording in which nothing was heard for so long has ended."""

SILENT_LEVEL = 4
"""Quieter than this is silence: about -45 dBFS, below a quiet room on a telephone and far below speech."""

WAV_HEADER_BYTES = 44


class PromptLibrary(Protocol):
    """Turns what is to be said into files."""

    async def files(self, prompts: Sequence[Prompt], /) -> Sequence[Path]:
        """WAV files (16-bit PCM, 8 or 16 kHz mono) to play one after another; `PorterError` when there are none.

        A tone without end is the file of one cycle, to be looped.
        """
        ...


class BridgeSound:
    """Everything that is connected is an attachment of its own and undoes only its own connections.

    Made by `bridge_sound`, which owns the tasks that play and finish recordings.
    """

    def __init__(
        self, wires: Wires, library: PromptLibrary, nursery: trio.Nursery, *, folder: Path, music: Path | None
    ) -> None:
        self.wires = wires
        self.library = library
        self.nursery = nursery
        self.folder = folder
        self.token = trio.lowlevel.current_trio_token()
        self.retirement = Retirement()
        self._music = _SharedMusic(self, music)
        self.open: set[Attachment] = set()
        """What holds a player or a recorder."""
        self._frames: dict[LegId, FramesPort] = {}
        self._names = map("sound-{}".format, itertools.count(1))

    def bridge(self, *legs: LegId) -> Attachment:
        return _Wiring(self.wires, itertools.permutations(legs, 2))

    def play(self, leg: LegId, prompts: Sequence[Prompt]) -> Attachment:
        playing = _Playing(self, self.new_name(), leg)
        self.nursery.start_soon(playing.run, prompts)
        return playing

    def music(self, leg: LegId) -> Attachment:
        return self._music.for_leg(leg)

    def record(self, legs: Sequence[LegId], path: str) -> Attachment:
        return _Recording(self, self.new_name(), legs, path)

    def tap(self, listener: LegId, heard: Sequence[LegId], *, spoken_to: Sequence[LegId] = ()) -> Attachment:
        return _Wiring(self.wires, [*((leg, listener) for leg in heard), *((listener, leg) for leg in spoken_to)])

    def attach(self, leg: LegId, frames: AudioFrames) -> None:
        self.detach(leg)
        port = self._frames[leg] = FramesPort(leg, frames)
        self.wires.up(leg, port)

    def detach(self, leg: LegId) -> None:
        if port := self._frames.pop(leg, None):
            self.wires.disconnect(leg)
            self.wires.down(leg)
            free(port)

    def close(self) -> None:
        """Free every port: PJSIP must not end before them."""
        for attachment in list(self.open):
            attachment.close()
        for leg in list(self._frames):
            self.detach(leg)
        self.retirement.free_all()

    def new_name(self) -> str:
        """A name on the bridge for a player or recorder."""
        return next(self._names)

    def retire(self, name: str, player: FilePlayer) -> None:
        self.wires.down(name)
        self.retirement.retire(player)


@asynccontextmanager
async def bridge_sound(
    wires: Wires, library: PromptLibrary, *, folder: Path, music: Path | None = None
) -> AsyncIterator[BridgeSound]:
    """The sound of an office while PJSIP runs.

    Args:
        folder: Where the built-in melody is kept; made when it is missing.
        music: A WAV file for callers on hold; None: the built-in melody.
    """
    async with trio.open_nursery() as nursery:
        sound = BridgeSound(wires, library, nursery, folder=folder, music=music)
        try:
            yield sound
        finally:
            nursery.cancel_scope.cancel()
            sound.close()


class _Wiring:
    """An attachment that is nothing but connections."""

    def __init__(self, wires: Wires, pairs: Iterable[tuple[str, str]]) -> None:
        self.finished = trio.Event()
        self._wires = wires
        self._pairs = list(pairs)
        for source, sink in self._pairs:
            wires.lay(source, sink)

    @property
    def seconds(self) -> float:
        return 0.0

    def close(self) -> None:
        pairs, self._pairs = self._pairs, []
        for source, sink in pairs:
            self._wires.cut(source, sink)


class _Playing:
    """Prompts one after another. A player stands still until the leg's sound is up, so nothing is missed."""

    seconds = 0.0

    def __init__(self, sound: BridgeSound, name: str, leg: LegId) -> None:
        self.finished = trio.Event()
        self._sound = sound
        self._name = name
        self._leg = leg
        self._wiring = _Wiring(sound.wires, [(name, leg)])
        self._player: FilePlayer | None = None
        self._scope = trio.CancelScope()
        sound.open.add(self)

    async def run(self, prompts: Sequence[Prompt]) -> None:
        with self._scope:
            try:
                for prompt in prompts:
                    is_endless = isinstance(prompt, Tone) and prompt.cycles == 0
                    for path in await self._sound.library.files([prompt]):
                        await self._play(path, is_endless)
            except PorterError as error:
                log.warning("leg %s: a prompt cannot be played: %s", self._leg, error)
            except Exception:
                # Whatever the library did wrong must not end the sound of the whole office.
                log.exception("leg %s: a prompt cannot be played", self._leg)
            self.finished.set()

    def close(self) -> None:
        self._sound.open.discard(self)
        self._scope.cancel()
        self._stop_player()
        self._wiring.close()

    async def _play(self, path: Path, is_endless: bool) -> None:
        ended = trio.Event()
        try:
            player = FilePlayer(str(path), self._sound.token, None if is_endless else ended.set)
        except pj.Error as error:
            log.warning("leg %s: %s cannot be played: %s", self._leg, path, error.reason)
            return
        self._player = player
        self._sound.wires.up(self._name, player)
        try:
            await ended.wait()
        finally:
            # Also when this was closed before the task had its first turn.
            self._stop_player()

    def _stop_player(self) -> None:
        player, self._player = self._player, None
        if player is not None:
            self._sound.wires.disconnect(self._name)
            self._sound.retire(self._name, player)


class _SharedMusic:
    """Music on hold: one player for everybody who waits, there while somebody does."""

    def __init__(self, sound: BridgeSound, path: Path | None) -> None:
        self._sound = sound
        self._path = path
        self._listeners = 0
        self._player: FilePlayer | None = None

    def for_leg(self, leg: LegId) -> Attachment:
        if self._player is None:
            self._start()
        self._listeners += 1
        listening = _Listening(self._sound.wires, leg, self)
        self._sound.open.add(listening)
        return listening

    def left(self, listening: Attachment) -> None:
        self._sound.open.discard(listening)
        self._listeners -= 1
        if not self._listeners and self._player is not None:
            self._sound.retire(_MUSIC, self._player)
            self._player = None

    def _start(self) -> None:
        for path in (self._path, melody_file(self._sound.folder)):
            if path is None:
                continue
            try:
                self._player = FilePlayer(str(path), self._sound.token, None)
            except pj.Error as error:
                log.warning("music on hold: %s cannot be played (%s); using the built-in melody", path, error.reason)
            else:
                self._sound.wires.up(_MUSIC, self._player)
                return


_MUSIC = "music"


class _Listening(_Wiring):
    """One leg that hears music."""

    def __init__(self, wires: Wires, leg: LegId, music: _SharedMusic) -> None:
        super().__init__(wires, [(_MUSIC, leg)])
        self._music: _SharedMusic | None = music

    def close(self) -> None:
        super().close()
        if self._music is not None:
            self._music.left(self)
        self._music = None


class _Recording:
    """What legs say, into a file that is complete once this is closed. `finished` is set by a long silence."""

    def __init__(self, sound: BridgeSound, name: str, legs: Sequence[LegId], path: str) -> None:
        self.finished = trio.Event()
        self._sound = sound
        self._name = name
        self._legs = legs
        self._path = path
        self._began: float | None = None
        self._ended: float | None = None
        self._recorder: FileRecorder | None = None
        self._scope = trio.CancelScope()
        self._wiring = _Wiring(sound.wires, [(leg, name) for leg in legs])
        try:
            self._recorder = FileRecorder(path)
        except pj.Error as error:
            log.warning("legs %s: cannot record to %s: %s", ", ".join(legs), path, error.reason)
            self.finished.set()
            return
        sound.open.add(self)
        sound.wires.up(name, self._recorder)
        for leg in legs:
            sound.wires.when_up(leg, self._sound_came)

    @property
    def seconds(self) -> float:
        """Since the first of the legs could be heard; the bridge writes silence too, so this is the file's length."""
        if self._began is None:
            return 0.0
        return (trio.current_time() if self._ended is None else self._ended) - self._began

    def close(self) -> None:
        if self._ended is not None:
            return
        self._ended = trio.current_time()
        self._sound.open.discard(self)
        self._scope.cancel()
        self._wiring.close()
        if self._recorder is not None:
            self._sound.wires.down(self._name)
            # Freed now, unlike players: nothing of ours is called from the bridge's threads.
            self._recorder = None
            self._wait_until_written()

    def _sound_came(self) -> None:
        if self._began is None:
            self._began = trio.current_time()
            self._sound.nursery.start_soon(self._finish_in_silence)

    async def _finish_in_silence(self) -> None:
        with self._scope:
            last_heard = trio.current_time()
            while trio.current_time() - last_heard < SILENT_SECONDS:
                await trio.sleep(0.1)
                if any(self._sound.wires.level(leg) >= SILENT_LEVEL for leg in self._legs):
                    last_heard = trio.current_time()
            self.finished.set()

    def _wait_until_written(self) -> None:
        """Hold everything up, for a tick of the bridge at most: who closes a recording hands the file on at once."""
        deadline = time.monotonic() + WRITTEN_SECONDS
        while not _is_complete(self._path):
            if time.monotonic() > deadline:
                log.warning("%s is not complete after %.0f ms", self._path, 1000 * WRITTEN_SECONDS)
                return
            time.sleep(0.001)


def _is_complete(path: str) -> bool:
    """Whether a WAV file's header tells its true length; PJSIP writes it last."""
    try:
        size = os.path.getsize(path)
        with open(path, "rb") as file:
            header = file.read(WAV_HEADER_BYTES)
    except FileNotFoundError:
        return True
    return int.from_bytes(header[4:8], "little") == size - 8 and int.from_bytes(header[40:44], "little") == size - 44
