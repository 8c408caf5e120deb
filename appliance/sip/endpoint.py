"""PJSIP as a task of the Trio loop: started on loopback, driven by the readiness of its SIP socket, ended in order.

PJSIP has no threads of its own for SIP here (`threadCnt=0`, `mainThreadOnly`): every callback runs on the Trio thread,
inside `libHandleEvents`. RTP and the bridge's clock have C threads; what they report waits in a queue of 1,024 that
`libHandleEvents` empties, so the pump must never rest for long.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pjsua2 as pj
import trio

from appliance.errors import PorterError
from appliance.sip.guard import guarded
from appliance.sip.journal import PjsipJournal

log = logging.getLogger(__name__)

TIMER_SECONDS = 0.03
"""How late PJSIP's timers may fire when no message comes in; its shortest (T1) has 500 ms."""

ROUNDS_PER_TURN = 256
"""Events handled before other tasks get their turn, so that a flood cannot starve the flows."""

GAP_SECONDS = 0.5
"""A pump that rested longer is reported: the loop was hogged, and callbacks may have been lost."""

SPARE_CALLS = 16
"""Calls above the limit that PJSIP still accepts, so that we and not PJSIP refuse them (503 with Retry-After)."""


class EndpointSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the endpoint listens and what it can carry."""

    sip_port: int
    """UDP on 127.0.0.1; the edge trusts exactly this address and port."""
    edge_port: int | None
    """Where the edge listens on 127.0.0.1; None: contacts are URIs and are dialled directly (tests of this alone)."""
    media_address: str = "127.0.0.1"
    """Our address on the phones' side, as it stands in SDP."""
    rtp_port: int = 20000
    """First port of the RTP range; even."""
    rtp_ports: int = 2000
    domain: str = "porter"
    """Host part of the addresses phones see."""
    most_legs: int = 440
    """Dialogs at once, phones only; above it callers hear 503."""
    bridge_hz: int = 8000
    """The bridge's sampling rate. 16000 gives wideband between phones and doubles the work for G.711."""
    media_threads: int = 1
    codecs: tuple[str, ...] = ("PCMA/8000", "PCMU/8000", "G722/16000", "opus/48000")
    """Best first, as PJSIP names them. G.711 first: it needs no resampling on a bridge of 8 kHz."""
    log_level: int = 2
    """PJSIP's: 1 errors, 2 warnings, 3 one line per event. From 5 on it would print SRTP keys, so 3 is the limit."""


class HouseAccount(pj.Account):  # type: ignore[misc]
    """All phones of the house: one account per network side and media profile, and there is one side yet."""

    def __init__(self, endpoint: SipEndpoint) -> None:
        super().__init__()
        self._endpoint: SipEndpoint | None = endpoint

    @guarded
    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        if self._endpoint is not None:
            self._endpoint.on_incoming(prm.callId, prm.rdata.wholeMsg)

    def forget(self) -> None:
        """Break the circle with the endpoint, so that both die at once and in order."""
        self._endpoint = None
        self.shutdown()


