"""Public holidays by country, from the library `holidays`: computed here, without asking anybody.

The library takes a while to import, so only an office that has named a country pays for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, lru_cache


def holiday_name(place: str, day: date) -> str | None:
    """What a public holiday is called in its country's own language; None when the day is none.

    Args:
        place: Such as "LV" or "DE-BY"; one of `is_place`.
    """
    return _of_year(place, day.year).get(day)


def is_place(place: str) -> bool:
    """Whether it is a country, or a part of one, that the library knows."""
    country, dash, part = place.partition("-")
    return country in _countries() and (not dash or part in _countries()[country])


def places_near(place: str) -> Iterable[str]:
    """What may have been meant: the parts of its country where that is known, else the countries."""
    country = place.partition("-")[0]
    return [f"{country}-{part}" for part in _countries().get(country, ())] or _countries()


def has_none(place: str, year: int) -> bool:
    """Whether no public holiday at all is known for a place in a year, as for Ukraine since 2023."""
    return not _of_year(place, year)


@lru_cache(maxsize=64)
def _of_year(place: str, year: int) -> Mapping[date, str]:
    import holidays

    country, _dash, part = place.partition("-")
    # Without a language the library follows the locale of whoever started the process.
    language = getattr(holidays.country_holidays(country), "default_language", None)
    found = holidays.country_holidays(country, subdiv=part or None, years=year, expand=False, language=language)
    return dict(found.items())


@cache
def _countries() -> Mapping[str, list[str]]:
    import holidays

    return {country: parts for country, parts in holidays.list_supported_countries().items() if len(country) == 2}
