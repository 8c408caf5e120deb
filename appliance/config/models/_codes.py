"""Feature codes: what a phone dials, or keys in during a talk, to ask for something other than a person."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import Model

CodePattern = Annotated[
    str,
    Meta(
        pattern=r"^[*#][0-9*#]{0,9}n?#?$",
        description='keys that begin with * or #, with "n" where a number follows, such as "*72n" or "*21*n#"',
    ),
]


class Feature(StrEnum):
    """What a code asks for; the keys are in `appliance.routing.codes`, the flows in `appliance.flows.codes`."""

    OWN_MAILBOX = "own_mailbox"
    ANY_MAILBOX = "any_mailbox"
    PICKUP = "pickup"
    DIRECTED_PICKUP = "directed_pickup"
    ECHO_TEST = "echo_test"
    LOG_IN = "log_in"
    PAUSE = "pause"
    BLOCK_CALLER = "block_caller"
    ALLOW_CALLER = "allow_caller"
    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"
    TAKE_OVER = "take_over"
    INTERCOM = "intercom"
    INTERCOM_ON = "intercom_on"
    INTERCOM_OFF = "intercom_off"
    SPEED_DIAL = "speed_dial"
    LAST_CALLER = "last_caller"
    REDIAL = "redial"
    DIVERT_ALWAYS = "divert_always"
    DIVERT_ALWAYS_OFF = "divert_always_off"
    DIVERT_BUSY = "divert_busy"
    DIVERT_BUSY_OFF = "divert_busy_off"
    DIVERT_NO_ANSWER = "divert_no_answer"
    DIVERT_NO_ANSWER_OFF = "divert_no_answer_off"
    DIVERT_UNREACHABLE = "divert_unreachable"
    DIVERT_UNREACHABLE_OFF = "divert_unreachable_off"
    DIVERT_NONE = "divert_none"
    DIVERSIONS_TOLD = "diversions_told"
    DO_NOT_DISTURB = "do_not_disturb"
    DO_NOT_DISTURB_OFF = "do_not_disturb_off"
    DO_NOT_DISTURB_SWITCH = "do_not_disturb_switch"
    DAY_NIGHT = "day_night"
    TIME_OF_DAY = "time_of_day"
    OWN_NUMBER = "own_number"
    RECORD_PROMPT = "record_prompt"
    OPEN_DOOR = "open_door"


class Preset(StrEnum):
    """Whose codes the people of the office know; the tables are in `appliance.routing.code_presets`."""

    FREEPBX = "freepbx"
    MIKOPBX = "mikopbx"
    THREE_CX = "3cx"


TalkCodeKeys = Annotated[
    str, Meta(pattern=r"^[*#][0-9*#]{1,4}$", description='2 to 5 keys that begin with * or #, such as "*2"')
]
"""One key alone would be kept from every menu of a bank; a digit first would hold up all of them."""


class TalkFeature(StrEnum):
    """What keys ask for during a talk; the keys are in `appliance.routing.code_presets`, the flows in
    `appliance.flows.in_call`."""

    BLIND_TRANSFER = "blind_transfer"
    ATTENDED_TRANSFER = "attended_transfer"
    THREE_WAY = "three_way"
    RECORD = "record"
    LIFT = "lift"


class FeatureCodes(Model, frozen=True, kw_only=True):
    """The codes of the office, where they differ from the usual ones: dialled, and keyed in during a talk."""

    preset: Preset = Preset.FREEPBX
    """The usual codes are those of this system, where it has such a feature, and else FreePBX's and GSM's."""
    own: dict[Feature, tuple[CodePattern, ...]] = {}
    """Codes in place of a feature's usual ones; an empty list takes them away."""
    in_talk: dict[TalkFeature, tuple[TalkCodeKeys, ...]] = {}
    """Keys during a talk in place of the usual ones; an empty list takes them away."""
    key_seconds: Annotated[float, Meta(ge=0.3, le=5, description="seconds, 0.3 to 5")] = 1.5
    """How soon the next key of a code must follow during a talk; until then the other party does not hear the keys."""