class SipEndpoint:
    """The one PJSIP of the process.

    Attributes:
        on_incoming: Called with PJSIP's number of a new dialog and the text of its INVITE.
        after_turn: Called after every turn of the pump.
        longest_gap: Seconds, the longest rest of the pump so far.
    """

    def __init__(self, settings: EndpointSettings) -> None:
        self.settings = settings
        self.on_incoming: Callable[[int, str], None] = _nobody_listens
        self.after_turn: Callable[[], None] = _nothing_to_do
        self.longest_gap = 0.0
        self._pj = pj.Endpoint()
        self.account = HouseAccount(self)

    def start(self) -> None:
        """Open the port and the account; `PorterError` when that does not work."""
        settings = self.settings
        self._pj.libCreate()
        try:
            self._pj.libInit(self._configuration())
            if status := pj.porter_refer_install():
                raise PorterError(f"The REFER module does not load (PJSIP status {status}).")
            if status := pj.porter_relay_install():
                raise PorterError(f"The packet relay does not load (PJSIP status {status}).")
            self._open_port()
            self._pj.audDevManager().setNullDev()
            self._pj.libStart()
            self._choose_codecs()
            self.account.create(self._account_configuration())
        except pj.Error as error:
            self._pj.libDestroy()
            raise PorterError(
                f"The telephone engine cannot start on 127.0.0.1:{settings.sip_port}: {error.reason}.",
                "Is another Porter running on this port? Choose another base port, or end the other one.",
            ) from error

    async def drive(self) -> None:
        """Run PJSIP until cancelled."""
        descriptor = _udp_descriptor("127.0.0.1", self.settings.sip_port)
        last = time.monotonic()
        while True:
            with trio.move_on_after(TIMER_SECONDS):
                await trio.lowlevel.wait_readable(descriptor)
            if (gap := time.monotonic() - last) > GAP_SECONDS:
                log.warning("PJSIP was not driven for %.1f s; events may have been lost", gap)
            self.longest_gap = max(self.longest_gap, gap)
            self.turn()
            last = time.monotonic()

    def turn(self) -> None:
        """Handle what has come in so far."""
        for _ in range(ROUNDS_PER_TURN):
            if self._pj.libHandleEvents(0) <= 0:
                break
        self.after_turn()

    def new_account(self, change: Callable[[pj.AccountConfig], None]) -> HouseAccount:
        """A further account, for a line; `change` makes it another one than that of the house."""
        configuration = self._account_configuration()
        change(configuration)
        account = HouseAccount(self)
        account.create(configuration)
        return account

    def stop(self) -> None:
        """End PJSIP. What still refers to its objects must be gone; a new endpoint may be started afterwards."""
        self.account.forget()
        del self.account
        self._pj.libDestroy()
        del self._pj

    def _configuration(self) -> pj.EpConfig:
        settings = self.settings
        config = pj.EpConfig()
        agent = config.uaConfig
        agent.threadCnt = 0
        agent.mainThreadOnly = True
        agent.maxCalls = settings.most_legs + SPARE_CALLS
        agent.userAgent = "Porter"
        config.logConfig.level = config.logConfig.consoleLevel = min(settings.log_level, 3)
        config.logConfig.decor = 0
        config.logConfig.msgLogging = 0
        config.logConfig.writer = _given_away(PjsipJournal())
        media = config.medConfig
        media.clockRate = media.sndClockRate = settings.bridge_hz
        media.audioFramePtime = media.ptime = 20
        media.maxMediaPorts = 4 * settings.most_legs + 64
        media.hasIoqueue = True
        media.threadCnt = settings.media_threads
        media.ecTailLen = 0
        media.noVad = True
        media.quality = 3
        return config

    def _open_port(self) -> None:
        transport = pj.TransportConfig()
        transport.port = self.settings.sip_port
        transport.boundAddress = "127.0.0.1"
        self._pj.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)

    def _choose_codecs(self) -> None:
        for codec in self._pj.codecEnum2():
            self._pj.codecSetPriority(codec.codecId, 0)
        for rank, name in enumerate(self.settings.codecs):
            self._pj.codecSetPriority(name, 250 - rank)

    def _account_configuration(self) -> pj.AccountConfig:
        settings = self.settings
        account = pj.AccountConfig()
        account.idUri = f"sip:porter@127.0.0.1:{settings.sip_port}"
        if settings.edge_port is not None:
            account.sipConfig.proxies.append(f"sip:127.0.0.1:{settings.edge_port};lr")
        account.callConfig.timerUse = pj.PJSUA_SIP_TIMER_OPTIONAL
        account.callConfig.prackUse = pj.PJSUA_100REL_NOT_USED
        account.natConfig.sdpNatRewriteUse = 0
        account.natConfig.contactRewriteUse = 0
        account.natConfig.viaRewriteUse = 0
        # A phone that answers with several codecs uses the first; asking again would cost a re-INVITE per call.
        account.mediaConfig.lockCodecEnabled = False
        # To choose between IPv4 and IPv6, PJSIP would ask the DNS for this machine's own name with every leg dialled,
        # and all calls would stand still for as long as no answer comes. The edge knows IPv4 only.
        account.mediaConfig.ipv6Use = pj.PJSUA_IPV6_DISABLED
        rtp = account.mediaConfig.transportConfig
        rtp.port = settings.rtp_port
        rtp.portRange = settings.rtp_ports
        # Not bound to that address: it may change while the office runs (DHCP).
        rtp.publicAddress = settings.media_address
        return account


@asynccontextmanager
async def sip_endpoint(settings: EndpointSettings) -> AsyncIterator[SipEndpoint]:
    """A running endpoint; the last dialogs should be over when it is left (`SipSwitch.close`)."""
    endpoint = SipEndpoint(settings)
    endpoint.start()
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(endpoint.drive)
            yield endpoint
            nursery.cancel_scope.cancel()
    finally:
        endpoint.stop()


def _udp_descriptor(address: str, port: int) -> int:
    """The file descriptor of our UDP socket on this address, which PJSIP does not tell: found by its inode."""
    host = int.from_bytes(bytes(map(int, address.split("."))), "little")
    wanted = f"{host:08X}:{port:04X}"
    rows = (line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:])
    inodes = {f"socket:[{row[9]}]" for row in rows if row[1] == wanted}
    for entry in Path("/proc/self/fd").iterdir():
        try:
            if os.readlink(entry) in inodes:
                return int(entry.name)
        except OSError:
            continue
    raise PorterError(f"PJSIP has no socket on {address}:{port}.")


def _given_away(journal: PjsipJournal) -> PjsipJournal:
    """PJSIP deletes its log writer itself, so Python must not."""
    journal.__disown__()
    return journal


def _nobody_listens(number: int, invite: str) -> None:
    log.warning("a call came in before anybody listened; PJSIP refuses it")


def _nothing_to_do() -> None:
    """The default of `SipEndpoint.after_turn`."""
