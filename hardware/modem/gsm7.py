"""The GSM 7 bit default alphabet and its extension table (3GPP TS 23.038 §6.2.1), and septets packed into octets.
National alphabets, which we read and never write, are in `gsm7_national`."""

from collections.abc import Iterable, Mapping

ESCAPE = 0x1B

DEFAULT = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}

_SEPTETS_OF = {char: bytes((code,)) for code, char in enumerate(DEFAULT) if code != ESCAPE} | {
    char: bytes((ESCAPE, code)) for code, char in EXTENSION.items()
}


def encode(text: str) -> bytes | None:
    """The septets of a text, one a byte; None when a character is not in the alphabet.

    National shift tables are not used: too few phones show them.
    """
    try:
        return b"".join(_SEPTETS_OF[char] for char in text)
    except KeyError:
        return None


def decode(septets: Iterable[int], alphabet: str = DEFAULT, extension: Mapping[int, str] = EXTENSION) -> str:
    """The text of septets, one a byte.

    Args:
        alphabet: 128 characters; a national one where the message names it.
        extension: What an escape before a code means.

    An escape before a code the extension lacks shows the default character, as TS 23.038 §6.2.1.1 asks; a lone
    escape at the end shows nothing.
    """
    text: list[str] = []
    escaped = False
    for septet in septets:
        code = septet & 0x7F
        if escaped:
            text.append(extension.get(code, alphabet[code] if code != ESCAPE else " "))
            escaped = False
        elif code == ESCAPE:
            escaped = True
        else:
            text.append(alphabet[code])
    return "".join(text)


def pack(septets: bytes, fill_bits: int = 0) -> bytes:
    """Septets packed into octets, low bits first (TS 23.038 §6.1.2.1), after `fill_bits` zero bits."""
    value = 0
    for position, septet in enumerate(septets):
        value |= (septet & 0x7F) << (fill_bits + 7 * position)
    return value.to_bytes((fill_bits + 7 * len(septets) + 7) // 8, "little")


def unpack(octets: bytes, count: int, fill_bits: int = 0) -> bytes:
    """At most `count` septets, fewer when the octets hold fewer."""
    count = min(count, max(0, (8 * len(octets) - fill_bits) // 7))
    value = int.from_bytes(octets, "little") >> fill_bits
    return bytes((value >> (7 * position)) & 0x7F for position in range(count))


def split(septets: bytes, most: int) -> list[bytes]:
    """Parts of at most `most` septets; an escape is never parted from its code."""
    parts = []
    start = 0
    while start < len(septets):
        end = min(start + most, len(septets))
        if end < len(septets) and septets[end - 1] == ESCAPE:
            end -= 1
        parts.append(septets[start:end])
        start = end
    return parts
