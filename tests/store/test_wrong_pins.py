"""Wrong PINs are kept through restarts."""

from datetime import UTC, datetime
from pathlib import Path

from appliance.calls.wrong_pins import KeptTries
from appliance.store.writer import Writer
from appliance.store.wrong_pins import StoredWrongPins


def test_what_was_kept_last_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "records.sqlite"
    until = datetime(2026, 11, 24, 12, tzinfo=UTC)
    with Writer(file) as writer:
        pins = StoredWrongPins(writer)
        assert pins.load() == {}
        pins.keep("voicemail:201", KeptTries(4, None))
        pins.keep("voicemail:201", KeptTries(5, until))
        pins.keep("voicemail:202", KeptTries(1, None))
        pins.keep("voicemail:203", KeptTries(1, None))
        pins.forget("voicemail:203")
        pins.forget("voicemail:999")
    with Writer(file) as writer:
        assert StoredWrongPins(writer).load() == {
            "voicemail:201": KeptTries(5, until),
            "voicemail:202": KeptTries(1, None),
        }
