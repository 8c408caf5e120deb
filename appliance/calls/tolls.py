"""What was called outside: counted while a call lasts, kept through restarts. Which limits that reaches is decided in
`appliance.routing.limits`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Protocol

from appliance.calls.names import Used

KEPT_DAYS = 2
"""Days on which something was called whose counts are kept; a night belongs to the day on which it began."""
KEPT_MONTHS = 2
MONTH = " month"
"""How the name of a month ends."""
LEFT = "left"
"""The period under which is kept what a SIM has left, rather than what was used."""


class TollStore(Protocol):
    """Keeps the counts. `keep_used` hands over to the store's queue and returns at once."""

    def load(self) -> Mapping[tuple[str, str], Used]:
        """(account, period) to what was used. Called once, before the first call."""
        ...

    def keep_used(self, account: str, period: str, used: Used) -> None:
        """All that an account has used in a period, in place of what was kept."""
        ...

    def forget_used(self, account: str, period: str) -> None: ...


class Tolls:
    """The counts of the running office."""

    def __init__(self, store: TollStore) -> None:
        self._store = store
        self._counts = dict(store.load())

    @property
    def counts(self) -> Mapping[tuple[str, str], Used]:
        return MappingProxyType(self._counts)

    def add(self, accounts: Iterable[str], periods: Iterable[str], used: Used) -> None:
        """Count something for each account in each period.

        Args:
            periods: As `appliance.routing.limits.periods` names them: a date first, or "" while nobody knows it.
        """
        periods = tuple(periods)
        for account in accounts:
            for period in periods:
                total = self._counts[account, period] = self._counts.get((account, period), Used()) + used
                self._store.keep_used(account, period, total)
        self._forget_old(periods[0])

    def left(self, account: str) -> Used | None:
        """Money and minutes left on the SIM of a line; None: it was never asked for."""
        return self._counts.get((account, LEFT))

    def note_left(self, account: str, left: Used) -> None:
        """The network told what is left."""
        self._counts[account, LEFT] = left
        self._store.keep_used(account, LEFT, left)

    def _forget_old(self, today: str) -> None:
        """Old days and months, and what was counted before anybody knew the date, once somebody does."""
        if not today:
            return
        periods = {period for _, period in self._counts if period not in ("", LEFT)}
        months = sorted(period for period in periods if period.endswith(MONTH))[-KEPT_MONTHS:]
        days = sorted({period[:10] for period in periods if not period.endswith(MONTH)})[-KEPT_DAYS:]
        for account, period in [*self._counts]:
            if period != LEFT and period not in months and period[:10] not in days:
                del self._counts[account, period]
                self._store.forget_used(account, period)
