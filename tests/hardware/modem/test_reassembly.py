from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from hardware.modem.pdu import Deliver
from hardware.modem.pdu_decode import decode
from hardware.modem.pdu_encode import encode_deliver
from hardware.modem.reassembly import MISSING, MOST_UNFINISHED, PATIENCE_SECONDS, Reassembly

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def parts_of(text: str, reference: int = 1, sender: str = "+37120000001", **how: bool) -> list[Deliver]:
    parts = [decode(pdu.hex) for pdu in encode_deliver(sender, text, AT, reference=reference, **how)]
    assert all(isinstance(part, Deliver) for part in parts)
    return parts


@given(st.text(min_size=200, max_size=500), st.randoms(), st.booleans())
def test_parts_in_any_order_and_repeated_make_the_text_once(text, random, wide):
    parts = parts_of(text, wide_reference=wide)
    arrivals = [(str(number), part) for number, part in enumerate(parts)]
    random.shuffle(arrivals)
    repeated = [arrival for arrival in arrivals[:-1] for _ in range(random.randint(1, 3))]
    reassembly = Reassembly()
    whole = [w for key, part in [*repeated, arrivals[-1]] for w in reassembly.add(part, key, now=0.0)]
    assert [(w.text, w.missing, w.keys) for w in whole] == [(text, (), tuple(map(str, range(len(parts)))))]
    assert whole[0].first == parts[0]
    assert reassembly.deadline is None


def test_missing_part_is_waited_for_ten_minutes_then_shown_as_missing():
    first, second, third = parts_of("a" * 153 + "b" * 153 + "c" * 10)
    reassembly = Reassembly()
    assert reassembly.add(third, "c", now=100.0) == []
    assert reassembly.add(first, "a", now=200.0) == []
    assert reassembly.overdue(100.0 + PATIENCE_SECONDS - 0.1) == []
    assert reassembly.deadline == 100.0 + PATIENCE_SECONDS
    [whole] = reassembly.overdue(100.0 + PATIENCE_SECONDS)
    assert (whole.text, whole.missing, whole.keys) == ("a" * 153 + MISSING + "c" * 10, (2,), ("a", "c"))
    assert second.concat is not None


def test_same_reference_from_two_senders_are_two_messages():
    mine, yours = parts_of("m" * 200), parts_of("y" * 200, sender="+37120000002")
    reassembly = Reassembly()
    for key, part in (("m", mine[0]), ("y", yours[0])):
        assert reassembly.add(part, key, now=0.0) == []
    assert [w.text for w in reassembly.add(yours[1], "y2", now=0.0)] == ["y" * 200]
    assert [w.text for w in reassembly.add(mine[1], "m2", now=0.0)] == ["m" * 200]


def test_pair_of_surrogates_cut_between_parts_is_whole_again():
    units = "🚪".encode("utf-16-be")
    head, tail = parts_of("ā" * 71)
    cut = [
        Deliver(number=head.number, encoding=head.encoding, concat=head.concat, data=b"\x00x" + units[:2], text="x?"),
        Deliver(number=head.number, encoding=head.encoding, concat=tail.concat, data=units[2:], text="?"),
    ]
    reassembly = Reassembly()
    assert [w.text for key, part in zip("ab", cut, strict=True) for w in reassembly.add(part, key, now=0.0)] == ["x🚪"]


def test_flood_of_first_parts_is_bounded_and_nothing_is_lost():
    reassembly = Reassembly()
    whole = []
    for reference in range(MOST_UNFINISHED + 10):
        whole += reassembly.add(parts_of("z" * 200, reference=reference)[0], str(reference), now=float(reference))
    assert [w.keys for w in whole] == [(str(key),) for key in range(10)]
    assert len(reassembly.overdue(now=1e9)) == MOST_UNFINISHED
