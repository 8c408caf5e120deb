"""What a party is spoken to in."""

from __future__ import annotations

from appliance.calls.names import Party, PartyKind
from appliance.config.models import Configuration, Language, SpokenTexts
from appliance.routing.callers import who_calls
from appliance.routing.rights import person_behind


def own_language(configuration: Configuration, party: Party) -> Language | None:
    """The language of an extension, its owner's mobile, a contact or a door; None: nobody said, so the office's."""
    person = person_behind(configuration, party)
    if person is not None:
        return person[1].language
    if party.kind is PartyKind.DOOR:
        door = configuration.doors.get(party.number)
        return door.call.language if door is not None else None
    if party.kind is not PartyKind.OUTSIDE or not party.number:
        return None
    contact = who_calls(configuration, party.number).contact
    return contact.language if contact is not None else None


def text_in(texts: str | SpokenTexts, wanted: Language, office: Language) -> tuple[str, Language]:
    """What to say of a text written in several languages, and the language that is in: the one wanted, the office's,
    or the first; ("", wanted) where nothing is written. A single text is in the office's."""
    if isinstance(texts, str):
        return texts, office
    spoken = next((language for language in (wanted, office, *texts) if language in texts), wanted)
    return texts.get(spoken, ""), Language(spoken)
