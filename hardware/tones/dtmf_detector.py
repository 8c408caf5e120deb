"""Keys heard in sound (ITU-T Q.23, Q.24), by the detector of libspandsp."""

from __future__ import annotations

from typing import Any

import cffi

_LIBRARY = "libspandsp.so.2"
_MOST_KEYS = 128

_ffi = cffi.FFI()
_ffi.cdef(
    """
    typedef struct dtmf_rx_state_s dtmf_rx_state_t;
    typedef void (*digits_rx_callback_t)(void *user_data, const char *digits, int len);
    dtmf_rx_state_t *dtmf_rx_init(dtmf_rx_state_t *s, digits_rx_callback_t callback, void *user_data);
    int dtmf_rx_free(dtmf_rx_state_t *s);
    int dtmf_rx(dtmf_rx_state_t *s, const int16_t amp[], int samples);
    size_t dtmf_rx_get(dtmf_rx_state_t *s, char *digits, int max);
    """
)
_loaded: Any = None


class DetectorMissing(OSError):
    """libspandsp is not installed."""


def _spandsp() -> Any:
    global _loaded  # noqa: PLW0603 - the library is opened once a process
    if _loaded is None:
        try:
            _loaded = _ffi.dlopen(_LIBRARY)
        except OSError as error:
            raise DetectorMissing(f"{_LIBRARY} is missing; install the package libspandsp2 ({error})") from error
    return _loaded


class DtmfDetector:
    """The keys of one direction of one call. Raises DetectorMissing where libspandsp is not installed."""

    def __init__(self) -> None:
        self._spandsp = _spandsp()
        state = self._spandsp.dtmf_rx_init(_ffi.NULL, _ffi.NULL, _ffi.NULL)
        if state == _ffi.NULL:
            raise MemoryError("no memory for a DTMF detector")
        self._state = _ffi.gc(state, self._spandsp.dtmf_rx_free)
        self._keys = _ffi.new(f"char[{_MOST_KEYS + 1}]")

    def hear(self, sound: bytes) -> str:
        """The keys that became clear within this sound, each once; usually "".

        Args:
            sound: s16le mono at 8 kHz, of any length; what was heard before counts.
        """
        samples = _ffi.from_buffer("int16_t[]", sound[: len(sound) // 2 * 2])
        self._spandsp.dtmf_rx(self._state, samples, len(samples))
        count = self._spandsp.dtmf_rx_get(self._state, self._keys, _MOST_KEYS)
        return bytes(_ffi.buffer(self._keys, count)).decode("ascii")
