"""A switch without SIP: every dialled contact is a simulated phone that a person, a script or a test holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from appliance.calls.facts import Digit, DtmfTransport, Held, Resumed, TransferAsked
from appliance.calls.leg import Leg
from appliance.calls.names import Cause, LegId
from appliance.calls.ports import CallerShown, Contact, Reception


class FarEnd:
    """The other end of one simulated leg, and what its person can do. Acts on a leg that is gone do nothing."""

    def __init__(self, switch: SimulatedSwitch, leg: Leg, account: str, shown: CallerShown | None) -> None:
        self.leg = leg
        self.account = account
        self.shown = shown
        self.transfer_reports: list[int] = []
        self.digits_heard = ""
        self.hears_ringing = False
        self.hears_early_sound = False
        self.ended_with: Cause | None = None
        """The cause we hung up with; None while it lives or when the far end itself left."""
        self._switch = switch

    def alert(self) -> None:
        """The phone says that it rings (180)."""
        if not self.leg.is_gone:
            self.leg.was_alerting()

    def answer(self) -> None:
        if not self.leg.is_gone and not self.leg.incoming:
            self.leg.was_answered()

    def reject(self, cause: Cause = Cause.BUSY) -> None:
        self._end(cause)

    def hang_up(self) -> None:
        self._end(Cause.NORMAL)

    def press(self, digits: str, transport: DtmfTransport = DtmfTransport.RFC4733) -> None:
        for digit in digits:
            self.leg.tell(Digit(digit, transport))

    def hold(self) -> None:
        self.leg.tell(Held())

    def resume(self) -> None:
        self.leg.tell(Resumed())

    def transfer(self, to: str) -> None:
        """Blind: what was dialled."""
        self.leg.tell(TransferAsked(to=to))

    def transfer_to(self, other: FarEnd) -> None:
        """Attended: to the party of this phone's other leg."""
        self.leg.tell(TransferAsked(to="", replaces=other.leg.id))

    def _end(self, cause: Cause) -> None:
        self._switch.far_ends.pop(self.leg.id, None)
        self.leg.was_ended(cause)


class SimulatedSwitch:
    """The `Switch` port over simulated phones.

    Attributes:
        phones: How many phones each account has registered.
        far_ends: The other ends of all live legs.
        on_dialled: Told of every leg we dial; whoever plays the people acts on it. Called inside `dial`, so it must
            only note or schedule.
    """

    def __init__(self, phones: dict[str, int] | None = None) -> None:
        self.phones = {} if phones is None else phones
        self.far_ends: dict[LegId, FarEnd] = {}
        self.on_dialled: Callable[[FarEnd], None] = lambda _: None

    async def contacts(self, account: str) -> Sequence[Contact]:
        return [Contact(account=account, address=f"{account}#{index}") for index in range(self.phones.get(account, 0))]

    def dial(self, leg: Leg, to: Contact, shown: CallerShown) -> None:
        far_end = self.far_ends[leg.id] = FarEnd(self, leg, to.account, shown)
        self.on_dialled(far_end)

    def call_in(self, reception: Reception, account: str, dialled: str, replaces: LegId | None = None) -> FarEnd:
        """A phone of the house dials."""
        leg = reception.phone_calls(self, account=account, dialled=dialled, replaces=replaces)
        return self._incoming(leg, account)

    def call_from_line(
        self,
        reception: Reception,
        line: str,
        caller: str,
        did: str = "",
        redirected_from: str = "",
        hops: int = 0,
    ) -> FarEnd:
        """Somebody outside calls, over a line this switch plays as well."""
        leg = reception.line_calls(self, line=line, caller=caller, did=did, redirected_from=redirected_from, hops=hops)
        return self._incoming(leg, caller)

    def ring_door(self, reception: Reception, door: str) -> FarEnd | None:
        """The visitor at a door this switch plays as well presses the button."""
        leg = reception.door_rings(self, door=door)
        return None if leg is None else self._incoming(leg, door)

    def _incoming(self, leg: Leg, account: str) -> FarEnd:
        far_end = FarEnd(self, leg, account, None)
        if not leg.is_gone:
            self.far_ends[leg.id] = far_end
        return far_end

    # The carrier.

    def ring(self, leg: LegId) -> None:
        if far_end := self.far_ends.get(leg):
            far_end.hears_ringing = True

    def progress(self, leg: LegId) -> bool:
        if far_end := self.far_ends.get(leg):
            far_end.hears_early_sound = True
        return True

    def answer(self, leg: LegId) -> None:
        if far_end := self.far_ends.get(leg):
            far_end.leg.was_answered()

    def hang_up(self, leg: LegId, cause: Cause) -> None:
        if far_end := self.far_ends.pop(leg, None):
            far_end.ended_with = cause

    def send_digits(self, leg: LegId, digits: str) -> None:
        if far_end := self.far_ends.get(leg):
            far_end.digits_heard += digits

    def report_transfer(self, leg: LegId, progress: int) -> None:
        if far_end := self.far_ends.get(leg):
            far_end.transfer_reports.append(progress)
