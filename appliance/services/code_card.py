"""The card beside the phone: every code in force and what it does, as a value, as text, and as a page to print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from itertools import groupby

import msgspec

from appliance.config.models import Configuration, Language
from appliance.control.controller_messages import CardLine, CodesShown
from appliance.routing.codes import ARGUMENT, codes_of
from appliance.routing.numbering import emergency_numbers
from appliance.routing.talk_codes import all_talk_codes
from appliance.services.words import InAllLanguages, load_words

SHOWN_ARGUMENT = "…"

_PAGE = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>
@page {{ size: A4; margin: 12mm }}
body {{ font: 10pt/1.35 sans-serif; max-width: 190mm; margin: 0 auto; padding: 1em; color: #111; background: #fff }}
h1 {{ font-size: 16pt; margin: 0 }} h2 {{ font-size: 12pt; margin: .8em 0 .2em }}
table {{ width: 100%; border-collapse: collapse }} tr {{ break-inside: avoid }}
th, td {{ text-align: left; vertical-align: top; padding: .15em .5em .15em 0; border-bottom: 1px solid #ccc }}
th {{ font-family: monospace; white-space: nowrap; width: 1% }}
@media (max-width: 30em) {{ th {{ white-space: normal }} }}
</style></head>
<body><h1>{title}</h1><p>{office}</p>{tables}<p>{legend}</p></body>
</html>
"""


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    texts: Mapping[str, InAllLanguages]
    dialled: Mapping[str, InAllLanguages]
    in_talk: Mapping[str, InAllLanguages]


@cache
def words_of_card() -> _Words:
    """The manifest that comes with Porter."""
    return load_words("code_card.yaml", _Words)


def code_card(configuration: Configuration, language: Language) -> CodesShown:
    """The codes of an office as they are in force now; a feature whose codes were taken away has no line."""
    words = words_of_card()

    def text(key: str) -> str:
        return words.texts[key].text(language)

    parking = configuration.parking
    help_line = CardLine(emergency_numbers(configuration.country), text("emergency"))
    by_feature = groupby(codes_of(configuration), lambda code: code.feature)
    dialled = tuple(
        CardLine(tuple(_shown(code.pattern) for code in codes), words.dialled[feature].text(language))
        for feature, codes in by_feature
    )
    fetched = (CardLine((_range(parking.slots),), text("slots")),) if parking.slots else ()
    in_talk = tuple(
        CardLine(tuple(keys for _, keys in codes), words.in_talk[feature].text(language))
        for feature, codes in groupby(all_talk_codes(configuration), lambda code: code[0])
    )
    return CodesShown(
        language=language.value,
        title=text("title"),
        office=configuration.name,
        dialled_title=text("dialled"),
        dialled=(help_line, *dialled, *fetched),
        in_talk_title=text("in-talk"),
        in_talk=(*in_talk, CardLine((parking.number,), text("park"))),
        legend=text("number"),
    )


def _shown(pattern: str) -> str:
    return pattern.replace(ARGUMENT, SHOWN_ARGUMENT)


def _range(slots: tuple[str, ...]) -> str:
    return slots[0] if len(slots) == 1 else f"{slots[0]}–{slots[-1]}"


def as_text(card: CodesShown) -> str:
    """The card for a terminal."""
    lines = [*card.dialled, *card.in_talk]
    width = max(len(_joined(line.codes)) for line in lines)

    def listed(title: str, lines: Iterable[CardLine]) -> list[str]:
        return [title, *(f"  {_joined(line.codes):{width}}  {line.does}" for line in lines)]

    dialled, in_talk = listed(card.dialled_title, card.dialled), listed(card.in_talk_title, card.in_talk)
    return "\n".join([f"{card.title}: {card.office}", "", *dialled, "", *in_talk, "", card.legend])


def as_page(card: CodesShown) -> str:
    """The card as a page of HTML for a sheet of A4; it needs no other file."""
    tables = "".join(
        f"<h2>{escape(title)}</h2><table>{''.join(_row(line) for line in lines)}</table>"
        for title, lines in ((card.dialled_title, card.dialled), (card.in_talk_title, card.in_talk))
    )
    return _PAGE.format(
        language=escape(card.language),
        title=escape(card.title),
        office=escape(card.office),
        tables=tables,
        legend=escape(card.legend),
    )


def _row(line: CardLine) -> str:
    return f"<tr><th>{escape(_joined(line.codes))}</th><td>{escape(line.does)}</td></tr>"


def _joined(codes: Iterable[str]) -> str:
    return "  ".join(codes)
