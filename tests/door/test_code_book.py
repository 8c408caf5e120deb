"""The book of codes: who gets one, who may not, how often it opens, and taking a change back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

import pytest
import trio

from appliance.control.door_people import CodeKind, CodesUndone, IssueOneTimeCode, SetPersonCode
from appliance.control.faults import RequestFailed
from appliance.door import codes, ring_codes
from appliance.door.code_book import CodeBook
from appliance.door.rules import Grant

TODAY = date(2026, 11, 28)
DOORS = ("front", "back")


def in_book(path: Path, do: Callable[[CodeBook], Awaitable[None]]) -> None:
    async def main() -> None:
        book = CodeBook(path / "codes.json")
        book.load()
        await do(book)

    trio.run(main)


def guest(**other: object) -> SetPersonCode:
    wish: dict[str, object] = {"person": "plumber", "code": "836251", "kind": CodeKind.GUEST, "uses": 1}
    return SetPersonCode(**(wish | other))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wish", "paths"),
    [
        (guest(uses=None), ["valid_until"]),
        (guest(uses=None, valid_until=TODAY), []),
        (guest(valid_until=date(2026, 11, 27)), ["valid_until"]),
        (guest(valid_from=date(2026, 12, 2), valid_until=date(2026, 12, 1)), ["valid_until"]),
        (guest(doors=("front", "sde"), code="1234", uses=None), ["doors", "code", "valid_until"]),
        (guest(kind=CodeKind.CARD, code="0000000000"), []),
        (guest(code=None, uses=None), []),
    ],
)
def test_all_that_is_wrong_with_a_code_is_said_at_once(tmp_path: Path, wish: SetPersonCode, paths: list[str]) -> None:
    async def main(book: CodeBook) -> None:
        try:
            await book.set(wish, DOORS, TODAY)
        except RequestFailed as failed:
            assert [detail.path for detail in failed.fault.details] == paths
            assert not book.people().people
        else:
            assert paths == []

    in_book(tmp_path, main)


def test_a_code_is_somebodys_alone(tmp_path: Path) -> None:
    async def main(book: CodeBook) -> None:
        await book.set(SetPersonCode(person="anna", code="836251"), DOORS, TODAY)
        for taken in (guest(), SetPersonCode(person="anna", code="836251", kind=CodeKind.DURESS)):
            with pytest.raises(RequestFailed, match="has this code already"):
                await book.set(taken, DOORS, TODAY)
        await book.set(guest(kind=CodeKind.CARD), DOORS, TODAY)
        await book.set(SetPersonCode(person="anna", code="836251", doors=("back",)), DOORS, TODAY)
        assert [(one.person, one.kind) for one in book.people().people] == [("plumber", "card"), ("anna", "code")]

    in_book(tmp_path, main)


def test_the_last_change_can_be_taken_back_once_even_after_a_restart(tmp_path: Path) -> None:
    async def give(book: CodeBook) -> None:
        await book.set(SetPersonCode(person="anna", code="836251"), DOORS, TODAY)
        await book.set(SetPersonCode(person="anna", code=None), DOORS, TODAY)
        assert not book.people().people

    async def undo(book: CodeBook) -> None:
        assert book.people().undo == CodesUndone("anna", CodeKind.CODE)
        assert await book.undo() == CodesUndone("anna", CodeKind.CODE)
        (anna,) = book.known("front").people
        assert codes.matches("836251", anna.hash)
        assert book.known("front").on_heap("836251") == [anna]
        assert book.people().undo is None
        with pytest.raises(RequestFailed, match="no change"):
            await book.undo()

    in_book(tmp_path, give)
    in_book(tmp_path, undo)


def test_nothing_readable_is_kept(tmp_path: Path) -> None:
    async def main(book: CodeBook) -> None:
        await book.set(guest(), DOORS, TODAY)
        await book.set(guest(code="590417"), DOORS, TODAY)

    in_book(tmp_path, main)
    for file in tmp_path.iterdir():
        assert b"836251" not in file.read_bytes() and b"590417" not in file.read_bytes()


def test_a_code_for_one_use_opens_at_one_of_two_doors(tmp_path: Path) -> None:
    async def main(book: CodeBook) -> None:
        await book.set(guest(), DOORS, TODAY)
        (kept,) = book.known("front").people
        grant = Grant(3.0, "plumber", code_used=kept.id)
        assert book.claim("front", grant)
        assert not book.claim("back", grant)
        assert book.people().people[0].used == 1
        book.recall({kept.id: 1})
        assert book.people().people[0].used == 1
        assert not book.claim("back", Grant(3.0, "plumber", code_used="taken away meanwhile"))

    in_book(tmp_path, main)


def test_a_code_for_a_ring_ends_with_its_use_and_with_the_next_ring(tmp_path: Path) -> None:
    async def main(book: CodeBook) -> None:
        def issued(ring: str, person: str) -> ring_codes.RingCode:
            code = book.issue(IssueOneTimeCode(door="front", ring=ring, person=person), 100.0)
            assert len(code.code) == 4 and code.seconds == 60.0
            assert code.code not in repr(code)
            found = ring_codes.found(book.known("front").rings, code.code, person)
            assert found is not None
            return found

        def is_over(code: ring_codes.RingCode) -> bool:
            found = ring_codes.found(book.known("front").rings, code.code, code.person)
            return found is None or found.is_over

        anna, bob = issued("ring 1", "anna"), issued("ring 1", "bob")
        assert not is_over(anna) and not is_over(bob)
        book.claim("front", Grant(3.0, "bob", ring="ring 1"))
        assert is_over(anna) and is_over(bob)
        second = issued("ring 2", "anna")
        newer = issued("ring 2", "anna")
        assert newer.code == second.code or is_over(second)
        third = issued("ring 3", "bob")
        assert newer.code == third.code or is_over(newer)
        assert not is_over(third)
        assert book.known("back").rings == ()

    in_book(tmp_path, main)


def test_old_codes_of_rings_are_forgotten() -> None:
    kept: tuple[ring_codes.RingCode, ...] = ()
    for number in range(50):
        _, kept = ring_codes.issued(kept, f"ring {number}", "anna", 60.0, number * 600.0)
    assert len(kept) == 7
    assert [one.is_over for one in kept] == [False] + [True] * 6


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    async def main(book: CodeBook) -> None:
        await book.set(guest(), DOORS, TODAY)
        (tmp_path / "codes.json.new").mkdir()
        with pytest.raises(OSError, match="directory"):
            await book.set(guest(code="590417"), DOORS, TODAY)
        with pytest.raises(OSError, match="directory"):
            await book.undo()
        (kept,) = book.known("front").people
        assert codes.matches("836251", kept.hash)

    in_book(tmp_path, main)
