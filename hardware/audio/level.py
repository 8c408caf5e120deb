"""Making sound louder or quieter."""

from __future__ import annotations

from array import array

from hardware.tones.generate import octets, samples_of

_MOST, _LEAST = 32767, -32768


class Gain:
    """Changes the level of s16le sound; what would be louder than full scale is held there.

    Args:
        gain_db: 0 leaves it as it is; from -40 to 40.
    """

    def __init__(self, gain_db: float = 0.0) -> None:
        self.gain_db = gain_db
        self._factor = 10 ** (gain_db / 20)

    def __call__(self, sound: bytes) -> bytes:
        if self.gain_db == 0:
            return sound
        factor = self._factor
        scaled = (round(value * factor) for value in samples_of(sound))
        return octets(array("h", [max(_LEAST, min(_MOST, value)) for value in scaled]))
