"""The configuration as one text: hidden secrets, mistakes, changes, undo and the copy."""

import io
from collections.abc import Iterator

import msgspec
import pytest
from msgspec import inspect

from appliance.config.loading import export
from appliance.config.models import Configuration, SmsCommands
from appliance.control.controller_messages import ApplyConfiguration, UndoConfiguration
from appliance.control.messages import Fault
from web.veil import _SECRETS, DOTS, unveil, veil

from .canned_office import CONFIGURATION, PASSWORD, PHONE_PASSWORD, CannedOffice
from .conftest import Browser

AT = "/configuration/"


def applied(office: CannedOffice) -> list[ApplyConfiguration]:
    return [asked for asked in office.asked if isinstance(asked, ApplyConfiguration)]


def test_the_text_is_shown_without_its_secrets(browser: Browser) -> None:
    page = browser.get(AT)
    assert "default_desk: extension:201" in page
    assert PHONE_PASSWORD not in page
    assert DOTS in page


def test_a_check_shows_what_would_change_and_changes_nothing(browser: Browser, office: CannedOffice) -> None:
    text = veil(export(CONFIGURATION)).replace("Anna", "Annija")
    answer = browser.post(AT, form_at=AT, text=text, do="check")
    assert "extensions.201.name" in answer.text
    assert "Annija" in answer.text
    assert 'value="apply"' in answer.text
    assert 'value="apply"' not in browser.get(AT), "what would change is shown before it can be applied"
    assert office.configuration == CONFIGURATION
    assert [asked.dry_run for asked in applied(office)] == [True]


def test_applying_keeps_the_hidden_passwords(browser: Browser, office: CannedOffice) -> None:
    text = veil(export(CONFIGURATION)).replace("Anna", "Annija").replace("\n", "\r\n")
    answer = browser.post(AT, form_at=AT, text=text, do="apply")
    assert answer.status_code == 302
    assert office.configuration.extensions["201"].name == "Annija"
    assert office.configuration.extensions["201"].phones["201"].password == PHONE_PASSWORD
    assert "is in force" in browser.get(AT)


def test_every_mistake_is_listed_and_the_text_stays(browser: Browser, office: CannedOffice) -> None:
    text = veil(export(CONFIGURATION)).replace("extension:201", "extension:209") + "colour: <b>red</b>\n"
    answer = browser.post(AT, form_at=AT, text=text, do="apply")
    assert answer.status_code == 422
    for expected in ("default_desk (line 3)", "colour (line", "extension:209", "&lt;b&gt;red"):
        assert expected in answer.text
    assert PHONE_PASSWORD not in answer.text
    assert office.configuration == CONFIGURATION


@pytest.mark.parametrize("text", ["", "[", "- 1", "a: &a [*a]", "\x00", "name: " + "x" * 100_000, "{{ 7*7 }}"])
def test_rubbish_is_refused_kindly(browser: Browser, office: CannedOffice, text: str) -> None:
    answer = browser.post(AT, form_at=AT, text=text, do="apply")
    assert answer.status_code == 422
    assert office.configuration == CONFIGURATION


def test_a_change_that_somebody_made_meanwhile_is_not_lost(browser: Browser, office: CannedOffice) -> None:
    wanted = msgspec.structs.replace(CONFIGURATION, name="Mine")
    text = export(wanted)
    answer = browser.post(AT, form_at=AT, text=text, do="apply", version="0")
    assert answer.status_code == 422
    assert "Somebody else changed the configuration meanwhile" in answer.text and "name: Mine" in answer.text
    assert 'name="version" value="1"' in answer.text, "the next try is made from what is in force now"
    assert browser.post(AT, form_at=AT, text=text, do="apply", version="1").status_code == 302
    assert office.configuration == wanted


