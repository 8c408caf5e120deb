"""What can be asked of Kamailio over JSON-RPC, without any socket.

Each function is a generator: it yields the `Ask` to send, is sent the `Answer` that came, and returns what the caller
wanted. `rpc.py` drives them over a Unix datagram socket, waiting with Trio or blocking.
"""

from collections.abc import Generator, Iterable
from typing import Any

import msgspec

from appliance.errors import PorterError

from . import accounts

_NOT_FOUND = 500
"""htable and usrloc say 500 for "there is no such thing", and mean it as an answer."""


class Ask(msgspec.Struct, frozen=True):
    """One JSON-RPC request."""

    method: str
    params: tuple[str | int, ...] = ()


class Refusal(msgspec.Struct, frozen=True):
    """Kamailio's error to a request."""

    code: int
    message: str


class Answer(msgspec.Struct, frozen=True):
    """What came back: exactly one of the two is given, a `result` of None counting as given."""

    result: Any = None
    error: Refusal | None = None


Question = Generator[Ask, Answer, Any]


class EdgeRefused(PorterError):
    """Kamailio did not do what was asked."""


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """Where an account can be reached: one phone's current contact binding (RFC 3261 section 10)."""

    user: str
    ruid: str
    """Kamailio's name for this binding, kept over refreshes and restarts: what `X-Porter-Contact` takes."""
    contact: str
    """The Contact URI as the phone gave it."""
    received: str | None
    """Where the REGISTER came from, as a URI; None when unknown."""
    transport: str
    """udp, tcp, tls, ws or wss."""
    side: str
    """Our own address the phone registered at."""
    user_agent: str
    expires_seconds: int
    """0 when it is about to be removed."""


