"""What a profile says; the values are in the TOML files."""

from enum import StrEnum

import msgspec


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a profile; what it does not know is refused."""


class Learns(StrEnum):
    """What the answer to a step tells about the modem."""

    MANUFACTURER = "manufacturer"
    MODEL = "model"
    FIRMWARE = "firmware"
    IMEI = "imei"
    IMSI = "imsi"
    ICCID = "iccid"
    VOICE = "voice"
    OWN_NUMBER = "own_number"
    NOTHING = "nothing"


class Step(Entry, frozen=True, kw_only=True):
    """One command of setting up."""

    text: str
    source: str
    learns: Learns = Learns.NOTHING
    answer: str = ""
    """How the line begins that is learnt from, such as "+QCCID:"; "": a line that is nothing but the value."""
    is_needed: bool = False
    """An error here means the modem is of no use; errors of other steps are ignored."""


class UsbLayout(Entry, frozen=True, kw_only=True):
    """What stands behind the interfaces of a device, by bInterfaceNumber; tty names mean nothing."""

    id: str
    """idVendor:idProduct, four hexadecimal digits each."""
    models: str
    source: str
    at: int
    """The interface commands go to."""
    audio: int | None = None
    """The interface with the sound of calls; None: no such serial port."""
    more_at: tuple[int, ...] = ()
    """Other interfaces that take commands: the way to a modem whose first one is dead."""


class AudioKind(StrEnum):
    """Where the sound of calls is."""

    SERIAL = "serial"
    """A tty with s16le samples."""
    ALSA = "alsa"
    """A USB sound card of the modem's own."""
    ANALOG = "analog"
    """Wires; some sound card of the machine is soldered to them."""


class VoiceMoment(StrEnum):
    """When the sound is switched on."""

    BEFORE = "before"
    """Ahead of dialling or answering."""
    UNDER_WAY = "under_way"
    """As soon as the network works on a call: lets tones and announcements through."""
    ACTIVE = "active"
    """Once it is answered."""


class Voice(Entry, frozen=True, kw_only=True):
    """How the sound of a call is had."""

    audio: AudioKind
    on: str | None = None
    off: str | None = None
    """After the call; None: it ends by itself."""
    moments: tuple[VoiceMoment, ...] = ()
    """When `on` is sent; it may be more than once a call."""
    retry_seconds: float = 0.5
    retry_for: float = 0.0
    """How long an `on` that is refused is tried again, seconds; 0: once only."""
    card: str = ""
    """Name of the ALSA card, where the sound is there."""
    rate: int = 8000
    """Samples a second."""
    flow: str = ""
    """News whose first field is 0 while the modem takes no sound, 1 when it does again; "": it does not say."""
    heard_db: float = 0.0
    """What the caller's sound is raised by, decibels."""
    said_db: float = 0.0
    """What our sound to the caller is raised by, decibels."""
    source: str


class Meaning(StrEnum):
    """What a line of news says about the call."""

    DIALING = "dialing"
    ALERTING = "alerting"
    ACTIVE = "active"
    INCOMING = "incoming"
    ENDED = "ended"
    KEY = "key"
    MISSED = "missed"


class CallNews(Entry, frozen=True, kw_only=True):
    """A line the modem writes by itself about calls. Positions count the fields behind its first colon, from 0."""

    line: str
    """How it begins."""
    source: str
    first: str = ""
    """What its field 0 must be; "": anything."""
    means: Meaning | None = None
    """None: the field at `stat` says it."""
    stat: int | None = None
    stats: dict[str, Meaning] = {}
    """Values of that field; others mean nothing to us."""
    index: int | None = None
    number: int | None = None
    number_type: int | None = None
    cause: int | None = None
    """Position of the Q.850 cause."""
    key: int | None = None
    key_is_code: bool = False
    """The key is written as its decimal ASCII code."""


class RadioNews(Entry, frozen=True, kw_only=True):
    """A line the modem writes by itself about the radio."""

    line: str
    source: str
    at: int
    """Position of the value behind the colon, from 0."""
    first: str = ""
    names: dict[str, str] = {}
    """What values are called; a value without a name is dropped where there are names."""


class PinTries(Entry, frozen=True, kw_only=True):
    """How many wrong PINs are still allowed."""

    ask: str
    at: int
    """Position of the number behind the colon, from 0."""
    source: str


class UssdCoding(StrEnum):
    """How the text of `AT+CUSD` is written (TS 27.007 §7.15)."""

    PLAIN = "plain"
    PACKED = "packed"
    """Hexadecimal of packed GSM-7."""
    UCS2 = "ucs2"
    """Hexadecimal of UTF-16."""


class Profile(Entry, frozen=True, kw_only=True):
    """One family of modems."""

    name: str
    title: str
    """For people."""
    usb: tuple[UsbLayout, ...] = ()
    before_sim: tuple[Step, ...]
    """Set-up that works without a SIM."""
    after_sim: tuple[Step, ...]
    """Set-up that needs the SIM unlocked."""
    settle_seconds: float = 0.0
    """For how long after its start a modem may refuse needed steps."""
    news: tuple[str, ...]
    """How unsolicited lines begin."""
    reboot_news: tuple[str, ...] = ()
    """Lines a modem writes only when it has just started."""
    call_news: tuple[CallNews, ...] = ()
    signal_news: tuple[RadioNews, ...] = ()
    technology_news: tuple[RadioNews, ...] = ()
    pin_tries: PinTries | None = None
    """None: cannot be asked, then no PIN is ever sent."""
    dial: str = "ATD{number};"
    answer: str = "ATA"
    hang_up: str = "AT+CHUP"
    hang_up_again: str = "ATH"
    """When the first did not help within five seconds."""
    list_calls: str = "AT+CLCC"
    voice: Voice
    send_digit: str = "AT+VTS={digit}"
    digits: str = "0123456789*#ABCD"
    """Keys `send_digit` takes."""
    ussd: UssdCoding = UssdCoding.PLAIN
    packet_registration: str = ""
    """Asks for the registration of LTE; "": the family has none."""
    reset: str = "AT+CFUN=1,1"
    """Restarts the modem; it leaves the bus."""
