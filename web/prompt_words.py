"""What the page calls prompts, their topics, and what is wrong with a recording."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

TOPICS = {
    "own": _l("Own prompts"),
    "unused": _l("Recordings of texts that are no longer said"),
    "menus": _l("Texts of menus"),
    "queues": _l("Announcements of queues"),
    "notes": _l("Notes to colleagues"),
    "scripts": _l("Scripts and surveys"),
    "names": _l("Names and greetings"),
    "agents": _l("Shifts and pauses"),
    "appointments": _l("Appointments"),
    "callers": _l("Before anybody is rung"),
    "calls": _l("Calls"),
    "figures": _l("Numbers and digits, word by word"),
    "diversion": _l("Diversion and opening hours"),
    "doors": _l("Doors"),
    "in_call": _l("During a talk"),
    "mail": _l("Voicemail"),
    "menu": _l("Menus"),
    "money": _l("Amounts of money"),
    "outbound": _l("Calls outside"),
    "own_prompts": _l("Recording by telephone"),
    "queue": _l("Waiting in a queue"),
    "rooms": _l("Conferences and paging"),
}
"""In the order of the page; those the office wrote itself come first."""

VOICES = {
    "own": _l("own recording"),
    "recorded": _l("recorded voice"),
    "spoken": _l("spoken by the machine"),
    "none": _l("not recorded yet"),
}

LOST = {
    "damaged": _l(
        "The own recording is damaged, so the standard one is heard. Upload it again, or go back to it for good."
    ),
    "missing": _l(
        "The own recording is missing, so the standard one is heard. Upload it again, or go back to it for good."
    ),
}
"""By what is wrong with a recording."""

FAULTS = {
    "prompt_no_sound": (
        _l("This is not a file of sound."),
        _l("Save the recording as WAV, MP3 or OGG, and try again."),
    ),
    "prompt_damaged": (_l("The file is damaged."), _l("Save it again as WAV, and try again.")),
    "prompt_too_long": (_l("The recording is longer than 5 minutes."), _l("Cut it shorter, and try again.")),
    "prompt_too_quiet": (
        _l("The recording is too quiet: made louder, its noise would be heard too."),
        _l("Speak closer to the microphone, or raise its level, and record it again."),
    ),
    "prompt_silent": (
        _l("The recording is silent."),
        _l("Speak closer to the microphone, and record it again."),
    ),
    "no_such_prompt": (_l("There is no such prompt any more."), _l("Reload the page and look again.")),
    "no_such_recording_of_prompt": (_l("There is no own recording of it."), _l("Reload the page and look again.")),
}
"""(cause, next step) by the code of a fault."""
