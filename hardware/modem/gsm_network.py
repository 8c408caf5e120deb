"""What the radio says: registration, signal, operator, technology, time. Told when it changes; asked for every half
minute, since unsolicited lines get lost, and because asking shows that the modem lives."""

import re
from datetime import datetime, timedelta, timezone

from hardware.modem.at import Command, Reply
from hardware.modem.facts import (
    ModemFailed,
    NetworkTime,
    OperatorChanged,
    Registration,
    RegistrationChanged,
    Remedy,
    SignalChanged,
    TechnologyChanged,
)
from hardware.modem.faults import ModemFault
from hardware.modem.gsm_wire import Wire, fields, number_at
from hardware.modem.profiles import RadioNews

POLL_SECONDS = 30.0
TIME_SECONDS = 3600.0
"""Between two looks at the clock the network sets."""
SEARCH_SECONDS = 300.0
"""Without a network for this long, the modem searches anew, then its radio is switched off and on, then it is
restarted, each as long after the one before."""
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
_TECHNOLOGIES = {0: "2G", 1: "2G", 2: "3G", 3: "2G", 4: "3G", 5: "3G", 6: "3G", 7: "4G"}
"""<AcT> of +COPS, TS 27.007 §7.3."""
_TIME = re.compile(r'"?(\d\d)/(\d\d)/(\d\d),(\d\d):(\d\d):(\d\d)([+-]\d\d)')
"""yy/MM/dd,hh:mm:ss and the zone in quarter hours, TS 27.007 §8.15."""
_FIRST_YEAR, _LAST_YEAR = 24, 69
"""Clocks nobody has set say 1970, 1980 or 2004."""


class Network:
    """The network as the modem sees it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.registration: Registration | None = None
        self.has_packets = False
        """Registered with LTE for data, whatever calls are."""
        self._poll_at: float | None = None
        self._time_at: float | None = None
        self._bars: int | None = None
        self._operator: str | None = None
        self._technology: str | None = None
        self._searching_since: float | None = None
        self._searches = 0

    def opened(self) -> None:
        """The modem is set up."""
        self.registration = self._bars = self._operator = self._technology = None
        self.has_packets = False
        self._searching_since = self._wire.now
        self._searches = 0
        self._time_at = self._wire.now
        self._ask()

    def lost(self) -> None:
        self._poll_at = self._time_at = None
        self._searching_since = None

    @property
    def deadline(self) -> float | None:
        return self._poll_at

    def tick(self) -> None:
        if self._poll_at is not None and self._wire.now >= self._poll_at:
            self._ask()

    def read(self, line: str) -> bool:
        """Take one unsolicited line; False when it does not concern the network."""
        name, _, _ = line.partition(":")
        if name == "+CREG":
            self._registered(line)
        elif name == "+CEREG":
            self._packets(line)
        elif name in ("^NWTIME", "+CTZV", "+CTZE", "*PSUTTZ"):
            self._time_news(line)
        elif (value := _value(self._wire.profile.signal_news, line)) is not None:
            self._signal(int(value) if value.isdecimal() else None)
        elif (value := _value(self._wire.profile.technology_news, line)) is not None:
            self._is_of(value)
        else:
            return False
        return True

    def _ask(self) -> None:
        self._poll_at = self._wire.now + POLL_SECONDS
        if self._wire.profile.packet_registration:
            command = Command(text=self._wire.profile.packet_registration, prefix="+CEREG:")
            self._wire.ask(command, self._told_packets)
        self._wire.ask(Command(text="AT+CREG?", prefix="+CREG:"), self._told_registration)
        self._wire.ask(Command(text="AT+CSQ", prefix="+CSQ:"), self._told_signal)
        self._wire.ask(Command(text="AT+COPS?", prefix="+COPS:", seconds=40.0), self._told_operator)
        if self._time_at is not None and self._wire.now >= self._time_at:
            self._time_at = self._wire.now + TIME_SECONDS
            self._ask_time()
        self._search()

    def _told_packets(self, reply: Reply) -> None:
        for line in reply.lines:
            self._packets(line.text)

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
            technology = number_at(parts, 3)
            if technology is not None and technology in _TECHNOLOGIES:
                self._is_of(_TECHNOLOGIES[technology])

    def _registered(self, line: str) -> None:
        stat = _stat(line)
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

    def _packets(self, line: str) -> None:
        self.has_packets = _stat(line) in (1, 5)

    def _signal(self, rssi: int | None) -> None:
        if rssi is None:
            return
        known = 0 <= rssi <= 31
        bars = sum(rssi >= start for start in _BARS_FROM) if known else 0
        if bars != self._bars:
            self._bars = bars
            self._wire.tell(SignalChanged(bars, 2 * rssi - 113 if known else None))

    def _is_of(self, technology: str) -> None:
        if technology != self._technology:
            self._technology = technology
            self._wire.tell(TechnologyChanged(technology))

    # The time.

    def _time_news(self, line: str) -> None:
        """Families disagree whether their news is of here or of Greenwich, so the modem's clock is asked."""
        if not self._tell_time(line if line.startswith("^NWTIME") else ""):
            self._ask_time()

    def _ask_time(self) -> None:
        command = Command(text="AT+CCLK?", prefix="+CCLK:")
        self._wire.ask(command, self._told_time)

    def _told_time(self, reply: Reply) -> None:
        for line in reply.lines:
            self._tell_time(line.text)

    def _tell_time(self, line: str) -> bool:
        found = _TIME.search(line)
        if found is None:
            return False
        year, month, day, hour, minute, second, quarters = map(int, found.groups())
        if not _FIRST_YEAR <= year <= _LAST_YEAR or abs(quarters) > 56:
            return False
        try:
            zone = timezone(timedelta(minutes=15 * quarters))
            at = datetime(2000 + year, month, day, hour, minute, second, tzinfo=zone)
        except ValueError:
            return False
        self._wire.tell(NetworkTime(at))
        return True

    # Searching.

    def _search(self) -> None:
        if self._searching_since is None or self._wire.now - self._searching_since < SEARCH_SECONDS:
            return
        self._searching_since = self._wire.now
        self._searches += 1
        if self._searches == 1:
            self._wire.ask(Command(text="AT+COPS=0", seconds=60.0))
        elif self._searches == 2:
            self._wire.ask(Command(text="AT+CFUN=0", seconds=20.0))
            self._wire.ask(Command(text="AT+CFUN=1", seconds=20.0))
        else:
            self._wire.tell(ModemFailed(ModemFault.NO_NETWORK, Remedy.RESET))


def _value(news: tuple[RadioNews, ...], line: str) -> str | None:
    """What a line of news says; None for lines about something else."""
    parts = fields(line)
    for one in news:
        if line.startswith(one.line) and one.first in ("", parts[0]) and one.at < len(parts):
            return parts[one.at] if not one.names else one.names.get(parts[one.at])
    return None


def _stat(line: str) -> int | None:
    """`+CREG: <stat>[,<lac>,<ci>]` by itself, `+CREG: <n>,<stat>[,…]` when asked; an area code has four digits."""
    parts = fields(line)
    asked = len(parts) > 1 and len(parts[1]) == 1
    return number_at(parts, 1 if asked else 0)
