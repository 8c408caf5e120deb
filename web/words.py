"""What the page calls things, in the reader's language."""

from __future__ import annotations

from datetime import datetime

import msgspec
from flask_babel import format_datetime, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from appliance.config.models import Language
from appliance.control.controller_messages import (
    ConfigurationChanged,
    DoorRang,
    LiveHours,
    LiveLine,
    OfficeNow,
    SmsCame,
    SmsSent,
)
from appliance.control.line_reasons import line_reason
from appliance.control.messages import Fault
from web import prompt_words

STEPS = {
    "arrive_from_line": _l("arriving"),
    "arrive_from_phone": _l("dialling"),
    "ring_group": _l("ringing the group"),
    "ring_lifted": _l("ringing the next line"),
    "lift": _l("being passed to the next line"),
    "switch_login": _l("logging in or out"),
    "switch_pause": _l("pausing"),
    "ring_extension": _l("ringing"),
    "call_outside": _l("calling out"),
    "call_branch": _l("calling another office"),
    "call_over_ours": _l("calling out"),
    "arrive_from_branch": _l("arriving"),
    "forward": _l("ringing the mobile"),
    "talk": _l("talking"),
    "leave_message": _l("leaving a message"),
    "listen_to_mail": _l("listening to messages"),
    "pickup": _l("picking up"),
    "take_over": _l("taking over"),
    "transfer": _l("being transferred"),
    "transfer_by_keys": _l("being transferred"),
    "consult": _l("waiting while somebody is asked"),
    "ring_for": _l("waiting while somebody is asked"),
    "consultation": _l("waiting while somebody is asked"),
    "add_party": _l("waiting for a third party"),
    "supervise": _l("supervising a talk"),
    "park": _l("parked"),
    "retrieve": _l("fetching a parked call"),
    "door_call": _l("somebody at the door"),
    "answer_door": _l("somebody at the door"),
    "nobody_comes": _l("somebody at the door"),
    "open_by_code": _l("opening a door"),
    "wait_to_be_let_in": _l("somebody at the door"),
    "echo_test": _l("echo test"),
    "reach": _l("being put through"),
    "last_resort": _l("being put through"),
    "_after_person": _l("being put through"),
    "_chosen": _l("being put through"),
    "_go_on": _l("being put through"),
    "ask_name": _l("being asked who it is"),
    "ask_customer_number": _l("being asked who it is"),
    "challenge": _l("being asked who it is"),
    "greet": _l("being greeted"),
    "ring_responsible": _l("ringing the person responsible"),
    "attendant": _l("at a menu"),
    "dial_by_name": _l("looking for a name"),
    "follow_script": _l("answering questions"),
    "wait_in_queue": _l("waiting in the queue"),
    "ring_agents": _l("calling back"),
    "call_customer": _l("calling back"),
    "reach_to_apologise": _l("calling back"),
    "apologise": _l("calling back"),
    "rate_talk": _l("rating the talk"),
    "call_for_help": _l("calling for help"),
    "conference": _l("in a conference room"),
    "intercom": _l("speaking over phones"),
    "redial": _l("dialling again"),
    "offer_callback": _l("being offered a call back"),
    "ring_who_wished": _l("calling back"),
    "record_prompt": _l("recording a prompt"),
    "switch_day_night": _l("switching day and night"),
    "call_last_caller": _l("dialling again"),
    "divert": _l("setting a diversion"),
    "stop_diverting": _l("setting a diversion"),
    "stop_all_diversions": _l("setting a diversion"),
    "tell_diversions": _l("setting a diversion"),
    "switch_do_not_disturb": _l("changing a setting"),
    "switch_intercom": _l("changing a setting"),
    "allow_caller": _l("changing a setting"),
    "block_caller": _l("changing a setting"),
    "tell_time": _l("hearing the time or the own number"),
    "tell_own_number": _l("hearing the time or the own number"),
    "my_mail": _l("listening to messages"),
    "any_mail": _l("listening to messages"),
    "announce": _l("hearing an announcement"),
    "call_other_line": _l("trying the lines"),
    "answer_line_test": _l("trying the lines"),
}
AGENT_STATES = {
    "free": _l("free"),
    "ringing": _l("ringing"),
    "talking": _l("talking"),
    "wrapping_up": _l("wrapping up"),
    "paused": _l("paused"),
    "logged_out": _l("logged out"),
}
LINE_STATES = {
    "ready": _l("ready"),
    "busy": _l("in a call"),
    "starting": _l("starting"),
    "offline": _l("not working"),
}
_NOTICES = {
    "forced": (_l("The door was opened by force."), _l("Go and look, or send somebody.")),
    "held_open": (_l("The door stands open for too long."), _l("Close it, and look what keeps it open.")),
    "not_opened": (_l("The door was unlocked and nobody opened it."), _l("Look whether the lock lets go.")),
    "tamper": (_l("Somebody tampers with the panel."), _l("Go and look. For half an hour nobody opens from afar.")),
    "panic": (_l("The panic button was pressed."), _l("Go and look. For half an hour nobody opens from afar.")),
    "duress": (_l("The door was opened under duress."), _l("Call for help, and let nobody notice.")),
    "too_many_tries": (_l("Somebody tries wrong codes."), _l("The door takes none for a while. See who stands there.")),
    "opened_too_often": (_l("The door was opened too often within a minute."), _l("See who does that.")),
    "unsteady_input": (_l("A contact or a wire is bad."), _l("Have the wires of the door looked at.")),
    "relay": (_l("The relay does not do what it is told."), _l("Check that the door is locked, and its wires.")),
    "ledger": (_l("Openings cannot be recorded."), _l("Look whether the disk is full.")),
}
_WHY_OPEN = {
    "week": _l("by the week"),
    "special": _l("this day has its own periods"),
    "date": _l("a closed date"),
}
_CAUSES = {
    1: _l("no such number"),
    3: _l("no way there"),
    16: _l("ended normally"),
    17: _l("busy"),
    18: _l("not reachable"),
    19: _l("not answered"),
    20: _l("not connected"),
    21: _l("refused"),
    22: _l("the number has changed"),
    26: _l("answered elsewhere"),
    27: _l("out of order"),
    28: _l("not a whole number"),
    34: _l("no free line"),
    41: _l("failed on the way"),
    42: _l("the network is full"),
    57: _l("not allowed"),
}
"""By their number in ITU-T Q.850."""
_FAULTS = {
    **prompt_words.FAULTS,
    "starting": (_l("The page is still asking the controller."), _l("It goes on by itself in a moment.")),
    "not_running": (
        _l("The controller is not running, so nobody can call."),
        _l(
            "It should be back by itself in a few seconds. If not, start it:"
            " `porter run`, or `systemctl start porter-controller`."
        ),
    ),
    "answer_lost": (
        _l("The controller went away before it answered."),
        _l("Look at the live page whether it was done before you try again."),
    ),
    "no_answer": (
        _l("The controller did not answer in time."),
        _l("Look at the live page whether it was done before you try again."),
    ),
    "not_permitted": (
        _l("The page is not permitted to speak with the controller."),
        _l("Start the page as the user it was installed for."),
    ),
    "role_not_allowed": (
        _l("The page is not permitted to speak with the controller."),
        _l("Start the page as the user it was installed for."),
    ),
    "other_release": (
        _l("The page and the controller are of different releases."),
        _l("Restart all parts of the office."),
    ),
    "no_such_call": (_l("That call is over already."), ""),
    "code_taken": (_l("Somebody has this code already."), _l("Choose another one.")),
    "no_code_to_undo": (_l("There is no change of codes to take back."), ""),
    "no_such_notice": (_l("Somebody has acknowledged this already."), ""),
    "not_simulated": (_l("That line is not simulated."), _l("Only simulated lines can be played with.")),
    "self_call_goes_on": (_l("The lines are being tried already."), _l("Wait a few minutes.")),
    "sms_number": (_l("That is no number."), _l("Write digits, with + and the country's code first.")),
    "sms_empty": (_l("The message has no text."), _l("Write one.")),
    "sms_not_failed": (_l("That message has not failed."), ""),
    "sms_not_waiting": (_l("That message does not wait any more."), ""),
    "nothing_to_undo": (_l("There is no earlier configuration."), ""),
    "changed_meanwhile": (
        _l("Somebody else changed the configuration meanwhile; nothing was changed now."),
        _l("Your text is below. Press Check to see what it would change now."),
    ),
    "configuration_invalid": (
        _l("The configuration has mistakes; nothing was changed."),
        _l("Put right what is listed below and check it again."),
    ),
    "internal": (
        _l("The controller failed because of a fault in the program."),
        _l("The journal has the details; please report them."),
    ),
}


