"""Texts that are written in the office's language or in several: of queues' announcements and of briefings."""

import pytest

from appliance.config.loading import export, parse
from appliance.config.mistakes import ConfigurationInvalid
from appliance.config.models import Language

OFFICE = """
name: Kalna iela
default_desk: "extension:201"
extensions: {"201": {name: Anna, phones: {"201": {password: "x9f8a7s6d5f4g3h2"}}}}
call_queues: {help: {name: Help, number: "620", members: ["201"], %s}}
"""


def test_a_text_is_one_or_several_and_stays_so_when_it_is_written_out() -> None:
    office = parse(OFFICE % 'announcements: ["One.", {lv: Divi., ru: Два.}], briefing: {en: A call., lv: Zvans.}')
    queue = office.call_queues["help"]
    assert queue.announcements == ("One.", {Language.LV: "Divi.", Language.RU: "Два."})
    assert queue.briefing == {Language.EN: "A call.", Language.LV: "Zvans."}
    assert parse(export(office)) == office


@pytest.mark.parametrize(
    ("settings", "mistakes"),
    [
        ('briefing: {lw: "A"}', [("call_queues.help.briefing.lw", '"lw" cannot be its name')]),
        ('briefing: ""', [("call_queues.help.briefing", "It must be a text")]),
        ("briefing: {lv: ''}", [("call_queues.help.briefing.lv", "It must be a text")]),
        (
            "announcements: [[a], ok, {en: ''}]",
            [
                ("call_queues.help.announcements.1", "It must be a text"),
                ("call_queues.help.announcements.3.en", "It must be a text"),
            ],
        ),
    ],
)
def test_every_mistake_in_them_is_named(settings: str, mistakes: list[tuple[str, str]]) -> None:
    with pytest.raises(ConfigurationInvalid) as invalid:
        parse(OFFICE % settings)
    found = [(mistake.path, mistake.cause) for mistake in invalid.value.mistakes]
    assert [path for path, _ in found] == [path for path, _ in mistakes]
    assert all(cause.startswith(start) for (_, cause), (_, start) in zip(found, mistakes, strict=True)), found
