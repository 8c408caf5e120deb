"""What the owners of a mailbox are told by SMS, and who of them can be."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from appliance.config.models import Configuration, Language
from appliance.routing.boxes import Box


class OwnerNotice(StrEnum):
    """What owners should know at once."""

    FULL = "full"
    """A caller could leave no message."""
    PIN_GUESSED = "pin_guessed"
    """Too many wrong PINs: none is taken for a while."""


_TEXTS: Mapping[OwnerNotice, Mapping[Language, str]] = {
    OwnerNotice.FULL: {
        Language.EN: "Mailbox {name} is full: callers cannot leave messages. Delete some.",
        Language.LV: "Pastkaste {name} ir pilna: zvanītāji nevar atstāt ziņas. Izdzēsiet dažas.",
        Language.UK: "Скринька {name} переповнена: абоненти не можуть залишити повідомлень. Видаліть зайві.",
        Language.RU: "Ящик {name} переполнен: звонящие не могут оставить сообщения. Удалите лишние.",
    },
    OwnerNotice.PIN_GUESSED: {
        Language.EN: "Mailbox {name}: somebody keyed in wrong PINs; it takes none for now. If it was not you, change "
        "your PIN.",
        Language.LV: "Pastkaste {name}: kāds ievadīja nepareizus PIN; pagaidām tos nepieņem. Vai tas bijāt jūs? Ja ne, "
        "nomainiet PIN.",
        Language.UK: "Скринька {name}: хтось вводив хибні PIN; поки їх не приймають. Це були ви? Якщо ні, змініть PIN.",
        Language.RU: "Ящик {name}: кто-то вводил неверные PIN; пока они не принимаются. Это были вы? Если нет, смените "
        "PIN.",
    },
}


def owner_text(notice: OwnerNotice, box: Box) -> str:
    """The message, in the language of the box."""
    return _TEXTS[notice][box.language].format(name=box.name)


def mobiles_of(configuration: Configuration, box: Box) -> list[str]:
    """Mobiles of those to whom a box belongs."""
    people = (configuration.extensions.get(number) for number in box.members)
    return [person.mobile for person in people if person is not None and person.mobile is not None]