def step_in_words(step: str) -> str:
    """What a call is doing, by the name of its flow."""
    return str(STEPS.get(step, step.replace("_", " ")))


def agent_state_in_words(state: str) -> str:
    """What a member of teams does."""
    return str(AGENT_STATES.get(state, state))


def line_state_in_words(state: str) -> str:
    return str(LINE_STATES.get(state, state))


def line_reason_in_words(line: LiveLine) -> str:
    """Why a line is not ready and what to do; what this page has no words for is said in the controller's own."""
    language = Language(str(get_locale() or "en").partition("_")[0])
    return " ".join(filter(None, line_reason(line.reason_code, line.reason_value, language))) or line.reason


def cause_in_words(cause: int) -> str:
    """Why a call or a leg ended."""
    return str(_CAUSES.get(cause, _("ended (cause %(number)d)", number=cause)))


def fault_in_words(fault: Fault) -> tuple[str, str]:
    """(cause, next step); those this page has no words for are said in the controller's own."""
    cause, next_step = _FAULTS.get(fault.code, (fault.cause, fault.next_step))
    return str(cause), str(next_step)


def notice_kind_in_words(kind: str) -> str:
    """What happened at a door."""
    return str(_NOTICES[kind][0]) if kind in _NOTICES else kind.replace("_", " ")


