"""All codes of an office: of people and guests, kept in a file, and for single rings, kept in this process only."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec
import trio

from appliance.control.door_people import (
    CodeKind,
    CodesUndone,
    IssueOneTimeCode,
    OneTimeCode,
    People,
    Person,
    SetPersonCode,
)
from appliance.control.faults import RequestFailed
from appliance.control.messages import Detail, Fault
from appliance.door import codes, files, ring_codes
from appliance.door.codes import Codes, PersonCode
from appliance.door.ring_codes import RingCode
from appliance.door.rules import Grant, KnownCodes


class CodeBook:
    """Codes, and how often the limited ones have opened."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept = Codes(salt=secrets.token_hex(16))
        self._used: dict[str, int] = {}
        self._rings: dict[str, tuple[RingCode, ...]] = {}
        self._turn = trio.Lock()

    def load(self) -> None:
        """Read the file; a broken one is set aside."""
        kept = files.load(self._path, Codes, self._kept)
        self._kept = kept if kept.salt else msgspec.structs.replace(kept, salt=self._kept.salt)

    def recall(self, used: dict[str, int]) -> None:
        """How often codes have opened, as the ledger knows it."""
        for id, count in used.items():
            self._used[id] = max(self._used.get(id, 0), count)

    def known(self, door: str) -> KnownCodes:
        """What may open a door."""
        return KnownCodes(
            people=self._kept.codes, rings=self._rings.get(door, ()), used=self._used, salt=self._kept.salt
        )

    def claim(self, door: str, grant: Grant) -> bool:
        """Take one use of what a grant is based on; False when it was used up in the meantime, at another door."""
        if grant.ring is not None:
            self._rings[door] = ring_codes.used(self._rings.get(door, ()), grant.ring)
        if grant.code_used is None:
            return True
        kept = next((one for one in self._kept.codes if one.id == grant.code_used), None)
        used = self._used.get(grant.code_used, 0)
        if kept is None or kept.uses is None or used >= kept.uses:
            return False
        self._used[grant.code_used] = used + 1
        return True

    def issue(self, request: IssueOneTimeCode, now: float) -> OneTimeCode:
        """Make a code for one ring."""
        before = self._rings.get(request.door, ())
        new, self._rings[request.door] = ring_codes.issued(before, request.ring, request.person, request.seconds, now)
        return OneTimeCode(new.code, request.seconds)

    async def set(self, request: SetPersonCode, doors: Iterable[str], today: date | None) -> None:
        """Give or take a code; durable when it returns.

        Args:
            doors: Names of all doors.
            today: None when the clock is not sure.

        Raises RequestFailed with all that is wrong, and OSError when it cannot be saved; all stays as it was then.
        """
        _complain(mistakes(request, set(doors), today))
        async with self._turn:
            others = tuple(
                kept for kept in self._kept.codes if (kept.person, kept.kind) != (request.person, request.kind)
            )
            if request.code is None:
                await self._save(others, before=self._kept.codes)
                return
            if await trio.to_thread.run_sync(self._is_taken, request, others):
                cause = "Somebody has this code already."
                raise RequestFailed(Fault("code_taken", cause, "Choose another code; six digits at random are good."))
            new = PersonCode(
                id=secrets.token_hex(8),
                person=request.person,
                hash=await trio.to_thread.run_sync(codes.hashed, request.code),
                tag=codes.tag_of(request.code, self._kept.salt),
                kind=request.kind,
                doors=request.doors,
                hours=request.hours,
                valid_from=request.valid_from,
                valid_until=request.valid_until,
                uses=request.uses,
            )
            await self._save((*others, new), before=self._kept.codes)

    async def undo(self) -> CodesUndone:
        """Take the last change back; raises RequestFailed when there is none, and OSError."""
        async with self._turn:
            undone = self._undoable()
            if undone is None or self._kept.before is None:
                raise RequestFailed(Fault("no_code_to_undo", "There is no change of codes to take back."))
            await self._save(self._kept.before, before=None)
            return undone

    def people(self) -> People:
        """Everybody with a code."""
        listed = (
            Person(
                kept.person,
                kept.doors,
                kept.hours,
                kept.valid_from,
                kept.valid_until,
                kept.kind,
                kept.uses,
                self._used.get(kept.id, 0),
            )
            for kept in self._kept.codes
        )
        return People(tuple(listed), self._undoable())

    def _undoable(self) -> CodesUndone | None:
        if self._kept.before is None:
            return None
        changed = set(self._kept.codes) ^ set(self._kept.before)
        return next((CodesUndone(one.person, one.kind) for one in changed), None)

    def _is_taken(self, request: SetPersonCode, others: Iterable[PersonCode]) -> bool:
        """Whether the code is somebody's already, or this person's for another purpose. Takes a while."""
        code = request.code or ""
        tag = codes.tag_of(code, self._kept.salt)
        is_card = request.kind is CodeKind.CARD
        return any(
            kept.tag == tag and (kept.kind is CodeKind.CARD) is is_card and codes.matches(code, kept.hash)
            for kept in others
        )

    async def _save(self, kept: tuple[PersonCode, ...], *, before: tuple[PersonCode, ...] | None) -> None:
        new = Codes(kept, self._kept.salt, before)
        await trio.to_thread.run_sync(files.save, self._path, new)
        self._kept = new


def mistakes(request: SetPersonCode, doors: set[str], today: date | None) -> list[Detail]:
    """Everything wrong with a code that is to be given, its own digits apart."""
    found = [Detail("doors", f"There is no door named {name!r}.") for name in request.doors if name not in doors]
    if request.code is None:
        return found
    if request.kind is not CodeKind.CARD and (why := codes.why_trivial(request.code, request.known_numbers)):
        found.append(Detail("code", why, "Choose another code; six digits at random are good."))
    if request.kind is CodeKind.GUEST and request.valid_until is None and request.uses is None:
        found.append(Detail("valid_until", "A guest's code has to end.", "Give its last day, or how often it opens."))
    if request.valid_from and request.valid_until and request.valid_until < request.valid_from:
        found.append(Detail("valid_until", "It ends before it begins.", "Exchange the two days."))
    if today is not None and request.valid_until is not None and request.valid_until < today:
        found.append(Detail("valid_until", "This day is over already."))
    return found


def _complain(found: list[Detail]) -> None:
    if found:
        cause = " ".join(detail.cause for detail in found)
        next_step = next((detail.next_step for detail in found if detail.next_step), "Correct this and try again.")
        is_trivial = [detail.path for detail in found] == ["code"]
        raise RequestFailed(Fault("trivial_code" if is_trivial else "invalid", cause, next_step, tuple(found)))
