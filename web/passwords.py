"""Which passwords are too easy to guess. A machine that opens a door deserves a better one."""

from __future__ import annotations

from enum import StrEnum

SHORTEST = 12
LONGEST = 256
"""More would only keep the hashing busy."""

_LEAST_SCORE = 3
"""Of zxcvbn's 0 to 4: 3 is "safely unguessable", 10^8 to 10^10 guesses."""

# What zxcvbn's English lists do not know: our own words and the favourites of our four languages.
_WORDS = (
    *("porter", "office", "telephone", "doorbell", "appliance", "raspberry", "birojs", "parole", "telefons", "durvis"),
    *("latvija", "riga", "rīga", "sveiki", "mīlestība", "пароль", "привет", "телефон", "офис", "офіс", "україна"),
    *("киев", "київ", "москва", "россия", "любовь", "кохання", "йцукен", "йцукенгшщзхъ", "йцукенгшщзхї", "фывапролджэ"),
)


class Weakness(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    TRIVIAL = "trivial"


def weakness_of(password: str, *, also: tuple[str, ...] = ()) -> Weakness | None:
    """What is wrong with a password; None when it will do.

    Args:
        also: Words an intruder would try first here, such as the office's name.
    """
    if len(password) < SHORTEST:
        return Weakness.SHORT
    if len(password) > LONGEST:
        return Weakness.LONG
    if len(set(password)) < 5:
        return Weakness.TRIVIAL
    from zxcvbn import zxcvbn  # its word lists take memory, and this is needed twice in the life of an office

    estimate = zxcvbn(password, user_inputs=[word.lower() for word in (*_WORDS, *also) if word], max_length=LONGEST)
    return Weakness.TRIVIAL if estimate["score"] < _LEAST_SCORE else None
