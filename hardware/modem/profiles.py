"""How families of modems differ, as data; each line with its source.

Sources: [CD] the driver chan_dongle (wdoekes/asterisk-chan-dongle); [MM] ModemManager; [PG] python-gsmmodem;
[27.005], [27.007] 3GPP TS of that number; [U] reports of users. None of it was tried on a device of ours.
"""

from enum import StrEnum

import msgspec


class Learns(StrEnum):
    """What the answer to a step tells about the modem."""

    MANUFACTURER = "manufacturer"
    MODEL = "model"
    FIRMWARE = "firmware"
    IMEI = "imei"
    IMSI = "imsi"
    VOICE = "voice"
    OWN_NUMBER = "own_number"
    NOTHING = "nothing"


class Step(msgspec.Struct, frozen=True):
    """One command of setting up."""

    text: str
    source: str
    learns: Learns = Learns.NOTHING
    is_needed: bool = False
    """An error here means the modem is of no use; errors of other steps are ignored."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One family of modems."""

    name: str
    before_sim: tuple[Step, ...]
    """Set-up that works without a SIM."""
    after_sim: tuple[Step, ...]
    """Set-up that needs the SIM unlocked."""
    news: tuple[str, ...]
    """How unsolicited lines begin."""
    reboot_news: tuple[str, ...] = ()
    """Lines a modem writes only when it has just started."""
    pin_attempts: str | None = None
    """Asks how many wrong PINs are still allowed; None: cannot be asked, then no PIN is ever sent."""
    dial: str = "ATD{number};"
    answer: str = "ATA"
    hang_up: str = "AT+CHUP"
    hang_up_again: str = "ATH"
    """When the first did not help within five seconds."""
    list_calls: str = "AT+CLCC"
    voice_on: str | None = None
    """Opens the sound of a call on the audio port."""
    send_digit: str = "AT+VTS={digit}"
    digits: str = "0123456789*#ABCD"
    """Keys `send_digit` takes."""
    reset: str = "AT+CFUN=1,1"


HUAWEI = Profile(
    name="huawei",
    before_sim=(
        Step("ATE0", "[CD] at_queue"),
        Step("AT+CMEE=1", "[27.007] 9.1; old firmware answers ERROR [CD]"),
        Step("AT^U2DIAG=0", "hides the fake CD-ROM [CD]"),
        Step("AT+CGMI", "[27.007] 5.1", Learns.MANUFACTURER),
        Step("AT+CGMM", "[27.007] 5.2", Learns.MODEL),
        Step("AT+CGMR", "[27.007] 5.3", Learns.FIRMWARE),
        Step("AT+CGSN", "[27.007] 5.4", Learns.IMEI),
        Step("AT^CVOICE?", "^CVOICE:0,8000,16,20 = calls; ERROR = data-only firmware [CD]", Learns.VOICE),
    ),
    after_sim=(
        Step("AT+CIMI", "[27.007] 5.6", Learns.IMSI),
        Step("AT^CURC=1", "keeps ^ORIG, ^CONF, ^CONN, ^CEND [CD]"),
        Step("AT+CVHU=0", "else ATH does not hang up [PG]"),
        Step("AT+CLIP=1", "[27.007] 7.7"),
        Step("AT+CCWA=0,0,1", "no second call: sound of held calls is broken [CD] BUGS 2, 3"),
        Step("AT+CSSN=1,1", "[CD]"),
        Step("AT+CREG=2", "[27.007] 7.2"),
        Step("AT+COPS=3,0", "operator by its long name [27.007] 7.3"),
        Step("AT+CNUM", "[27.007] 7.1", Learns.OWN_NUMBER),
        Step("AT+CMGF=0", "PDU mode: text mode hangs on long messages [CD] BUGS 10, 13", is_needed=True),
        Step('AT+CPMS="SM","SM","SM"', "[CD]"),
        Step("AT+CNMI=2,1,0,2,0", "store and tell +CMTI, reports +CDSI [CD]"),
        Step("AT+CLVL=1", "with the next: volume is synchronised on the first call [CD]"),
        Step("AT+CLVL=5", "[CD]"),
    ),
    news=(
        *("RING", "+CRING:", "+CLIP:", "+CCWA:", "+CSSI:", "+CSSU:"),  # [27.007] 7
        *("^ORIG:", "^CONF:", "^CONN:", "^CEND:", "^DDTMF:"),  # [CD] at_response
        *("^RSSI:", "^HCSQ:", "^MODE:", "^BOOT:", "^SRVST:", "^SIMST:", "^DSFLOWRPT:", "^STIN:"),  # [CD], [MM]
        *("+CMTI:", "+CMT:", "+CDSI:", "+CDS:", "+CBM:", "^SMMEMFULL:"),  # [27.005] 3.4, [CD]
        *("+CREG:", "+CGREG:", "+CUSD:", "^NWTIME", "+CTZV:", "+CTZU:"),  # [27.007], [MM]
    ),
    reboot_news=("^SYSSTART", "RDY"),
    pin_attempts="AT^CPIN?",  # ^CPIN: READY,,puk,pin,puk2,pin2 or ^CPIN: SIM PIN,3,10,3,10,3 [MM] huawei
    voice_on="AT^DDSETEX=2",  # [CD]: after ^ORIG for early sound, and after ^CONN
    send_digit="AT^DTMF={call},{digit}",  # [CD]; letters are not taken
    digits="0123456789*#",
)

PROFILES = {profile.name: profile for profile in (HUAWEI,)}
