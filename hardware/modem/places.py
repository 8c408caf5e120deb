"""Where a modem is to be found, and which family it is of: fixed ports, or a device of the USB bus by its id."""

from collections.abc import Iterable, Mapping

import msgspec

from hardware.modem.profiles import AudioKind, Profile, UsbLayout
from hardware.modem.usb import UsbDevice


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A modem that could be opened."""

    profile: Profile
    at: str
    """Path of the command port."""
    audio: str = ""
    """Path of the sound port; "" where the sound is elsewhere."""
    card: str = ""
    """ALSA device with the sound; "" where it is elsewhere."""
    more_at: tuple[str, ...] = ()
    """Other ports that take commands."""
    device: UsbDevice | None = None
    """None: the ports were given by their paths."""


def place_of(device: UsbDevice, profiles: Iterable[Profile]) -> Place | None:
    """The modem a device is, by the first profile that knows it; one whose sound card is there goes before others.
    None for what is no modem, and while ports of it are still missing."""
    known = [(profile, layout) for profile in profiles for layout in profile.usb if layout.id == device.id]
    known.sort(key=lambda one: one[0].voice.card not in device.cards)
    return next((place for profile, layout in known if (place := _place(device, profile, layout))), None)


def profiles_by_name(profiles: Mapping[str, Profile], name: str | None) -> list[Profile]:
    """The one that is named, or all. Raises KeyError for an unknown name."""
    return list(profiles.values()) if name is None else [profiles[name]]


def _place(device: UsbDevice, profile: Profile, layout: UsbLayout) -> Place | None:
    at = device.ttys.get(layout.at)
    audio = device.ttys.get(layout.audio) if layout.audio is not None else None
    needs_tty, needs_card = profile.voice.audio is AudioKind.SERIAL, profile.voice.audio is AudioKind.ALSA
    if at is None or (needs_tty and audio is None) or (needs_card and profile.voice.card not in device.cards):
        return None
    return Place(
        profile=profile,
        at=at,
        audio=(audio or "") if needs_tty else "",
        card=f"plughw:CARD={profile.voice.card},DEV=0" if needs_card else "",
        more_at=tuple(device.ttys[number] for number in layout.more_at if number in device.ttys),
        device=device,
    )
