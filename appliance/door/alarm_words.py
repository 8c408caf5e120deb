"""What each alarm says in the log and the journal: the cause and the next step."""

from __future__ import annotations

from appliance.control.door_alarms import AlarmKind

_WORDS: dict[AlarmKind, tuple[str, str]] = {
    AlarmKind.FORCED: (
        "Door {door!r} was opened though nobody had unlocked it.",
        "Look who is there; if people leave by the handle, wire an exit button.",
    ),
    AlarmKind.HELD_OPEN: ("Door {door!r} stands open for too long.", "Close it, or look what keeps it open."),
    AlarmKind.NOT_OPENED: (
        "Door {door!r} was unlocked, and nobody opened it.",
        "If the visitor says he pushed, check the strike and its power.",
    ),
    AlarmKind.TAMPER: (
        "Somebody tampers with door {door!r}; it opens to nobody from afar for half an hour.",
        "Look at its housing and wires.",
    ),
    AlarmKind.PANIC: (
        "The panic button at door {door!r} was pressed; it opens to nobody from afar for half an hour.",
        "Somebody there needs help.",
    ),
    AlarmKind.DURESS: (
        "Somebody opened door {door!r} under duress.",
        "Do not call back; send help as your house has agreed.",
    ),
    AlarmKind.TOO_MANY_TRIES: (
        "So many wrong codes were tried at door {door!r} that it looks at none for a while.",
        "Look who is there, and at the ledger.",
    ),
    AlarmKind.OPENED_TOO_OFTEN: ("Door {door!r} was to be opened too often.", "Look who does: the ledger."),
    AlarmKind.UNSTEADY_INPUT: (
        "An input of door {door!r} changes without end: {what}.",
        "Check its contact and its wire.",
    ),
    AlarmKind.RELAY: ("The relay of door {door!r} {what}.", "Check the wiring, and who else drives this pin."),
    AlarmKind.LEDGER: ("{what}", "Check the disk; doors open only as their `without_ledger` allows."),
}


def words(kind: AlarmKind, door: str, what: str = "") -> tuple[str, str]:
    """Cause and next step, in English."""
    cause, next_step = _WORDS[kind]
    return cause.format(door=door, what=what), next_step