class _Dialog(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `dlg.briefing`; the first two numbers name the dialog."""

    h_entry: int
    h_id: int
    state: int
    call_id: str = msgspec.field(name="call-id", default="")
    from_tag: str = ""

    @property
    def is_ringing(self) -> bool:
        return self.state in (1, 2)  # DLG_STATE_UNCONFIRMED, EARLY

    @property
    def is_answered(self) -> bool:
        return self.state in (3, 4)  # DLG_STATE_CONFIRMED_NA (no ACK yet), CONFIRMED


def ping() -> Generator[Ask, Answer, str]:
    """Kamailio's name and version."""
    return str(_result((yield Ask("core.version")))).strip()


def requests_received() -> Generator[Ask, Answer, int]:
    """SIP requests taken from the network since Kamailio's start."""
    return int(_result((yield Ask("stats.fetch", ("core:rcv_requests",))))["core.rcv_requests"])


def put_account(user: str, ha1: str) -> Generator[Ask, Answer, None]:
    accounts.check_account(user, ha1)
    _result((yield Ask("htable.sets", ("accounts", user, ha1))))


def remove_account(user: str) -> Generator[Ask, Answer, None]:
    """The account may no longer register, call or subscribe, and its registrations are gone."""
    _result((yield Ask("htable.delete", ("accounts", user))), missing_is_fine=True)
    yield from forget(user)


def reload_accounts() -> Generator[Ask, Answer, None]:
    """Read the accounts file again; accounts that are not in it are gone afterwards."""
    _result((yield Ask("htable.reload", ("accounts",))))


def forget(user: str) -> Generator[Ask, Answer, None]:
    """Drop all registrations of an account; its phones may register again."""
    _result((yield Ask("ul.rm", ("location", user))), missing_is_fine=True)


def contacts(user: str) -> Generator[Ask, Answer, tuple[Registration, ...]]:
    """The account's registrations, oldest first; () when there are none."""
    found = _result((yield Ask("ul.lookup", ("location", user))), missing_is_fine=True)
    return () if found is None else _registrations(found)


def registrations(users: Iterable[str]) -> Generator[Ask, Answer, tuple[Registration, ...]]:
    """The registrations of all these accounts. Asked one by one: a datagram holds about a hundred."""
    every: list[Registration] = []
    for user in users:
        every += yield from contacts(user)
    return tuple(every)


def refused() -> Generator[Ask, Answer, dict[str, str]]:
    """Accounts somebody tried with a wrong password in the last five minutes, and from which address last."""
    rows = _result((yield Ask("htable.dump", ("refused",))), missing_is_fine=True) or ()
    return {item["name"]: str(item["value"]) for row in rows for item in row["slot"]}


def operators() -> Generator[Ask, Answer, dict[str, str]]:
    """The addresses of operators, and what each of them may."""
    rows = _result((yield Ask("htable.dump", ("operators",))), missing_is_fine=True) or ()
    return {item["name"]: str(item["value"]) for row in rows for item in row["slot"]}


def put_operator(address: str, right: str) -> Generator[Ask, Answer, None]:
    _result((yield Ask("htable.sets", ("operators", address, right))))


def remove_operator(address: str) -> Generator[Ask, Answer, None]:
    _result((yield Ask("htable.delete", ("operators", address))), missing_is_fine=True)


def end_dialogs() -> Generator[Ask, Answer, int]:
    """End every call the edge knows of and return how many legs there were.

    For the start of a controller: whatever is tracked belongs to its last run. Answered legs get a BYE on both sides; a
    phone that rings gets a CANCEL, a caller who waits hears 503.
    """
    # Without call ids first: an answer holds 64 KiB, 1,400 dialogs that way and 400 with them.
    dialogs = msgspec.convert(_result((yield Ask("dlg.briefing", ("s",)))), list[_Dialog])
    answered = [dialog for dialog in dialogs if dialog.is_answered]
    for dialog in answered:
        yield Ask("dlg.end_dlg", (dialog.h_entry, dialog.h_id))
    ringing: list[_Dialog] = []
    if any(dialog.is_ringing for dialog in dialogs):
        dialogs = msgspec.convert(_result((yield Ask("dlg.briefing", ("scF",)))), list[_Dialog])
        ringing = [dialog for dialog in dialogs if dialog.is_ringing]
    for dialog in ringing:
        detail = yield Ask("dlg.dlg_list", (dialog.call_id, dialog.from_tag))
        if detail.error is None:
            cseq = str(detail.result["caller"]["cseq"])
            yield Ask("tm.reply_callid", (503, "Telephone System Restarting", dialog.call_id, cseq, "edge"))
    return len(answered) + len(ringing)


def _result(answer: Answer, *, missing_is_fine: bool = False) -> Any:
    if answer.error is None:
        return answer.result
    if missing_is_fine and answer.error.code in (_NOT_FOUND, 404):
        return None
    raise EdgeRefused(f"The SIP edge refused: {answer.error.message} ({answer.error.code}).")


def _registrations(record: dict[str, Any]) -> tuple[Registration, ...]:
    """From `ul.lookup`: an AoR with its contacts, absent values written as "[not set]" or "n/a"."""
    every = (_registration(record["AoR"], item["Contact"]) for item in record["Contacts"])
    return tuple(sorted(every, key=lambda registration: registration.ruid))


def _registration(user: str, contact: dict[str, Any]) -> Registration:
    transport, side = _socket(_given(contact.get("Socket")) or "")
    return Registration(
        user=user,
        ruid=contact["Ruid"],
        contact=contact["Address"],
        received=_given(contact.get("Received")),
        transport=transport,
        side=side,
        user_agent=_given(contact.get("User-Agent")) or "",
        expires_seconds=max(0, contact["Expires"]) if isinstance(contact["Expires"], int) else 0,
    )


def _socket(text: str) -> tuple[str, str]:
    """("tcp", "192.168.1.5") from "tcp:192.168.1.5:5060"."""
    transport, _, rest = text.partition(":")
    return (transport, rest.rpartition(":")[0]) if rest else ("udp", "")


def _given(value: str | None) -> str | None:
    return None if value in (None, "", "[not set]", "n/a") else value
