"""What the parts of a GSM modem share: a way to ask the modem and to tell what happened; and taking answers apart."""

from collections.abc import Callable
from typing import Protocol

from hardware.modem.at import Command, Reply
from hardware.modem.facts import GsmFact
from hardware.modem.profiles import Profile

Handler = Callable[[Reply], None]


class Wire(Protocol):
    """The modem as its parts see it."""

    now: float
    """Monotonic seconds of what is being handled."""
    profile: Profile
    """The family of the modem."""

    def ask(
        self,
        command: Command,
        then: Handler | None = None,
        *,
        urgent: bool = False,
        wanted: Callable[[], bool] | None = None,
    ) -> None:
        """Queue a command; urgent ones overtake what is queued, not what is in flight.

        Args:
            wanted: Asked when its turn comes: a command that is pointless by then is dropped without an answer.
        """
        ...

    def tell(self, fact: GsmFact) -> None: ...


def fields(line: str) -> list[str]:
    """What follows the colon of `+NAME: a,"b,c",d`, without quotes and spaces; commas inside quotes part nothing."""
    _, _, rest = line.partition(":")
    parts: list[str] = [""]
    quoted = False
    for char in rest:
        if char == '"':
            quoted = not quoted
        elif char == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]


def number_at(parts: list[str], position: int) -> int | None:
    """A field as a whole number; None where it is missing or something else."""
    try:
        return int(parts[position])
    except (IndexError, ValueError):
        return None


def phone_number(digits: str, kind: int | None) -> str:
    """A number as people write it; type of address 145 means international (TS 24.008 §10.5.4.7)."""
    if kind == 145 and digits and not digits.startswith("+"):
        return "+" + digits
    return digits
