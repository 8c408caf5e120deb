"""What the modem of an analog line reports besides what every modem reports (`facts`)."""

from enum import StrEnum

from hardware.modem.facts import GsmFact
from hardware.modem.release import ReleasedBy
from hardware.tones.progress import ToneHeard


class FxoReady(GsmFact, frozen=True, kw_only=True):
    """The modem is set up and the line is on hook."""

    model: str = ""
    firmware: str = ""


class FxoFault(StrEnum):
    """What is wrong with the modem or its line; where a mobile's modem can have the same, it has the same name
    (`faults`)."""

    SILENT = "silent"
    """It answers nothing; these modems then need their power cut."""
    NO_VOICE = "no_voice_class"
    """It is a modem for data and fax only."""
    REFUSES = "refuses"
    """It refuses a command it must know."""
    STUCK = "does_not_hang_up"
    """It did not go on hook when it was told to."""
    STREAM_STOPPED = "stream_stopped"
    """It brings no sound any more in a call."""
    BABBLES = "babbles"


class FxoFailed(GsmFact, frozen=True):
    fault: FxoFault
    value: str = ""
    """The command that is refused; "" elsewhere."""


class FxoRinging(GsmFact, frozen=True, kw_only=True):
    """A call comes in."""

    number: str = ""
    """As the exchange gave it; "" when withheld or not told."""
    name: str = ""


class LineReleased(GsmFact, frozen=True):
    """The line goes on hook; `Ended` follows when it is."""

    by: ReleasedBy
    tone: ToneHeard | None = None


class ToneNoted(GsmFact, frozen=True):
    """A tone of this line was heard where it can mean only what it says."""

    tone: ToneHeard


class CallerIdTiming(StrEnum):
    """When the number of a caller comes."""

    UNKNOWN = "unknown"
    BEFORE_RING = "before_ring"
    AFTER_RING = "after_ring"
    NEVER = "never"


class CallerIdNoted(GsmFact, frozen=True):
    """A call came in; how its number did."""

    timing: CallerIdTiming
    """NEVER: not at all in this call."""


class EchoNoted(GsmFact, frozen=True):
    """How much of what we say comes back, measured on the digits we dial."""

    loss_db: float
    """15 and more is good, below 6 poor."""
