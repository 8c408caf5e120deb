"""The messages of a simulated stick: what lies on its SIM, what its network holds, and the commands of TS 27.005."""

from collections import deque
from collections.abc import Callable

from hardware.modem.pdu import StatusReport, Submit
from hardware.modem.pdu_decode import decode

SLOTS = 20
DUPLICATE = 197
"""The service centre holds that message already (TS 23.040 §9.2.3.22, FCS C5)."""

Answer = tuple[tuple[str, ...], str]
"""Lines and the final."""

_OK = "OK"
_RECEIVED_UNREAD, _RECEIVED_READ = 0, 1


class StickMessages:
    """Commands in, answers out; news by `say`.

    Attributes:
        memories: Messages by memory and slot: status and PDU. New ones go to the memory selected for them.
        held: What the network could not deliver, oldest first.
        deletes: False for a stick that says OK to AT+CMGD and keeps the message.
        busy: How many commands are still answered with "SIM busy", as after power on.
        keeps_reference: True for a stick that uses the TP-MR it is given; most put their own in.
        centre_holds: Recipient and TP-MR of messages the service centre has not delivered yet.
    """

    def __init__(self, say: Callable[[str], None], smsc: str) -> None:
        self.memories: dict[str, dict[int, tuple[int, str]]] = {"SM": {}, "ME": {}}
        self.held: deque[str] = deque()
        self.deletes = True
        self.busy = 0
        self.keeps_reference = False
        self.centre_holds: set[tuple[str, int]] = set()
        self._say = say
        self._smsc = smsc
        self._reference = 0
        self._unanswered: deque[str] = deque()
        self.power_on()

    def power_on(self) -> None:
        """Settings are as when it left the factory; what was handed over without an answer comes again."""
        self.held.extendleft(reversed(self._unanswered))
        self._unanswered.clear()
        self._reads = self._stores = "SM"
        self._messages_told, self._reports_told = 1, 2
        self._wants_answers = False

    @property
    def storage(self) -> dict[int, tuple[int, str]]:
        return self.memories["SM"]

    # The network.

    def deliver(self, pdu: str) -> int | None:
        """A message or report comes in; its slot; None when it is handed over without being stored, and when there is
        no place and the network holds it."""
        is_report = isinstance(decode(pdu), StatusReport)
        told = self._reports_told if is_report else self._messages_told
        if told == (1 if is_report else 2):
            self._say(f"+{'CDS: ' if is_report else 'CMT: ,'}{tpdu_length(pdu)}\r\n{pdu}")
            if self._wants_answers:
                self._unanswered.append(pdu)
            return None
        slots = self.memories[self._stores]
        free = next((slot for slot in range(1, SLOTS + 1) if slot not in slots), None)
        if free is None:
            self._say(f'^SMMEMFULL: "{self._stores}"')
            self.held.append(pdu)
            return None
        slots[free] = (_RECEIVED_UNREAD, pdu)
        if told:
            self._say(f'+{"CDSI" if is_report else "CMTI"}: "{self._stores}",{free}')
        return free

    def deliver_held(self) -> None:
        """The network tries again while there is room."""
        while self.held and len(self.memories[self._stores]) < SLOTS:
            self.deliver(self.held.popleft())

    def submit(self, pdu: str) -> tuple[Answer, int | None]:
        """The answer to AT+CMGS, and the reference when the network took it."""
        message = decode(pdu)
        self._reference = self._reference % 255 + 1
        reference = message.reference if self.keeps_reference and isinstance(message, Submit) else self._reference
        if isinstance(message, Submit):
            about = (message.number, reference)
            if message.reject_duplicates and about in self.centre_holds:
                return ((), f"+CMS ERROR: {DUPLICATE}"), None
            self.centre_holds.add(about)
        return ((f"+CMGS: {reference}",), _OK), reference

    # Commands.

    def obey(self, name: str, value: str | None) -> Answer | None:
        """What a command is answered; None when it is none of ours.

        Args:
            name: Such as "+CMGL".
            value: After "="; None for a question ("?") or nothing.
        """
        command = _COMMANDS.get(name)
        if command is None:
            return None
        if self.busy and name in ("+CMGL", "+CMGR", "+CMGD"):
            self.busy -= 1
            return (), "+CMS ERROR: 314"
        return command(self, value)

    def _select(self, value: str | None) -> Answer:
        counts = [f"{len(self.memories[memory])},{SLOTS}" for memory in (self._reads, self._reads, self._stores)]
        if value is None:
            named = zip((self._reads, self._reads, self._stores), counts, strict=True)
            return ("+CPMS: " + ",".join(f'"{memory}",{count}' for memory, count in named),), _OK
        if value == "?":
            return ('+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")',), _OK
        chosen = [memory.strip('" ') for memory in value.split(",")]
        if not set(chosen) <= set(self.memories):
            return (), "+CMS ERROR: 302"
        self._reads = chosen[0]
        if len(chosen) == 3:
            self._stores = chosen[2]
        counts = [f"{len(self.memories[memory])},{SLOTS}" for memory in (self._reads, self._reads, self._stores)]
        return ("+CPMS: " + ",".join(counts),), _OK

    def _tell(self, value: str | None) -> Answer:
        if value is None:
            return (f"+CNMI: 2,{self._messages_told},0,{self._reports_told},0",), _OK
        if value == "?":
            return ("+CNMI: (0-2),(0-3),(0,2),(0-2),(0,1)",), _OK
        fields = [int(field) if field.strip().isdecimal() else 0 for field in value.split(",")] + [0] * 5
        self._messages_told, self._reports_told = fields[1], fields[3]
        return (), _OK

    def _service(self, value: str | None) -> Answer:
        if value is None:
            return (f"+CSMS: {int(self._wants_answers)},1,1,1",), _OK
        if value == "?":
            return ("+CSMS: (0,1)",), _OK
        self._wants_answers = value.strip() == "1"
        return ("+CSMS: 1,1,1",), _OK

    def _acknowledge(self, _: str | None) -> Answer:
        if not self._unanswered:
            return (), "+CMS ERROR: 340"
        self._unanswered.popleft()
        return (), _OK

    def _format(self, value: str | None) -> Answer:
        match value:
            case None:
                return ("+CMGF: 0",), _OK
            case "?":
                return ("+CMGF: (0)",), _OK
            case "0":
                return (), _OK
            case _:  # text mode is what hangs real ones (HARDWARE: long messages)
                return (), "+CMS ERROR: 303"

    def _centre(self, value: str | None) -> Answer:
        if value is None:
            return (f'+CSCA: "{self._smsc}",{145 if self._smsc.startswith("+") else 129}',), _OK
        self._smsc = value.split(",")[0].strip('"')
        return (), _OK

    def _list(self, value: str | None) -> Answer:
        if value == "?":
            return ("+CMGL: (0-4)",), _OK
        lines = []
        slots = self.memories[self._reads]
        for slot, (stat, pdu) in sorted(slots.items()):
            if value in (None, "4") or value == str(stat):
                lines.append(f"+CMGL: {slot},{stat},,{tpdu_length(pdu)}\r\n{pdu}")
                slots[slot] = (_read(stat), pdu)
        return tuple(lines), _OK

    def _read(self, value: str | None) -> Answer:
        slots = self.memories[self._reads]
        slot = int(value) if value is not None and value.isdecimal() else 0
        if slot not in slots:
            return (), "+CMS ERROR: 321"
        stat, pdu = slots[slot]
        slots[slot] = (_read(stat), pdu)
        return (f"+CMGR: {stat},,{tpdu_length(pdu)}\r\n{pdu}",), _OK

    def _delete(self, value: str | None) -> Answer:
        if value == "?":
            return (f"+CMGD: (1-{SLOTS}),(0-4)",), _OK
        slot, _, flag = (value or "").partition(",")
        slots = self.memories[self._reads]
        if not self.deletes:
            return (), "+CMS ERROR: 320"
        if flag == "4":
            slots.clear()
        elif slot.isdecimal():
            slots.pop(int(slot), None)
        return (), _OK

    def _parameters(self, value: str | None) -> Answer:
        return (("+CSMP: 17,167,0,0",) if value is None else ()), _OK


def tpdu_length(pdu: str) -> int:
    """Octets of a PDU without its SMSC; -1 for what is no PDU."""
    try:
        octets = bytes.fromhex(pdu)
        return len(octets) - 1 - octets[0]
    except (ValueError, IndexError):
        return -1


def _read(stat: int) -> int:
    return _RECEIVED_READ if stat == _RECEIVED_UNREAD else stat


_COMMANDS: dict[str, Callable[[StickMessages, str | None], Answer]] = {
    "+CPMS": StickMessages._select,
    "+CNMI": StickMessages._tell,
    "+CSMS": StickMessages._service,
    "+CNMA": StickMessages._acknowledge,
    "+CMGF": StickMessages._format,
    "+CSCA": StickMessages._centre,
    "+CMGL": StickMessages._list,
    "+CMGR": StickMessages._read,
    "+CMGD": StickMessages._delete,
    "+CSMP": StickMessages._parameters,
}
