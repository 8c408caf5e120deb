"""National alphabets of SMS, read where a sender's phone uses them (3GPP TS 23.038 Annex A). We never write them: too
few phones show them. The alphabets of India (4 to 13) are not here; their texts are read in the default one."""

from collections.abc import Mapping

from hardware.modem import gsm7

TURKISH, SPANISH, PORTUGUESE = 1, 2, 3
"""National language identifiers, TS 23.038 §6.2.1.2.4."""

_CAPITALS, _SMALL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"

LOCKING: Mapping[int, str] = {
    TURKISH: (f"@£$¥€éùıòÇ\nĞğ\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bŞşßÉ !\"#¤%&'()*+,-./0123456789:;<=>?İ{_CAPITALS}ÄÖÑÜ§ç{_SMALL}äöñüà"),
    PORTUGUESE: (
        f"@£$¥êéúíóç\nÔô\rÁáΔ_ªÇÀ∞^\\€Ó|\x1bÂâÊÉ !\"#º%&'()*+,-./0123456789:;<=>?Í{_CAPITALS}ÃÕÚÜ§~{_SMALL}ãõ`üà"
    ),
}
"""Whole alphabets, TS 23.038 A.3; Spanish has none."""

SINGLE: Mapping[int, Mapping[int, str]] = {
    TURKISH: gsm7.EXTENSION | {0x47: "Ğ", 0x49: "İ", 0x53: "Ş", 0x63: "ç", 0x67: "ğ", 0x69: "ı", 0x73: "ş"},
    SPANISH: gsm7.EXTENSION
    | {0x09: "ç", 0x41: "Á", 0x49: "Í", 0x4F: "Ó", 0x55: "Ú", 0x61: "á", 0x69: "í", 0x6F: "ó", 0x75: "ú"},
    PORTUGUESE: gsm7.EXTENSION
    | {0x05: "ê", 0x09: "ç", 0x0B: "Ô", 0x0C: "ô", 0x0E: "Á", 0x0F: "á"}
    | {0x12: "Φ", 0x13: "Γ", 0x15: "Ω", 0x16: "Π", 0x17: "Ψ", 0x18: "Σ", 0x19: "Θ", 0x1F: "Ê"}
    | {0x41: "À", 0x49: "Í", 0x4F: "Ó", 0x55: "Ú", 0x5B: "Ã", 0x5C: "Õ", 0x61: "Â"}
    | {0x69: "í", 0x6F: "ó", 0x75: "ú", 0x7B: "ã", 0x7C: "õ", 0x7F: "â"},
}
"""What an escape before a code means, TS 23.038 A.2."""


def is_known(locking: int, single: int) -> bool:
    """Whether a text with these language identifiers (0: none) is read as it was meant."""
    return (locking == 0 or locking in LOCKING) and (single == 0 or single in SINGLE)


def decode(septets: bytes, locking: int, single: int) -> str:
    """The text of septets in the alphabets of these language identifiers; unknown ones count as the default."""
    return gsm7.decode(septets, LOCKING.get(locking, gsm7.DEFAULT), SINGLE.get(single, gsm7.EXTENSION))
