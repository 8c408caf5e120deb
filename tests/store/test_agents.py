"""What is known of members survives restarts, crashes and full disks."""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from appliance.calls.agents import NOBODY_KNOWN, Agent, KeptAgents
from appliance.calls.queues import LATEST
from appliance.store.agents import StoredAgents
from appliance.store.writer import Writer

TREE = Path(__file__).parents[2]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

ANNA = Agent(
    number="201",
    logged_out_at={"ring_group:sales": 2.0},
    pause_reason="Lunch",
    paused_at=4.0,
    call_at=1.5,
    talk_ended_at=3.0,
    declined_at=0.5,
    wraps_up_until=33.0,
    calls=3,
    calls_on=date(2026, 11, 24),
)


def loaded(file: Path) -> KeptAgents:
    with Writer(file) as writer:
        return StoredAgents(writer).load()


def test_a_new_office_knows_nobody(tmp_path: Path) -> None:
    assert loaded(tmp_path / "records.sqlite") == NOBODY_KNOWN


def test_what_was_kept_last_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "records.sqlite"
    with Writer(file) as writer:
        agents = StoredAgents(writer)
        agents.keep_agent(Agent(number="202"), 7.0, NOON)
        agents.keep_agent(Agent(number="201"), 8.0, NOON)
        agents.keep_agent(ANNA, 9.0, None)
        agents.keep_turn("ring_group:sales", "201")
        agents.keep_turn("ring_group:sales", "202")
    kept = loaded(file)
    assert kept == KeptAgents(
        agents=(Agent(number="202"), ANNA), last_turns={"ring_group:sales": "202"}, at=9.0, wall=None
    )


_BUSY = """
import sys
from pathlib import Path
import trio
from appliance.calls.agents import Agent
from appliance.store.agents import StoredAgents
from appliance.store.writer import Writer

async def work(agents):
    for count in range(1, 100_000):
        agents.keep_agent(Agent(number="201", calls=count), float(count), None)
        await agents.settled()
        print(count, flush=True)

with Writer(Path(sys.argv[1])) as writer:
    trio.run(work, StoredAgents(writer))
"""


@pytest.mark.parametrize("acknowledged", [1, 7, 40])
def test_what_is_settled_survives_a_kill(tmp_path: Path, acknowledged: int) -> None:
    file = tmp_path / "records.sqlite"
    busy = subprocess.Popen([sys.executable, "-c", _BUSY, str(file)], stdout=subprocess.PIPE, text=True, cwd=TREE)
    assert busy.stdout is not None
    for _ in range(acknowledged):
        busy.stdout.readline()
    busy.kill()
    last = int((busy.stdout.read().split() or [str(acknowledged)])[-1])
    busy.wait()
    (agent,) = loaded(file).agents
    assert agent.calls in (last, last + 1)


def test_what_calls_took_is_kept_for_each_team_and_not_without_end(tmp_path: Path) -> None:
    file = tmp_path / "records.sqlite"
    with Writer(file) as writer:
        agents = StoredAgents(writer)
        for seconds in range(LATEST + 20):
            agents.keep_handled("queue:support", float(seconds))
        agents.keep_handled("ring_group:sales", 7.5)
    kept = loaded(file)
    assert kept.handled == {
        "queue:support": tuple(float(seconds) for seconds in range(20, LATEST + 20)),
        "ring_group:sales": (7.5,),
    }