def notice_step_in_words(kind: str) -> str:
    """What to do about it."""
    return str(_NOTICES[kind][1]) if kind in _NOTICES else ""


def why_in_words(hours: LiveHours) -> str:
    """Why hours are open or closed."""
    if hours.why == "no_clock":
        return _(
            "the time is not known, so it counts as open: better a telephone that rings in vain than a caller lost"
        )
    if hours.why != "hand":
        return str(_WHY_OPEN.get(hours.why, hours.cause))
    if hours.until is None:
        return _("switched by hand, until somebody switches it back")
    return _("switched by hand, until %(moment)s", moment=moment_in_words(hours.until))


def moment_in_words(moment: str) -> str:
    """An ISO 8601 moment by the clock it was written by, such as "Mon 30 Nov, 09:00"."""
    return str(format_datetime(datetime.fromisoformat(moment).replace(tzinfo=None), "EEE d MMM, HH:mm", rebase=False))


def notice_in_words(notice: msgspec.Struct, office: OfficeNow | None) -> str:
    """One sentence about what has just happened; the office knows what its doors are called."""
    match notice:
        case SmsCame(sender=sender, text=text):
            return _("Message from %(sender)s: %(text)s", sender=sender, text=text)
        case SmsSent(to=to, text=text):
            return _("Message sent to %(to)s: %(text)s", to=to, text=text)
        case DoorRang(door=door):
            titles = {known.name: known.title for known in office.doors} if office is not None else {}
            return _("Somebody is at the door: %(door)s", door=titles.get(door, door))
        case ConfigurationChanged(version=version, by=by):
            return _("Configuration %(version)d is in force, by %(by)s.", version=version, by=by)
    return ""
