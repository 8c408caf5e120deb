"""Getting at the modem of a line: where it is now, its ports open, its sound carried, and its power switched."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import trio

from appliance.lines.modem_search import Binding, ModemSearch
from hardware.audio.call_sound import CallSound
from hardware.audio.card import CardLost, CardSound, SoundCard
from hardware.audio.echo import EchoCanceller
from hardware.modem.faults import ModemFault
from hardware.modem.link import PortLost, SerialPort
from hardware.modem.places import Place
from hardware.modem.profiles import AudioKind, Profile
from hardware.modem.voice_port import VoicePort

log = logging.getLogger(__name__)

POWER_OFF_SECONDS = 2.0
CARD_PATIENCE = 10.0
"""A modem's sound card may come seconds after its ports."""

Carry = Callable[[], Awaitable[None]]


class Whereabouts(Protocol):
    """Where the modem of one line is."""

    def find(self) -> Place:
        """The modem now; raises PortLost while there is none."""
        ...

    def is_ours(self, place: Place, imei: str, iccid: str) -> bool:
        """The modem there said what it is."""
        ...

    def let_go(self) -> None:
        """It is not looked for any more."""
        ...

    async def switch_power(self, place: Place) -> bool:
        """Take its power, and give it back; False where that is impossible."""
        ...


class FixedPorts:
    """A modem whose ports the settings name by their paths."""

    def __init__(self, profile: Profile, at: str, audio: str, card: str = "") -> None:
        self._place = Place(profile=profile, at=at, audio=audio, card=card)

    def find(self) -> Place:
        return self._place

    def is_ours(self, place: Place, imei: str, iccid: str) -> bool:
        return True

    def let_go(self) -> None:
        pass

    async def switch_power(self, place: Place) -> bool:
        return False


class SearchedModem:
    """A modem that is looked for on the USB bus."""

    def __init__(self, line: str, binding: Binding, profiles: Sequence[Profile], search: ModemSearch) -> None:
        self._line = line
        self._binding = binding
        self._profiles = profiles
        self._search = search

    def find(self) -> Place:
        place = self._search.find(self._line, self._binding, self._profiles)
        if place is None:
            wanted = " ".join(filter(None, (self._binding.by, self._binding.value)))
            raise PortLost(f"no modem: {wanted}", ModemFault.NOT_FOUND, wanted)
        return place

    def is_ours(self, place: Place, imei: str, iccid: str) -> bool:
        return self._search.learnt(self._line, place, imei, iccid)

    def let_go(self) -> None:
        self._search.let_go(self._line)

    async def switch_power(self, place: Place) -> bool:
        if place.device is None:
            return False
        try:
            self._search.bus.switch_power(place.device, on=False)
            await trio.sleep(POWER_OFF_SECONDS)
        except OSError as error:
            log.warning("line %s: the power of USB %s cannot be switched: %s", self._line, place.device.path, error)
            return False
        finally:
            self._give_power_back(place)
        return True

    def _give_power_back(self, place: Place) -> None:
        assert place.device is not None
        try:
            self._search.bus.switch_power(place.device, on=True)
        except OSError as error:
            log.debug("line %s: usb %s: %s", self._line, place.device.path, error)


@contextmanager
def opened(place: Place) -> Iterator[tuple[SerialPort, CallSound, Carry]]:
    """The command port, the sound, and what carries the sound until cancelled. Raises PortLost, also while carrying."""
    voice = place.profile.voice
    with SerialPort(place.at) as at:
        if place.card:
            echo = EchoCanceller() if voice.audio is AudioKind.ANALOG else None
            sound = CardSound(heard_db=voice.heard_db, said_db=voice.said_db, echo=echo)
            yield at, sound, lambda: _carry_by_card(place, sound)
        elif place.audio:
            port = VoicePort(heard_db=voice.heard_db, said_db=voice.said_db)
            with SerialPort(place.audio) as audio:
                yield at, port, lambda: port.run(audio)
        else:
            yield at, CallSound(), trio.sleep_forever


def restart_by_other_ports(place: Place) -> None:
    """Write the restart to every other port that takes commands: the first one may be dead."""
    for path in place.more_at:
        try:
            with SerialPort(path) as port:
                port.write(b"\x1b\r" + place.profile.reset.encode("ascii") + b"\r")
        except PortLost as error:
            log.debug("restart by %s: %s", path, error)


async def _carry_by_card(place: Place, sound: CardSound) -> None:
    patience = trio.current_time() + CARD_PATIENCE
    while True:
        try:
            card = SoundCard(place.card)
        except CardLost as error:
            if trio.current_time() >= patience:
                raise PortLost(str(error), ModemFault.NO_CARD, place.card) from error
            await trio.sleep(0.5)
            continue
        with card:
            try:
                await sound.run(card)
            except CardLost as error:
                raise PortLost(str(error), ModemFault.WENT_AWAY, place.card) from error
