"""The usual codes: FreePBX's and GSM's, and what differs for people who come from another system.

Sources. FreePBX: the feature codes its modules register (`*97`, `*72`, `*90`, `*52`, `*78` and so on), of which we keep
the keys. GSM: 3GPP TS 22.030 §6.5.2, annex B (21 always, 67 busy, 61 no reply, 62 not reachable, 002 all). MikoPBX: the
defaults of its settings (`PBXFeatureBlindTransfer`, `PBXFeatureAttendedTransfer`, `PBXFeaturePickupExten`). 3CX: its
manual's page of dial codes. Those two have no dialled codes for most of what is here, so ours stay.
"""

from __future__ import annotations

from collections.abc import Mapping

from appliance.config.models import Feature, Preset, TalkFeature

USUAL: Mapping[Feature, tuple[str, ...]] = {
    Feature.OWN_MAILBOX: ("*97",),
    Feature.ANY_MAILBOX: ("*98", "*98n"),
    Feature.PICKUP: ("*8",),
    Feature.DIRECTED_PICKUP: ("**n",),
    Feature.ECHO_TEST: ("*43",),
    Feature.LOG_IN: ("*45", "*45n"),
    Feature.PAUSE: ("*46", "*46n"),
    Feature.BLOCK_CALLER: ("*30", "*30n", "*32"),
    Feature.ALLOW_CALLER: ("*31", "*31n"),
    Feature.LISTEN: ("*555n",),
    Feature.WHISPER: ("*556n",),
    Feature.BARGE: ("*557n",),
    Feature.TAKE_OVER: ("*558n",),
    Feature.INTERCOM: ("*80n",),
    Feature.INTERCOM_ON: ("*54",),
    Feature.INTERCOM_OFF: ("*55",),
    Feature.SPEED_DIAL: ("*0n",),
    Feature.LAST_CALLER: ("*69",),
    Feature.REDIAL: ("*66",),
    Feature.DIVERT_ALWAYS: ("*72", "*72n", "*21*n#", "**21*n#"),
    Feature.DIVERT_ALWAYS_OFF: ("*73", "#21#", "##21#"),
    Feature.DIVERT_BUSY: ("*90", "*90n", "*67*n#", "**67*n#"),
    Feature.DIVERT_BUSY_OFF: ("*91", "#67#", "##67#"),
    Feature.DIVERT_NO_ANSWER: ("*52", "*52n", "*61*n#", "**61*n#"),
    Feature.DIVERT_NO_ANSWER_OFF: ("*53", "#61#", "##61#"),
    Feature.DIVERT_UNREACHABLE: ("*62*n#", "**62*n#"),
    Feature.DIVERT_UNREACHABLE_OFF: ("#62#", "##62#"),
    Feature.DIVERT_NONE: ("##002#",),
    Feature.DIVERSIONS_TOLD: ("*#21#", "*#67#", "*#61#", "*#62#"),
    Feature.DO_NOT_DISTURB: ("*78",),
    Feature.DO_NOT_DISTURB_OFF: ("*79",),
    Feature.DO_NOT_DISTURB_SWITCH: ("*76",),
    Feature.DAY_NIGHT: ("*28", "*28n"),
    Feature.TIME_OF_DAY: ("*60",),
    Feature.OWN_NUMBER: ("*65",),
    Feature.RECORD_PROMPT: ("*77", "*77n"),
    Feature.OPEN_DOOR: ("*3667", "*3667n"),
}

USUAL_IN_TALK: Mapping[TalkFeature, tuple[str, ...]] = {
    TalkFeature.BLIND_TRANSFER: ("##",),
    TalkFeature.ATTENDED_TRANSFER: ("*2",),
    TalkFeature.THREE_WAY: ("*3",),
    TalkFeature.RECORD: ("*1",),
    TalkFeature.LIFT: ("*9",),
}

_DIALLED: Mapping[Preset, Mapping[Feature, tuple[str, ...]]] = {
    Preset.FREEPBX: {},
    Preset.MIKOPBX: {Feature.PICKUP: ("*8",)},
    Preset.THREE_CX: {
        Feature.PICKUP: ("*20*",),
        Feature.DIRECTED_PICKUP: ("*20*n",),
        Feature.ECHO_TEST: ("*777",),
    },
}
"""Dialled codes in place of the usual ones."""

_IN_TALK: Mapping[Preset, Mapping[TalkFeature, tuple[str, ...]]] = {
    Preset.FREEPBX: {},
    Preset.MIKOPBX: {TalkFeature.BLIND_TRANSFER: ("**",), TalkFeature.ATTENDED_TRANSFER: ("##",)},
    # 3CX leaves transfers to the keys of its phones: ours stand beside them.
    Preset.THREE_CX: {},
}
"""Keys during a talk in place of the usual ones."""


def dialled_codes(preset: Preset) -> Mapping[Feature, tuple[str, ...]]:
    """The dialled codes of each feature, before an office gives it its own."""
    return {**USUAL, **_DIALLED[preset]}


def talk_keys(preset: Preset) -> Mapping[TalkFeature, tuple[str, ...]]:
    """The keys during a talk of each feature, before an office gives it its own."""
    return {**USUAL_IN_TALK, **_IN_TALK[preset]}
