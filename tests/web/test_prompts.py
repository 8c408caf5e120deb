"""The page of prompts without scripts: what it says of each, what it takes and what it refuses."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from appliance.config.models import Language, Menu
from appliance.manifests import files_of_entries
from appliance.prompts.inventory import sayables
from appliance.prompts.words import name_of_text
from web.pages.prompts import LARGEST_UPLOAD
from web.prompt_words import FAULTS, TOPICS

from .canned_office import CONFIGURATION, CannedOffice
from .conftest import Browser

pytestmark = pytest.mark.real  # sox makes and converts the sounds, espeak-ng speaks

OWN_HZ = 1000


def tone(path: Path, *effects: str) -> bytes:
    """A second of a tone, unless effects say otherwise."""
    effects = effects or ("synth", "1", "sine", str(OWN_HZ), "vol", "0.5")
    subprocess.run(["sox", "-V1", "-n", "-r", "16000", "-c", "1", "-b", "16", str(path), *effects], check=True)
    return path.read_bytes()


def part(page: str, name: str) -> str:
    """What the page says of one prompt."""
    return page.partition(f'id="prompt-{name}"')[2].partition("</li>")[0]


def send(browser: Browser, name: str, content: bytes, file: str = "a.wav", language: str = "en") -> str:
    """Upload a file; what the page says afterwards."""
    answer = browser.post(f"/prompts/{language}/{name}", file=(BytesIO(content), file))
    assert answer.status_code == 302  # type: ignore[attr-defined]
    return browser.get(answer.location)  # type: ignore[attr-defined]


def test_every_prompt_is_listed_with_its_voice_in_each_language(browser: Browser) -> None:
    english = browser.get("/prompts/")
    assert "recorded voice" in part(english, "voicemail-greeting") and "spoken" in part(english, "cannot-record")
    assert "You have" in part(english, name_of_text("You have"))
    latvian = browser.get("/prompts/?spoken=lv&language=lv")
    assert "Uz redzēšanos." in part(latvian, "goodbye") and "iekārtas balsī" in part(latvian, "goodbye")
    assert browser.client.get("/prompts/?spoken=xx").status_code == 404


def test_a_search_shows_what_fits_and_else_says_so(browser: Browser) -> None:
    assert 'id="prompt-goodbye"' in browser.get("/prompts/?search=GOODBYE")
    assert 'id="prompt-echo-test"' not in browser.get("/prompts/?search=GOODBYE")
    assert "No prompt fits." in browser.get("/prompts/?search=nobody+says+this")


def test_a_recording_is_heard_until_the_original_is_put_back(browser: Browser, tmp_path: Path) -> None:
    before = browser.client.get("/prompts/en/echo-test.wav").data
    page = send(browser, "echo-test", tone(tmp_path / "a.wav"))
    assert "Callers hear this recording from now on." in page and "own recording" in part(page, "echo-test")
    own = browser.client.get("/prompts/en/echo-test.wav")
    assert own.mimetype == "audio/wav" and own.data[:4] == b"RIFF" and own.data != before
    answer = browser.post("/prompts/en/echo-test/original")
    assert "Callers hear the original again." in browser.get(answer.location)  # type: ignore[attr-defined]
    assert browser.client.get("/prompts/en/echo-test.wav").data == before
    again = browser.post("/prompts/en/echo-test/original")
    assert "There is no own recording of it." in browser.get(again.location)  # type: ignore[attr-defined]


@pytest.mark.parametrize("ending", ["wav", "ogg", "flac", "mp3"])
def test_any_usual_file_is_taken(browser: Browser, tmp_path: Path, ending: str) -> None:
    content = tone(tmp_path / f"a.{'wav' if ending == 'mp3' else ending}")
    if ending == "mp3":
        subprocess.run(["lame", "--quiet", tmp_path / "a.wav", tmp_path / "a.mp3"], check=True)
        content = (tmp_path / "a.mp3").read_bytes()
    assert "Callers hear this recording" in send(browser, "goodbye", content, f"a.{ending}")


@pytest.mark.parametrize(
    ("effects", "cause"),
    [
        (("synth", "2", "sine", "440", "vol", "0.005"), "too quiet"),
        (("trim", "0", "3"), "is silent"),
        (("synth", "301", "sine", "440", "vol", "0.5"), "longer than 5 minutes"),
    ],
)
def test_what_cannot_be_used_is_refused_with_cause_and_next_step(
    browser: Browser, tmp_path: Path, effects: tuple[str, ...], cause: str
) -> None:
    page = send(browser, "goodbye", tone(tmp_path / "a.wav", *effects))
    assert cause in page and 'role="alert"' in page and "own recording" not in part(page, "goodbye")


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"%PDF-1.7 a bill", "This is not a file of sound. Save the recording as WAV, MP3 or OGG"),
        (b"RIFF" + bytes(500), "The file is damaged"),
        (b"OggS" + bytes(500), "The file is damaged"),
        (b"", "No file was chosen. Choose a recording"),
    ],
)
def test_what_is_no_sound_is_refused(browser: Browser, content: bytes, cause: str) -> None:
    assert cause in send(browser, "goodbye", content)


def test_a_recording_of_16_mb_is_taken_in_and_a_larger_one_refused_with_the_limit(browser: Browser) -> None:
    assert "not a file of sound" in send(browser, "goodbye", bytes(LARGEST_UPLOAD - 10_000))
    answer = browser.post("/prompts/en/goodbye", file=(BytesIO(bytes(LARGEST_UPLOAD + 1)), "a.wav"))
    assert answer.status_code == 413 and "at most 16 MB" in answer.text  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/prompts/en/goodbye", "/prompts/en/goodbye/original"])
def test_nothing_is_changed_without_the_token_or_in_a_language_nobody_speaks(browser: Browser, path: str) -> None:
    assert browser.client.post(path).status_code == 400
    other = browser.post(path.replace("/en/", "/xx/"), file=(BytesIO(b"RIFF"), "a.wav"))
    assert other.status_code == 404  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["nothing", "..%2f..%2fsecret", "text-0000000000000000"])
def test_a_name_that_nothing_has_leads_nowhere(browser: Browser, tmp_path: Path, name: str) -> None:
    assert browser.client.get(f"/prompts/en/{name}.wav").status_code in (404, 409)
    answer = browser.post(f"/prompts/en/{name}", file=(BytesIO(tone(tmp_path / "a.wav")), "a.wav"))
    assert answer.status_code in (302, 404)  # type: ignore[attr-defined]
    assert not [path for path in tmp_path.rglob("*.txt")]


def test_a_ruined_recording_is_named_and_the_standard_one_is_heard(browser: Browser, tmp_path: Path) -> None:
    before = browser.client.get("/prompts/en/goodbye.wav").data
    send(browser, "goodbye", tone(tmp_path / "a.wav"))
    kept = tmp_path / "run" / "prompts" / "own" / "en" / "goodbye.wav"
    kept.write_bytes(kept.read_bytes()[:1000])
    page = browser.get("/prompts/")
    assert "1 own recording cannot be heard." in page
    assert "The own recording is damaged, so the standard one is heard." in part(page, "goodbye")
    assert browser.client.get("/prompts/en/goodbye.wav").data == before
    kept.unlink()
    assert "The own recording is missing" in part(browser.get("/prompts/?language=en"), "goodbye")
    browser.post("/prompts/en/goodbye/original")
    assert "own recording cannot be heard" not in browser.get("/prompts/")


def test_a_text_that_is_changed_leaves_its_recording_to_be_deleted(
    browser: Browser, office: CannedOffice, tmp_path: Path
) -> None:
    def with_menu(text: str) -> None:
        main = Menu(name="Main", greeting={Language.EN: text})
        office.configuration = office.configuration.__class__(
            **{f: getattr(CONFIGURATION, f) for f in CONFIGURATION.__struct_fields__ if f != "menus"},
            menus={"main": main},
        )

    with_menu("Welcome to us.")
    name = name_of_text("Welcome to us.")
    assert "menus.main.greeting" in part(browser.get("/prompts/"), name)
    send(browser, name, tone(tmp_path / "a.wav"))
    with_menu("Welcome.")
    page = browser.get("/prompts/")
    assert "Recordings of texts that are no longer said" in page
    unused = part(page, name)
    assert "Welcome to us." in unused and "Delete the recording" in unused and 'type="file"' not in unused
    assert browser.client.get(f"/prompts/en/{name}.wav").status_code == 200
    browser.post(f"/prompts/en/{name}/original")
    assert name not in browser.get("/prompts/")


def test_a_stranger_hears_and_changes_nothing(stranger: Browser, office: CannedOffice) -> None:
    assert stranger.client.get("/prompts/").status_code == 302
    assert stranger.client.get("/prompts/en/goodbye.wav").status_code in (302, 401)
    assert office.asked == []


def test_every_topic_and_refusal_has_words() -> None:
    phrase_files = set(files_of_entries("appliance.prompts", "phrases").values())
    assert phrase_files <= set(TOPICS)
    assert {sayable.topic for sayable in sayables(CONFIGURATION, Language.EN)} <= set(TOPICS)
    sources = [
        Path(path).read_text() for path in ("appliance/prompts/telephone_sound.py", "appliance/prompts/shelf.py")
    ]
    raised = {word.split('"')[1] for source in sources for word in source.split("NotUsable(")[1:] if '"' in word}
    assert {code for code in raised if code.startswith("prompt_")} - {"prompt_nothing"} <= set(FAULTS)
