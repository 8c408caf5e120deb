"""One phone's dialog: PJSIP's call object, translated into what the switch understands.

A `pj.Call` keeps the number of its slot after the dialog is over. When Python frees it later, its destructor hangs up
whichever new call has that slot then. So nothing may refer to a dialog once its DISCONNECTED callback has returned: the
switch drops it there, and a dialog refers to nothing that could refer back.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol

import pjsua2 as pj
import trio

from appliance.calls.digits import DigitsOnce
from appliance.calls.facts import Digit, DtmfTransport, Held, Resumed
from appliance.calls.leg import Leg
from appliance.sip import requests, video
from appliance.sip.guard import guarded

if TYPE_CHECKING:
    from appliance.sip.wires import Port

_TRANSPORTS = {
    pj.PJSUA_DTMF_METHOD_RFC2833: DtmfTransport.RFC4733,
    pj.PJSUA_DTMF_METHOD_SIP_INFO: DtmfTransport.INFO,
}
_ANSWERED = frozenset({pj.PJSIP_TSX_STATE_COMPLETED, pj.PJSIP_TSX_STATE_TERMINATED, pj.PJSIP_TSX_STATE_DESTROYED})
"""States of a request of ours that nothing more is to be waited for, RFC 3261 §17.1.2."""
_FLOWING = frozenset({pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD})


class DialogOwner(Protocol):
    """Who keeps the dialogs: the switch."""

    def dialog_changed(self, dialog: PhoneDialog, info: pj.CallInfo, message: str) -> None:
        """A dialog went on; `message` is the SIP message that caused it, "" when none did."""
        ...

    def sound_changed(self, dialog: PhoneDialog, port: Port | None) -> None:
        """A dialog's place on the bridge; None: it has none now."""
        ...


class PhoneDialog(pj.Call):  # type: ignore[misc]
    """A dialog with one phone. It belongs to a leg until either side ends it, and to the switch until it is over.

    Attributes:
        leg: None once the dialog is over, and for calls that were refused at the door.
        is_incoming: True when the phone called us.
        is_ending: True once we have hung up.
        name: How the table of dialogs knows it: Call-ID, and the phone's tag where the phone chose the Call-ID.
        transfers_asked: How many REFER came in this dialog.
        transfer_cseq: Of the last one; its NOTIFY may have to name it.
        has_rung: True once the called party has heard of our call.
    """

    def __init__(self, account: pj.Account, number: int, owner: DialogOwner, *, is_incoming: bool) -> None:
        super().__init__(account, number)
        self.leg: Leg | None = None
        self.leg_id = "-"
        self.is_incoming = is_incoming
        self.is_ending = False
        self.name = ("", "")
        self.transfers_asked = 0
        self.transfer_cseq = 0
        self.last_progress: int | None = None
        self.has_rung = False
        self.video = self.video_offered = self.video_taken = ""
        self.video_of = "-"
        self.own_sdp = ""
        self._owner: DialogOwner | None = owner
        self._is_held = False
        self._digits = DigitsOnce()
        self._keys_to_send: deque[str] = deque()
        self._sends_key = False

    def serve(self, leg: Leg) -> None:
        self.leg = leg
        self.leg_id = leg.id

    def over(self) -> None:
        """Let go of everything, inside the DISCONNECTED callback."""
        self.leg = self._owner = None

    @guarded
    def onCallState(self, prm: pj.OnCallStateParam) -> None:
        if self._owner is not None:
            self._owner.dialog_changed(self, self.getInfo(), _message_of(prm.e))

    @guarded
    def onCallMediaState(self, _: pj.OnCallMediaStateParam) -> None:
        if self._owner is None:
            return
        info = self.getInfo()  # kept: its members live only as long as it does
        for media in info.media:
            if media.type != pj.PJMEDIA_TYPE_AUDIO:
                continue
            self._owner.sound_changed(self, self.getAudioMedia(media.index) if media.status in _FLOWING else None)
            self._hold(media.status == pj.PJSUA_CALL_MEDIA_REMOTE_HOLD)
            return
        self._owner.sound_changed(self, None)

    @guarded
    def onCallSdpCreated(self, prm: pj.OnCallSdpCreatedParam) -> None:
        if self.video_offered and not prm.remSdp.wholeSdp:
            prm.sdp.wholeSdp = video.offered_with(prm.sdp.wholeSdp, self.video_offered)
        elif self.video_taken:
            prm.sdp.wholeSdp = video.answered_with(prm.sdp.wholeSdp, self.video_taken)
        self.own_sdp = prm.sdp.wholeSdp

    @guarded
    def onCallTsxState(self, prm: pj.OnCallTsxStateParam) -> None:
        change = prm.e.body.tsxState
        if change.tsx.role != pj.PJSIP_ROLE_UAC or change.tsx.method != "INFO" or change.prevState in _ANSWERED:
            return
        if change.tsx.state in _ANSWERED:
            self._sends_key = False
            self._send_next_key()

    def press_by_info(self, keys: str) -> None:
        """Press keys by SIP INFO, each when the one before was answered: sent at once, one could overtake another.

        Raises pj.Error when the dialog takes none any more.
        """
        self._keys_to_send.extend(keys)
        if not self._sends_key:
            self._send_next_key()

    def _send_next_key(self) -> None:
        if self._keys_to_send and self._owner is not None:
            key = self._keys_to_send.popleft()
            self.sendDtmf(requests.info_digits(key))
            self._sends_key = True

    @guarded
    def onDtmfDigit(self, prm: pj.OnDtmfDigitParam) -> None:
        self.key_came(prm.digit.upper(), _TRANSPORTS.get(prm.method, DtmfTransport.RFC4733))

    def key_came(self, digit: str, transport: DtmfTransport) -> None:
        """The party pressed a key; it counts once, however many ways it came."""
        if self.leg is not None and self._digits.counts(digit, transport, trio.current_time()):
            self.leg.tell(Digit(digit, transport))

    def _hold(self, is_held: bool) -> None:
        if self.leg is not None and is_held != self._is_held:
            self._is_held = is_held
            self.leg.tell(Held() if is_held else Resumed())


def _message_of(event: pj.SipEvent) -> str:
    """The received message behind a change of state, "" when it was a timer or ourselves."""
    match event.type:
        case pj.PJSIP_EVENT_TSX_STATE if event.body.tsxState.type == pj.PJSIP_EVENT_RX_MSG:
            return str(event.body.tsxState.src.rdata.wholeMsg)
        case pj.PJSIP_EVENT_RX_MSG:
            return str(event.body.rxMsg.rdata.wholeMsg)
    return ""
