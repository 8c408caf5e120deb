"""The page of prompts in a real browser: listened to, replaced, put back, on a phone and by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from web.languages import LANGUAGES

from .canned_office import CannedOffice
from .test_chromium import width_of
from .test_prompts import tone

pytestmark = pytest.mark.real

LEVELS = """async (address) => {
  const data = await (await fetch(address)).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 8000, 8000).decodeAudioData(data);
  const samples = sound.getChannelData(0);
  let crossings = 0;
  for (let at = 1; at < samples.length; at += 1) if (samples[at - 1] < 0 !== samples[at] < 0) crossings += 1;
  return [sound.duration, Math.max(...samples), crossings / 2];
}"""
"""What the browser makes of a sound: seconds, peak, and how often it swings."""


def test_a_prompt_is_listened_to_replaced_heard_and_put_back(
    office: CannedOffice,
    signed_in: Page,
    tmp_path: Path,
) -> None:
    page = signed_in
    page.get_by_text("System").click()
    page.get_by_role("link", name="What callers hear").click()
    page.get_by_label("Some words of it").fill("echo test")
    page.get_by_role("button", name="Show").click()
    row = page.locator("#prompt-echo-test")
    expect(row).to_contain_text("spoken by the machine")
    listen = row.get_by_role("button", name="Listen")
    with page.expect_response("**/prompts/en/echo-test.wav") as heard:
        listen.click()
    assert heard.value.headers["content-type"] == "audio/wav"
    expect(listen).to_have_attribute("aria-pressed", "true")
    listen.click()
    expect(listen).not_to_have_attribute("aria-pressed", "true")
    address = listen.get_attribute("href")
    spoken = page.evaluate(LEVELS, address)
    assert spoken[0] > 2 and spoken[1] > 0.1

    tone(tmp_path / "own.wav")
    row.get_by_text("Own recording").click()
    row.locator("input[type=file]").set_input_files(tmp_path / "own.wav")
    row.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("status").first).to_have_text("Callers hear this recording from now on.")
    expect(row).to_contain_text("own recording, 1 s")
    seconds, peak, swings = page.evaluate(LEVELS, address)
    assert seconds == pytest.approx(1.3, abs=0.1) and peak > 0.1
    assert swings == pytest.approx(1000, rel=0.05), "the tone of a second that was uploaded"

    row.get_by_role("button", name="Back to the original").click()
    expect(page.get_by_role("status").first).to_have_text("Callers hear the original again.")
    expect(row).to_contain_text("spoken by the machine")
    assert page.evaluate(LEVELS, address) == spoken


def test_a_file_that_is_no_sound_is_refused_and_nothing_changes(
    office: CannedOffice,
    signed_in: Page,
    tmp_path: Path,
) -> None:
    page = signed_in
    (tmp_path / "bill.wav").write_bytes(b"%PDF-1.7")
    page.goto("/prompts/?search=Goodbye.")
    row = page.locator("#prompt-goodbye")
    row.get_by_text("Own recording").click()
    row.locator("input[type=file]").set_input_files(tmp_path / "bill.wav")
    row.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not a file of sound. Save the recording as WAV")
    expect(page.locator("#prompt-goodbye")).to_contain_text("recorded voice")


def test_a_prompt_is_heard_and_its_file_chosen_by_keyboard(
    office: CannedOffice,
    signed_in: Page,
) -> None:
    page = signed_in
    page.goto("/prompts/?search=echo+test")
    listen = page.locator("#prompt-echo-test").get_by_role("button", name="Listen")
    listen.focus()
    with page.expect_response("**/prompts/en/echo-test.wav"):
        page.keyboard.press("Space")
    expect(listen).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#prompt-echo-test input[type=file]")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#prompt-echo-test input[type=file]")).to_be_focused()


def test_what_cannot_be_heard_now_is_told(office: CannedOffice, signed_in: Page) -> None:
    page = signed_in
    page.goto("/prompts/?search=echo+test")
    page.route("**/*.wav", lambda route: route.fulfill(status=503, body="busy"))
    page.locator("#prompt-echo-test").get_by_role("button", name="Listen").click()
    expect(page.locator("#listening")).to_contain_text("It cannot be heard now.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_prompts_fit_a_phone(office: CannedOffice, signed_in: Page, chromium: Chromium, scheme: str) -> None:
    context = chromium.new_context(
        base_url=signed_in.url.removesuffix("/live"),
        storage_state=signed_in.context.storage_state(),
        viewport={"width": 390, "height": 844},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    for language in LANGUAGES:
        page.goto(f"/prompts/?language={language}&spoken={language}")
        page.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true; })")
        assert width_of(page) <= 390, language
    heights = [box["height"] for box in (link.bounding_box() for link in page.locator("a.listen").all()[:3]) if box]
    assert heights and min(heights) >= 32, "large enough for a thumb"
    context.close()
