"""Supervision with real phones: a whisper is heard on one side only, and a take-over leaves no third party."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio

from tests.scenarios.desks import ANNA_HZ, BORIS_HZ, DACE_HZ, desks
from tests.scenarios.running_office import RunningOffice
from tests.scenarios.test_keys_in_talk import until_all_are_heard
from tests.sip.linphones import LEFT
from tests.sip.phones import poll
from tests.sound import RATE, strength

pytestmark = pytest.mark.real


async def test_a_whisper_is_heard_by_one_a_barge_by_both_and_the_supervisor_hears_both(
    office: RunningOffice, tmp_path: Path
) -> None:
    await office.change("name: Dace\n", "name: Dace\n    may_supervise: ['*']\n")
    try:
        async with desks(office, tmp_path) as people:
            await people.anna.dial("202")
            await people.boris.until("CALL_INCOMING")
            await people.boris.accept()
            await people.anna.until_hears(BORIS_HZ)
            await people.dace.dial("*556202")
            await until_all_are_heard(people.dace.heard, (ANNA_HZ, BORIS_HZ), "dace")
            await until_all_are_heard(people.boris.heard, (ANNA_HZ, DACE_HZ), "boris")
            await trio.sleep(1)
            assert strength(people.anna.heard()[-RATE // 2 :], DACE_HZ) < 0.01, "the customer hears no whisper"
            await people.dace.press("6")
            await until_all_are_heard(people.anna.heard, (BORIS_HZ, DACE_HZ), "anna")
            await people.dace.press("4")
            await poll(lambda: strength(people.boris.heard()[-RATE // 2 :], DACE_HZ) < 0.01, "only listening again")
            await until_all_are_heard(people.dace.heard, (ANNA_HZ, BORIS_HZ), "dace")
            await people.dace.press("7")
            await people.boris.until("CALL_CLOSED")
            await people.anna.until_hears(DACE_HZ)
            await people.anna.hang_up()
            await people.dace.until(LEFT)
            await office.until(lambda now: not now.calls, "the calls to end")
    finally:
        await office.undo()
