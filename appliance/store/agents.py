"""What is known of the members of teams, kept through restarts: the `AgentStates` port on the office's database."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import msgspec

from appliance.calls.agents import Agent, KeptAgents
from appliance.calls.queues import LATEST
from appliance.store.writer import Writer


class StoredAgents:
    """Implements `AgentStates`. Each member has one row, which every change replaces."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def load(self) -> KeptAgents:
        """What was kept last. Blocks for some milliseconds; called once, before the first call."""
        return self._writer.do(_load)

    def keep_agent(self, agent: Agent, at: float, wall: datetime | None) -> None:
        values = (agent.number, at, None if wall is None else wall.isoformat(), msgspec.json.encode(agent))
        self._writer.submit(
            lambda connection: connection.execute("INSERT OR REPLACE INTO agents VALUES (?, ?, ?, ?)", values)
        )

    def keep_turn(self, team: str, member: str) -> None:
        self._writer.submit(
            lambda connection: connection.execute("INSERT OR REPLACE INTO team_turns VALUES (?, ?)", (team, member))
        )

    def keep_handled(self, team: str, seconds: float) -> None:
        self._writer.submit(lambda connection: _keep_handled(connection, team, seconds))

    async def settled(self) -> None:
        """Returns when all of the above is durable; raises `StoreFailed` when the disk does not let us."""
        await self._writer.done(_nothing)
        if self._writer.trouble is not None:
            raise self._writer.trouble


def _load(connection: sqlite3.Connection) -> KeptAgents:
    rows = connection.execute("SELECT changed_at, wall, document FROM agents ORDER BY changed_at").fetchall()
    at, wall, _ = rows[-1] if rows else (0.0, None, None)
    return KeptAgents(
        agents=tuple(msgspec.json.decode(document, type=Agent) for _, _, document in rows),
        handled=_handled(connection),
        last_turns=dict(connection.execute("SELECT team, member FROM team_turns").fetchall()),
        at=at,
        wall=None if wall is None else datetime.fromisoformat(wall),
    )


def _keep_handled(connection: sqlite3.Connection, team: str, seconds: float) -> None:
    connection.execute("INSERT INTO handled_calls (team, seconds) VALUES (?, ?)", (team, seconds))
    connection.execute(
        "DELETE FROM handled_calls WHERE team = :team AND seq <= "
        "(SELECT seq FROM handled_calls WHERE team = :team ORDER BY seq DESC LIMIT 1 OFFSET :most)",
        {"team": team, "most": LATEST},
    )


def _handled(connection: sqlite3.Connection) -> dict[str, tuple[float, ...]]:
    found: dict[str, tuple[float, ...]] = {}
    for team, seconds in connection.execute("SELECT team, seconds FROM handled_calls ORDER BY seq"):
        found[team] = (*found.get(team, ()), seconds)
    return found


def _nothing(_: sqlite3.Connection) -> None:
    """A job that is done when all before it are."""
