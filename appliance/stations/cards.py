"""The sound of the doors: each door's card is kept open and fed, so that a visitor is heard from the first word."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import trio

from appliance.calls.ports import AudioFrames
from appliance.config.models import Configuration, DoorSound
from appliance.errors import PorterError
from hardware.audio.card import Card, CardLost, CardSound, SoundCard
from hardware.audio.echo import ROOM_TAIL_MS, CancellerMissing, EchoCanceller
from hardware.simulators.room import SimulatedRoom
from hardware.tones.dtmf_detector import DetectorMissing, DtmfDetector

log = logging.getLogger(__name__)

REOPEN_SECONDS = 1.0
"""Between two tries to open a card; plugged in again it is heard within this."""

KeyHeard = Callable[[str], None]


class DoorCards:
    """The card of every door that has one, as the configuration says.

    A card whose settings change is opened anew once the door's call is over.

    Args:
        room: Where the simulated room of a door is.
        on_change: Called when a card came or went; quick and synchronous.
    """

    def __init__(self, room: Callable[[str], Path], on_change: Callable[[], None] = lambda: None) -> None:
        self._room = room
        self._on_change = on_change
        self._wanted: dict[str, DoorSound] = {}
        self._running: dict[str, _RunningCard] = {}
        self._changed = trio.Event()

    async def follow(self, configuration: Configuration) -> None:
        """Have the sound of this configuration from now on."""
        self._wanted = {name: door.sound for name, door in configuration.doors.items() if door.sound is not None}
        self._changed.set()

    async def run(self) -> None:
        """Keep the cards open until cancelled."""
        async with trio.open_nursery() as nursery:
            while True:
                self._changed = trio.Event()
                for name, card in [*self._running.items()]:
                    if self._wanted.get(name) != card.settings and not card.is_in_use:
                        self._running.pop(name).scope.cancel()
                for name, settings in self._wanted.items():
                    if name not in self._running:
                        card = self._running[name] = _RunningCard(name, settings, self._room(name), self._on_change)
                        nursery.start_soon(card.run)
                self._on_change()
                await self._changed.wait()

    def begin(self, door: str, key_heard: KeyHeard) -> AudioFrames | None:
        """The sound of a door for one call; None where it has none.

        Args:
            key_heard: Told of each key whose tone sounds at the door.
        """
        card = self._running.get(door)
        return None if card is None else card.begin(key_heard)

    def end(self, door: str) -> None:
        """The call is over."""
        if card := self._running.get(door):
            card.end()
            self._changed.set()

    @property
    def faults(self) -> Mapping[str, PorterError]:
        """Doors whose sound does not work, with the reason."""
        return dict(self._faults())

    def _faults(self) -> Iterator[tuple[str, PorterError]]:
        for name, card in self._running.items():
            if card.fault is not None:
                yield name, card.fault


class _RunningCard:
    """The card of one door, opened again and again."""

    def __init__(self, door: str, settings: DoorSound, room: Path, on_change: Callable[[], None]) -> None:
        self.settings = settings
        self.scope = trio.CancelScope()
        self.fault: PorterError | None = None
        self.is_in_use = False
        self._door = door
        self._room = room
        self._on_change = on_change
        self._sound: CardSound | None = None
        self._key_heard: KeyHeard | None = None
        self._detector: DtmfDetector | None = None

    def begin(self, key_heard: KeyHeard) -> AudioFrames | None:
        if self._sound is None:
            return None
        try:
            self._detector = DtmfDetector()
        except DetectorMissing as error:
            log.error("door %s: tones of the street cannot be told from keys of a telephone: %s", self._door, error)
        self._key_heard, self.is_in_use = key_heard, True
        self._sound.begin()
        return self._sound

    def end(self) -> None:
        if self._sound is not None:
            self._sound.end()
        self._key_heard, self._detector, self.is_in_use = None, None, False

    async def run(self) -> None:
        with self.scope:
            try:
                settings = self.settings
                echo = EchoCanceller(tail_ms=ROOM_TAIL_MS) if settings.cancel_echo else None
                self._sound = CardSound(heard_db=settings.heard_db, said_db=settings.said_db, echo=echo)
            except CancellerMissing as error:
                self._tell(PorterError(f"The door has no sound: {error}.", "Run: apt install libspeexdsp1"))
                return
            self._sound.on_frame = self._listen
            while True:
                try:
                    await self._carry(self._sound)
                except CardLost as lost:
                    self._tell(PorterError(lost.reason, lost.next_step))
                except Exception:
                    log.exception("door %s: its sound broke", self._door)
                    self._tell(PorterError("The door's sound broke.", "Tell the maker, with the log."))
                await trio.sleep(REOPEN_SECONDS)

    async def _carry(self, sound: CardSound) -> None:
        card: Card = SimulatedRoom(self._room) if self.settings.simulated else self._open()
        try:
            self._tell(None)
            await sound.run(card)
        finally:
            card.close()

    def _open(self) -> SoundCard:
        return SoundCard(self.settings.device, self.settings.playback)

    def _tell(self, fault: PorterError | None) -> None:
        if str(fault) != str(self.fault):
            log.log(logging.INFO if fault is None else logging.WARNING, "door %s: sound: %s", self._door, fault or "up")
            self.fault = fault
            self._on_change()

    def _listen(self, frame: bytes) -> None:
        if self._detector is not None and self._key_heard is not None:
            for key in self._detector.hear(frame):
                self._key_heard(key)
