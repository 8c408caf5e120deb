"""The phones of the house as legs: `SipSwitch` implements the port `Switch` on PJSIP."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

import pjsua2 as pj
import trio

from appliance.calls.facts import DtmfTransport, TransferAsked
from appliance.calls.leg import Leg
from appliance.calls.names import Cause, LegId, PartyKind
from appliance.calls.ports import CallerShown, Contact, Reception
from appliance.calls.trunks import Target, Trunk
from appliance.config.models import account_of_line
from appliance.errors import PorterError
from appliance.sip import messages, requests, video
from appliance.sip.causes import cause_in_reason, cause_of, cause_on_line, status_of
from appliance.sip.dialog import PhoneDialog
from appliance.sip.endpoint import SipEndpoint
from appliance.sip.inband import InbandKeys
from appliance.sip.trunks.dialog import Attempt, LineDialog
from appliance.sip.trunks.identity import read_invite
from appliance.sip.trunks.served import ServedLines
from appliance.sip.trunks.shown import dialled, shown_by
from appliance.sip.wires import Port, Wires

log = logging.getLogger(__name__)

RETRY_SECONDS = 5
"""What a phone is told to wait when we cannot take its call (Retry-After, RFC 3261 §20.33)."""

CLOSING_SECONDS = 2.0
"""How long phones may take to confirm that they are hung up on when the switch closes."""

_RINGS = frozenset({180, 183})


class Registration(Protocol):
    """One contact binding at the edge."""

    @property
    def ruid(self) -> str: ...


class Registrations(Protocol):
    """The edge's registrar."""

    async def contacts(self, account: str, /) -> Sequence[Registration]: ...


