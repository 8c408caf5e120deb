"""What the radio says: registration, signal, operator. Told when it changes; asked for every half minute, since
unsolicited lines get lost, and because asking shows that the modem lives."""

from hardware.modem.at import Command, Reply
from hardware.modem.facts import ModemFailed, OperatorChanged, Registration, RegistrationChanged, Remedy, SignalChanged
from hardware.modem.gsm_wire import Wire, fields, number_at

POLL_SECONDS = 30.0
SEARCH_SECONDS = 300.0
"""Without a network for this long, the modem is told to search anew; as long again and it is restarted."""
_REGISTRATIONS = (
    Registration.NOT_SEARCHING,
    Registration.HOME,
    Registration.SEARCHING,
    Registration.DENIED,
    Registration.UNKNOWN,
    Registration.ROAMING,
)
_BARS_FROM = (2, 8, 12, 16, 20)
"""+CSQ values at which bars 1 to 5 begin."""


class Network:
    """The network as the modem sees it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.registration: Registration | None = None
        self.deadline: float | None = None
        self._bars: int | None = None
        self._operator: str | None = None
        self._searching_since: float | None = None
        self._searches = 0

    def opened(self) -> None:
        """The modem is set up."""
        self.registration = self._bars = self._operator = None
        self._searching_since = self._wire.now
        self._searches = 0
        self._ask()

    def lost(self) -> None:
        self.deadline = None
        self._searching_since = None

    def tick(self) -> None:
        if self.deadline is not None and self._wire.now >= self.deadline:
            self._ask()

    def read(self, line: str) -> bool:
        """Take one unsolicited line; False when it does not concern the network."""
        name, _, _ = line.partition(":")
        match name:
            case "+CREG":
                self._registered(line)
            case "^RSSI":
                self._signal(number_at(fields(line), 0))
            case _:
                return False
        return True

    def _ask(self) -> None:
        self.deadline = self._wire.now + POLL_SECONDS
        self._wire.ask(Command(text="AT+CREG?", prefix="+CREG:"), self._told_registration)
        self._wire.ask(Command(text="AT+CSQ", prefix="+CSQ:"), self._told_signal)
        self._wire.ask(Command(text="AT+COPS?", prefix="+COPS:", seconds=40.0), self._told_operator)
        self._search()

    def _told_registration(self, reply: Reply) -> None:
        for line in reply.lines:
            self._registered(line.text)

    def _told_signal(self, reply: Reply) -> None:
        for line in reply.lines:
            self._signal(number_at(fields(line.text), 0))

    def _told_operator(self, reply: Reply) -> None:
        for line in reply.lines:
            parts = fields(line.text)
            name = parts[2] if len(parts) > 2 else ""
            if name != self._operator:
                self._operator = name
                self._wire.tell(OperatorChanged(name))

    def _registered(self, line: str) -> None:
        """`+CREG: <stat>[,<lac>,<ci>]` by itself, `+CREG: <n>,<stat>[,…]` when asked; an area code has four digits."""
        parts = fields(line)
        asked = len(parts) > 1 and len(parts[1]) == 1
        stat = number_at(parts, 1 if asked else 0)
        if stat is None or not 0 <= stat < len(_REGISTRATIONS):
            return
        registration = _REGISTRATIONS[stat]
        if registration.is_registered:
            self._searching_since = None
            self._searches = 0
        elif self._searching_since is None:
            self._searching_since = self._wire.now
        if registration is not self.registration:
            self.registration = registration
            self._wire.tell(RegistrationChanged(registration))

    def _signal(self, rssi: int | None) -> None:
        if rssi is None:
            return
        known = 0 <= rssi <= 31
        bars = sum(rssi >= start for start in _BARS_FROM) if known else 0
        if bars != self._bars:
            self._bars = bars
            self._wire.tell(SignalChanged(bars, 2 * rssi - 113 if known else None))

    def _search(self) -> None:
        if self._searching_since is None or self._wire.now - self._searching_since < SEARCH_SECONDS:
            return
        self._searching_since = self._wire.now
        self._searches += 1
        if self._searches == 1:
            self._wire.ask(Command(text="AT+COPS=0", seconds=60.0))
        else:
            self._wire.tell(
                ModemFailed(
                    reason="The modem finds no network.",
                    next_step="Check the antenna and that the SIM is active; the modem is restarted by itself.",
                    remedy=Remedy.RESET,
                )
            )
