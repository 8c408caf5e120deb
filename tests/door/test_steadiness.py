"""An input that changes without end is told from one that people use."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from appliance.door.steadiness import BAD_LOOKS, LOOKS, Steadiness


def test_a_contact_that_never_rests_is_found_and_believed_again_when_it_does() -> None:
    judged = Steadiness()
    for _ in range(BAD_LOOKS):
        assert judged.is_steady
        judged.look(False, 0)
    assert not judged.is_steady
    for _ in range(LOOKS - 1):
        judged.look(True, 0)
        assert not judged.is_steady
    judged.look(True, 0)
    assert judged.is_steady


def test_one_that_rests_for_a_moment_between_changes_is_found_too() -> None:
    judged, changes = Steadiness(), 0
    for _ in range(BAD_LOOKS):
        changes += 10
        judged.look(True, changes)
    assert not judged.is_steady


@given(some.lists(some.tuples(some.booleans(), some.integers(0, 7)), max_size=200))
def test_people_who_use_a_door_are_not_a_bad_contact(looks: list[tuple[bool, int]]) -> None:
    """A look may fall into a bounce now and then, and seven changes in half a second are a child at a bell."""
    judged, changes, since_bad = Steadiness(), 0, LOOKS
    for is_settled, more in looks:
        changes += more
        since_bad = 0 if not is_settled and since_bad >= 2 else since_bad + 1
        judged.look(since_bad != 0, changes)
        assert judged.is_steady