def test_an_uploaded_file_goes_before_the_text(browser: Browser, office: CannedOffice) -> None:
    wanted = msgspec.structs.replace(CONFIGURATION, name="Uploaded")
    file = (io.BytesIO(b"\xef\xbb\xbf" + export(wanted).encode()), "office.yaml")
    answer = browser.post(AT, form_at=AT, text="ignored", file=file, do="apply")
    assert answer.status_code == 302
    assert office.configuration == wanted


def test_a_file_that_is_no_text_is_refused(browser: Browser, office: CannedOffice) -> None:
    answer = browser.post(AT, form_at=AT, file=(io.BytesIO(b"\x89PNG\xff\xfe"), "cat.png"), do="apply")
    assert answer.status_code == 400
    assert "This file is not a text." in answer.text
    assert applied(office) == []


def test_too_large_a_file_is_refused(browser: Browser, office: CannedOffice) -> None:
    answer = browser.post(AT, form_at=AT, file=(io.BytesIO(b"#" * 5_000_000), "big.yaml"), do="apply")
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_undo(browser: Browser, office: CannedOffice) -> None:
    browser.post("/configuration/undo", form_at=AT)
    assert UndoConfiguration(by="owner") in office.asked
    office.refusal = Fault("nothing_to_undo", "There is no earlier configuration.")
    browser.post("/configuration/undo", form_at="/live")
    office.refusal = None
    assert "There is no earlier configuration." in browser.get(AT)


def test_the_copy_with_passwords_needs_the_owners(browser: Browser) -> None:
    refused = browser.post("/configuration/copy", form_at=AT, password="not this one")
    assert PHONE_PASSWORD not in refused.text
    copy = browser.post("/configuration/copy", form_at=AT, password=PASSWORD)
    assert PHONE_PASSWORD in copy.text
    assert copy.headers["Content-Disposition"] == 'attachment; filename="porter.yaml"'
    assert copy.headers["Cache-Control"] == "no-store"


def test_a_controller_that_is_away_is_told_with_the_next_step(app: object, stopped_office: CannedOffice) -> None:
    browser = Browser(app.test_client())  # type: ignore[attr-defined]
    browser.set_up()
    answer = browser.client.get(AT)
    assert answer.status_code == 503
    assert "porter run" in answer.text


def secret_fields(kind: inspect.Type) -> Iterator[str]:
    """Names of all fields that the models call secret, of a kind of value and all that is in it."""
    match kind:
        case inspect.StructType(fields=fields):
            for field in fields:
                yield from (field.name if name == "" else name for name in secret_fields(field.type))
        case inspect.Metadata(type=inner, extra=extra):
            yield from ("",) if (extra or {}).get("secret") else secret_fields(inner)
        case inspect.UnionType(types=kinds):
            yield from (name for each in kinds for name in secret_fields(each))
        case inspect.DictType(value_type=inner) | inspect.VarTupleType(item_type=inner):
            yield from secret_fields(inner)


def test_every_secret_of_the_models_is_hidden() -> None:
    assert set(secret_fields(inspect.type_info(Configuration))) == set(_SECRETS)


def test_dots_are_put_back_by_place_and_the_lines_stay() -> None:
    with_pin = msgspec.structs.replace(CONFIGURATION, sms=SmsCommands(pin="123456"))
    text = export(with_pin)
    hidden = veil(text)
    assert "123456" not in hidden
    assert hidden.count("\n") == text.count("\n")
    assert unveil(hidden, text) == text
    moved = "# a comment\n" + hidden.replace("name: Anna", "name: Anna # she")
    assert unveil(moved, text) == "# a comment\n" + text.replace("name: Anna", "name: Anna # she")


def test_dots_where_nothing_was_stay_dots() -> None:
    assert DOTS in unveil(f"sms:\n  pin: {DOTS}\n", export(CONFIGURATION))


def test_a_text_that_cannot_be_read_is_left_alone() -> None:
    assert unveil("[", export(CONFIGURATION)) == "["
    assert veil("[") == "["
