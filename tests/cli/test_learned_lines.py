"""What analog lines learned, on the command line."""

from appliance.cli.learned_lines import learned_rows
from appliance.control.learned_messages import LearnedTone, LiveLearned

NOTHING = LiveLearned(tones=(), caller_id="unknown", caller_id_mode="", echo_loss_db=None, released_by="")


def test_all_of_it_is_told_in_words():
    learned = LiveLearned(
        tones=(
            LearnedTone(kind="busy", hz=(425.0,), ms=(350, 352), times=7),
            LearnedTone(kind="dial", hz=(350.0, 440.0), ms=(), times=2),
        ),
        caller_id="before_ring",
        caller_id_mode="bell",
        echo_loss_db=9.4,
        released_by="loop",
    )
    assert list(learned_rows(learned)) == [
        ("caller's number", "comes before the first ring (modem setting bell)"),
        ("busy tone", "425 Hz, 350/352 ms, heard 7 times"),
        ("dial tone", "350 + 440 Hz, continuous, heard 2 times"),
        ("echo", "9 dB down, fair"),
        ("last talk ended by", "the exchange interrupted the current"),
    ]


def test_line_of_its_first_day_says_so():
    assert list(learned_rows(NOTHING)) == [("caller's number", "not known yet")]