class SipSwitch:
    """Keeps every dialog until PJSIP reports it DISCONNECTED, and drops every reference to it in that callback.

    Until `open` calls are refused with 503, so phones ask again.

    Attributes:
        inband: The telephones whose keys are tones in the sound.
        lines: The SIP lines that are served.
        line_changed: Called with the name of a line on which a call has begun or ended.
    """

    def __init__(self, endpoint: SipEndpoint, registrations: Registrations, wires: Wires) -> None:
        self._endpoint = endpoint
        self._registrations = registrations
        self._wires = wires
        self.inband = InbandKeys(wires)
        self.inband.heard = self._key_heard
        self._reception: Reception | None = None
        self._dialogs: set[PhoneDialog] = set()
        self._by_leg: dict[LegId, PhoneDialog] = {}
        self._by_name: dict[tuple[str, str], PhoneDialog] = {}
        self._dead: list[weakref.ref[PhoneDialog]] = []
        self._haunting: list[PhoneDialog] = []
        self.lines = ServedLines(endpoint)
        self.line_changed: Callable[[str], None] = _nobody_minds
        self._ended: list[Callable[[], None]] = []
        self._all_over = trio.Event()
        endpoint.on_incoming = self._comes_in
        endpoint.after_turn = self._after_turn

    def open(self, reception: Reception) -> None:
        """Take calls from now on and hand them to the office."""
        self._reception = reception

    async def close(self) -> None:
        """Take no more calls, hang up on everybody, and wait until the phones have confirmed."""
        self._reception = None
        for dialog in list(self._dialogs):
            self._end(dialog, Cause.OUT_OF_ORDER if dialog.is_incoming else Cause.NORMAL)
        with trio.move_on_after(CLOSING_SECONDS, shield=True):
            while self._dialogs:
                self._all_over = trio.Event()
                await self._all_over.wait()
        self.inband.close()
        self.lines.close()

    @property
    def live_dialogs(self) -> int:
        return len(self._dialogs)

    # The port Switch.

    async def contacts(self, account: str) -> Sequence[Contact]:
        try:
            found = await self._registrations.contacts(account)
        except PorterError as error:
            log.warning("account %s: its registrations cannot be read: %s", account, error)
            return ()
        return [Contact(account=account, address=registration.ruid) for registration in found]

    def dial(self, leg: Leg, to: Contact, shown: CallerShown) -> None:
        if len(self._dialogs) >= self._endpoint.settings.most_legs:
            log.warning("leg %s: not dialled, %d dialogs are the limit", leg.id, len(self._dialogs))
            leg.was_ended(Cause.CONGESTION)
            return
        dialog = PhoneDialog(self._endpoint.account, pj.INVALID_ID, self, is_incoming=False)
        self._keep(dialog, leg, to.account)
        self._offer_video(dialog, leg)
        target, parameters = requests.invite(to, shown, self._endpoint.settings)
        try:
            dialog.makeCall(target, parameters)
        except pj.Error as error:
            log.warning("leg %s: PJSIP cannot dial %s: %s", leg.id, to.account, error.reason)
            self._drop(dialog)
            leg.was_ended(Cause.TEMPORARY_FAILURE)

    def dial_line(
        self, leg: Leg, trunk: Trunk, number: str, shown: CallerShown, ways: Sequence[Target | Contact]
    ) -> None:
        """Call a number over a line, by the first of the ways that answers; see `TrunkLink.dial`."""
        if not ways or len(self._dialogs) >= self._endpoint.settings.most_legs:
            leg.was_ended(Cause.OUT_OF_ORDER if not ways else Cause.CONGESTION)
            return
        self._try(Attempt(leg=leg, trunk=trunk, number=number, shown=shown, ways=ways))

    def calls_on(self, line: str) -> int:
        """How many dialogs go over a line now."""
        return sum(1 for dialog in self._dialogs if isinstance(dialog, LineDialog) and dialog.line == line)

    def _try(self, attempt: Attempt) -> None:
        """Dial by the first way; the others follow as long as nobody answers."""
        leg, trunk = attempt.leg, attempt.trunk
        if leg.is_gone:
            return
        account = self.lines.account(trunk.line)
        if account is None:
            leg.was_ended(Cause.OUT_OF_ORDER)
            return
        way, *others = attempt.ways
        dialog = LineDialog(account, pj.INVALID_ID, self, trunk, is_incoming=False)
        if others:
            left = Attempt(leg=leg, trunk=trunk, number=attempt.number, shown=attempt.shown, ways=others)
            dialog.next = partial(self._try, left)
        self._keep(dialog, leg, account_of_line(trunk.line))
        invite = requests.LineInvite(
            dials=dialled(trunk, attempt.number),
            domain=trunk.rules.domain,
            token=trunk.token,
            shown=shown_by(trunk, attempt.shown),
            way=way,
        )
        target, parameters = requests.invite_line(invite, self._endpoint.settings)
        try:
            dialog.makeCall(target, parameters)
        except pj.Error as error:
            log.warning("leg %s: PJSIP cannot dial over line %s: %s", leg.id, trunk.line, error.reason)
            self._drop(dialog)
            leg.was_ended(Cause.TEMPORARY_FAILURE)
        self.line_changed(trunk.line)

    def ring(self, leg: LegId) -> None:
        self._answer(leg, 180)

    def progress(self, leg: LegId) -> bool:
        self._answer(leg, 183)
        return True

    def answer(self, leg: LegId) -> None:
        if dialog := self._by_leg.get(leg):
            dialog.video_taken = self._video_wanted_of(leg)
        self._answer(leg, 200)

    def hang_up(self, leg: LegId, cause: Cause) -> None:
        if dialog := self._by_leg.get(leg):
            self._end(dialog, cause)

    def send_digits(self, leg: LegId, digits: str) -> None:
        if self.inband.press(leg, digits):
            return
        if dialog := self._by_leg.get(leg):
            if isinstance(dialog, LineDialog) and dialog.sends_info:
                self._attempt(dialog, "send digits", lambda: dialog.press_by_info(digits))
                return
            try:
                dialog.dialDtmf(digits)
            except pj.Error:
                # The phone did not negotiate RFC 4733.
                self._attempt(dialog, "send digits", lambda: dialog.press_by_info(digits))

    def send_info_digits(self, leg: LegId, digits: str) -> None:
        """Press keys towards a party by SIP INFO, whatever else it understands."""
        if dialog := self._by_leg.get(leg):
            self._attempt(dialog, "send digits", lambda: dialog.press_by_info(digits))

    def report_transfer(self, leg: LegId, progress: int) -> None:
        dialog = self._by_leg.get(leg)
        if dialog is None or not dialog.transfers_asked or dialog.last_progress == progress:
            return
        dialog.last_progress = progress
        status = progress if progress >= 100 else status_of(Cause(progress))
        event = f"refer;id={dialog.transfer_cseq}" if dialog.transfers_asked > 1 else "refer"
        self._attempt(dialog, "NOTIFY", lambda: dialog.sendRequest(requests.notify_transfer(status, event)))

    # What PJSIP reports.

    def dialog_changed(self, dialog: PhoneDialog, info: pj.CallInfo, message: str) -> None:
        if not dialog.name[0]:
            self._name(dialog, (info.callIdString, ""))
        leg = dialog.leg
        match info.state:
            case pj.PJSIP_INV_STATE_CONNECTING if not dialog.is_incoming:
                dialog.video = video.video_of(video.body_of(message))
            case pj.PJSIP_INV_STATE_EARLY if leg and not dialog.is_incoming and info.lastStatusCode in _RINGS:
                dialog.has_rung = True
                leg.was_alerting()
            case pj.PJSIP_INV_STATE_CONNECTING if leg and dialog.is_incoming:
                leg.was_answered()
            case pj.PJSIP_INV_STATE_CONFIRMED if leg:
                leg.was_answered()
            case pj.PJSIP_INV_STATE_DISCONNECTED:
                self._drop(dialog)
                if leg is not None:
                    self._ended.append(self._what_follows(dialog, leg, info.lastStatusCode, message))

    def _what_follows(self, dialog: PhoneDialog, leg: Leg, status: int, message: str) -> Callable[[], None]:
        """What is to be done once a dialog is over."""
        reason = cause_in_reason(messages.header(message, "Reason"))
        if not isinstance(dialog, LineDialog):
            return partial(leg.was_ended, reason or cause_of(status))
        log.info("leg %s: line %s answered %d", leg.id, dialog.line, status)
        if dialog.next is not None and dialog.goes_on_after(status):
            return dialog.next
        return partial(leg.was_ended, reason or cause_on_line(status))

    def sound_changed(self, dialog: PhoneDialog, port: Port | None) -> None:
        if dialog.leg is None:
            return
        if port is None:
            self._wires.down(dialog.leg_id)
        else:
            self._wires.up(dialog.leg_id, port, dialog.getId())

    def _key_heard(self, leg: LegId, key: str, transport: DtmfTransport) -> None:
        if dialog := self._by_leg.get(leg):
            dialog.key_came(key, transport)

    def _comes_in(self, number: int, invite: str) -> None:
        trunk = self.lines.called_by(invite)
        if trunk is None:
            dialog = PhoneDialog(self._endpoint.account, number, self, is_incoming=True)
            dialog.video = video.video_of(video.body_of(invite))
        else:
            dialog = LineDialog(self._endpoint.account, number, self, trunk, is_incoming=True)
        self._dialogs.add(dialog)
        tag = messages.tag_of(messages.header(invite, "From"))
        self._name(dialog, (messages.header(invite, "Call-ID"), tag))
        account = messages.header(invite, "X-Porter-User")
        if not account and trunk is None:
            log.warning("an INVITE without the edge's mark was refused: %s", invite.split("\r\n", 1)[0])
            self._end(dialog, Cause.NOT_ALLOWED)
        elif self._reception is None or len(self._dialogs) > self._endpoint.settings.most_legs:
            self._end(dialog, Cause.CONGESTION)
        elif trunk is not None:
            self._hand_in(
                dialog, partial(self._line_calls, trunk, invite, self._reception), account_of_line(trunk.line)
            )
            self.line_changed(trunk.line)
        else:
            self._hand_in(dialog, partial(self._phone_calls, account, invite, self._reception), account)

    def _phone_calls(self, account: str, invite: str, reception: Reception) -> Leg:
        replaced = self._leg_named(messages.header(invite, "X-Porter-Replaces"))
        return reception.phone_calls(self, account=account, dialled=messages.request_user(invite), replaces=replaced)

    def _line_calls(self, trunk: Trunk, invite: str, reception: Reception) -> Leg:
        arrived = read_invite(invite, trunk.rules)
        did = trunk.settings.number or "" if arrived.did in ("", trunk.token, trunk.settings.user) else arrived.did
        return reception.line_calls(
            self,
            line=trunk.line,
            caller=arrived.caller,
            caller_name=arrived.caller_name,
            did=did,
            redirected_from=arrived.redirected_from,
            hops=arrived.hops,
        )

    def _hand_in(self, dialog: PhoneDialog, take: Callable[[], Leg], account: str) -> None:
        try:
            leg = take()
        except Exception:
            log.exception("account %s: its call could not be taken", account)
            self._end(dialog, Cause.TEMPORARY_FAILURE)
            return
        self._keep(dialog, leg, account)
        if leg.is_gone:
            self._end(dialog, leg.cause or Cause.NORMAL)

    def _after_turn(self) -> None:
        self._take_transfers()
        self.inband.free_ended()
        if self._dead:
            self._watch_the_dead()
        self._tell_who_ended()

    def _tell_who_ended(self) -> None:
        """Outside of PJSIP's callbacks: a cancelled task keeps the frames that cancelled it, with the dialog in them,
        until its next turn, and the dialog must be gone before."""
        while self._ended:
            what_follows = self._ended.pop(0)
            try:
                what_follows()
            except Exception:
                log.exception("the end of a dialog could not be told")

    def _take_transfers(self) -> None:
        while pj.porter_refer_next(fact := pj.ReferFact()):
            dialog = self._by_name.get((fact.call_id, fact.remote_tag)) or self._by_name.get((fact.call_id, ""))
            if dialog is None or dialog.leg is None:
                continue
            leg = dialog.leg
            dialog.transfers_asked += 1
            dialog.transfer_cseq = fact.cseq
            dialog.last_progress = None
            self.report_transfer(leg.id, 100)
            target = messages.refer_target(fact.refer_to)
            if not target.replaces:
                leg.tell(TransferAsked(to=target.user))
            elif replaced := self._leg_named(target.replaces):
                leg.tell(TransferAsked(to="", replaces=replaced))
            else:
                log.info("leg %s: asks for a transfer to a dialog that is not ours", leg.id)
                self.report_transfer(leg.id, Cause.UNALLOCATED)

    def _leg_named(self, value: str) -> LegId | None:
        """The living leg of a Replaces header, read from the phone's side: its to-tag is the phone's own or ours.

        Call-ID and the tag that came with it are compared; where the Call-ID is ours, nobody else can know it.
        """
        named = messages.replaces(value) if value else None
        if named is None:
            return None
        names = [(named.call_id, named.to_tag), (named.call_id, named.from_tag), (named.call_id, "")]
        dialog = next((self._by_name[name] for name in names if name in self._by_name), None)
        if dialog is None or dialog.leg is None or dialog.is_ending:
            return None
        return dialog.leg.id

    # The table of dialogs.

    def _keep(self, dialog: PhoneDialog, leg: Leg, account: str) -> None:
        dialog.serve(leg)
        self.inband.begin(leg, account)
        self._dialogs.add(dialog)
        self._by_leg[leg.id] = dialog

    def _name(self, dialog: PhoneDialog, name: tuple[str, str]) -> None:
        dialog.name = name
        self._by_name[name] = dialog

    def _drop(self, dialog: PhoneDialog) -> None:
        self._dialogs.discard(dialog)
        if dialog.leg is not None:
            del self._by_leg[dialog.leg.id]
            self.inband.end(dialog.leg.id)
            self._wires.down(dialog.leg.id)
        if self._by_name.get(dialog.name) is dialog:
            del self._by_name[dialog.name]
        dialog.over()
        self._dead.append(weakref.ref(dialog))
        if isinstance(dialog, LineDialog):
            self._ended.append(partial(self.line_changed, dialog.line))
        if not self._dialogs:
            self._all_over.set()

    def _watch_the_dead(self) -> None:
        """Keep for ever what somebody still refers to: were it freed later, it would hang up a stranger's call."""
        for dead in self._dead:
            if (dialog := dead()) is not None:
                self._haunting.append(dialog)
                log.error("leg %s: something still refers to its dialog; please report this", dialog.leg_id)
        self._dead.clear()

    # Asking PJSIP.

    def _answer(self, leg: LegId, status: int) -> None:
        if dialog := self._by_leg.get(leg):
            sdp = video.answered_with(dialog.own_sdp, dialog.video_taken) if dialog.video_taken else ""
            self._attempt(dialog, f"answer {status}", lambda: dialog.answer(requests.answer(status, sdp)))

    def _offer_video(self, dialog: PhoneDialog, leg: Leg) -> None:
        """Let a phone that rings for a door see who stands there; other calls, which wander more, go without."""
        principal = leg.call.principal if leg.call is not None else None
        if principal is not None and principal.party.kind is PartyKind.DOOR:
            station = self._by_leg.get(principal.id)
            dialog.video_of = principal.id
            dialog.video_offered = station.video if station is not None else ""

    def _video_wanted_of(self, leg: LegId) -> str:
        """The video of the phone that took the call of a leg; "" where it wants none."""
        took = (dialog for dialog in self._dialogs if dialog.video_of == leg and dialog.video)
        return next((dialog.video for dialog in took if dialog.leg is not None and dialog.leg.is_answered), "")

    def _end(self, dialog: PhoneDialog, cause: Cause) -> None:
        if dialog.is_ending:
            return
        dialog.is_ending = True
        if dialog.is_incoming and not (dialog.leg is not None and dialog.leg.is_answered):
            # Not `hangup`: inside the callback of a new call it would leave our headers out.
            refusal = requests.refuse(cause, retry_seconds=RETRY_SECONDS)
            if self._attempt(dialog, "refuse", lambda: dialog.answer(refusal)):
                return
        self._attempt(dialog, "hang up", lambda: dialog.hangup(requests.hang_up(cause)))

    def _attempt(self, dialog: PhoneDialog, what: str, ask: requests.Ask) -> bool:
        """Ask PJSIP for something that a dialog which has just ended cannot do any more."""
        try:
            ask()
        except pj.Error as error:
            log.info("leg %s: PJSIP could not %s: %s", dialog.leg_id, what, error.reason)
            return False
        return True


def _nobody_minds(_: str) -> None:
    """The default of `SipSwitch.line_changed`."""
