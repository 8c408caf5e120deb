"""The documents for lamps, and which one has to be said next."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from appliance.sip.edge.publishing import (
    DialogState,
    Direction,
    EtagKeeper,
    Event,
    WatchedDialog,
    dialog_info,
    message_summary,
)

NAMESPACE = "{urn:ietf:params:xml:ns:dialog-info}"


def test_a_letter_box_with_news_asks_for_a_lit_lamp() -> None:
    assert message_summary(account="sip:*97@porter", new=2, old=5) == (
        "Messages-Waiting: yes\r\nMessage-Account: sip:*97@porter\r\nVoice-Message: 2/5 (0/0)\r\n"
    )
    assert message_summary(account="sip:*97@porter", new=0, old=5).startswith("Messages-Waiting: no\r\n")


def test_all_dialogs_of_an_extension_are_listed() -> None:
    ringing = WatchedDialog("a", DialogState.EARLY, Direction.RECIPIENT, "+37120000000", 'Anna "A" & Co <x>')
    talking = WatchedDialog("b", DialogState.CONFIRMED, Direction.INITIATOR)
    root = ElementTree.fromstring(dialog_info("sip:201@porter", (ringing, talking)))
    assert root.get("entity") == "sip:201@porter"
    assert [(d.get("id"), d.get("direction"), d.findtext(f"{NAMESPACE}state")) for d in root] == [
        ("a", "recipient", "early"),
        ("b", "initiator", "confirmed"),
    ]
    identity = root.find(f".//{NAMESPACE}identity")
    assert identity is not None
    assert identity.text == "sip:+37120000000@porter"
    assert identity.get("display") == 'Anna "A" & Co <x>'


def test_an_idle_extension_says_so() -> None:
    root = ElementTree.fromstring(dialog_info("sip:201@porter", ()))
    assert [d.findtext(f"{NAMESPACE}state") for d in root] == ["terminated"]


@given(st.text(max_size=30))
def test_any_name_makes_a_readable_document(name: str) -> None:
    dialog = WatchedDialog(name, DialogState.EARLY, Direction.RECIPIENT, name, name)
    ElementTree.fromstring(dialog_info("sip:201@porter", (dialog,)).encode())


def test_a_document_is_said_once_and_then_under_its_tag() -> None:
    keeper = EtagKeeper()
    keeper.want(Event.DIALOG, "sip:201@porter", "one")
    first = keeper.next()
    assert first is not None and first.etag is None
    keeper.answered(first, 200, "tag1")
    assert keeper.next() is None
    keeper.want(Event.DIALOG, "sip:201@porter", "one")
    assert keeper.next() is None, "nothing has changed"
    keeper.want(Event.DIALOG, "sip:201@porter", "two")
    second = keeper.next()
    assert second is not None and (second.etag, second.body) == ("tag1", "two")


def test_what_changed_while_it_was_being_said_is_said_too() -> None:
    keeper = EtagKeeper()
    keeper.want(Event.DIALOG, "sip:201@porter", "one")
    first = keeper.next()
    assert first is not None
    keeper.want(Event.DIALOG, "sip:201@porter", "two")
    keeper.answered(first, 200, "tag1")
    second = keeper.next()
    assert second is not None and (second.etag, second.body) == ("tag1", "two")


def test_one_forgotten_document_means_all_are_said_again() -> None:
    keeper = EtagKeeper()
    for user in ("201", "202", "203"):
        keeper.want(Event.MESSAGE_SUMMARY, user, user)
        publication = keeper.next()
        assert publication is not None
        keeper.answered(publication, 200, f"tag{user}")
    refreshed = keeper.refresh()
    assert refreshed is not None and refreshed.body is None and refreshed.etag == f"tag{refreshed.entity}"
    keeper.answered(refreshed, 412, None)
    again = []
    while (publication := keeper.next()) is not None:
        assert publication.etag is None
        again.append(publication.body)
        keeper.answered(publication, 200, "new")
    assert sorted(body or "" for body in again) == ["201", "202", "203"]


def test_a_failed_publication_is_tried_again() -> None:
    keeper = EtagKeeper()
    keeper.want(Event.DIALOG, "sip:201@porter", "one")
    first = keeper.next()
    assert first is not None
    keeper.answered(first, 500, None)
    assert keeper.next() == first


def test_every_document_has_its_turn_to_be_refreshed() -> None:
    keeper = EtagKeeper()
    assert keeper.refresh() is None
    for user in ("201", "202"):
        keeper.want(Event.DIALOG, user, user)
        publication = keeper.next()
        assert publication is not None
        keeper.answered(publication, 200, user)
    turns = []
    for _ in range(4):
        publication = keeper.refresh()
        assert publication is not None
        keeper.answered(publication, 200, publication.etag)
        turns.append(publication.entity)
    assert sorted(turns) == ["201", "201", "202", "202"]
