"""The office's own prompts."""

from appliance.calls.story._base import StoryFact


class PromptRecorded(StoryFact, frozen=True):
    """A prompt was recorded by telephone."""

    prompt: str
    language: str
    seconds: float


class PromptRestored(StoryFact, frozen=True):
    """The own recording of a prompt was removed by telephone."""

    prompt: str
    language: str


PromptFact = PromptRecorded | PromptRestored
