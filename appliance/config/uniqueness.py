"""Whether everything that must be there once is there once: numbers, SIP user names, pins, ports, names of routes."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from appliance.config.mistakes import Mistake
from appliance.config.models import Configuration, GsmLine
from appliance.config.plausibility import ports_of
from appliance.routing.codes import clashes
from appliance.routing.numbering import is_emergency
from appliance.routing.stations import station_account
from appliance.routing.talk_codes import talk_clashes

Use = tuple[str, Hashable, str]
"""(path, what is used, what it is used for in a few words)."""


def _twice(uses: Iterable[Use], cause: str) -> Iterator[Mistake]:
    """A mistake at each later use; `cause` gets {what} and {first}, what the first use is."""
    first: dict[Hashable, str] = {}
    for path, what, use in uses:
        if what in first:
            yield Mistake(path=path, cause=cause.format(what=what, first=first[what]))
        else:
            first[what] = use


def dialled_numbers(configuration: Configuration) -> Iterator[tuple[str, str, str]]:
    """(path, number, of what) of every number that can be dialled in the house. Feature codes begin with `*`, which
    none of these can."""
    for number, extension in configuration.extensions.items():
        yield f"extensions.{number}", number, f"the extension of {extension.name}"
    for name, group in configuration.ring_groups.items():
        yield f"ring_groups.{name}.number", group.number, f"the ring group {name}"
    for name, queue in configuration.call_queues.items():
        yield f"call_queues.{name}.number", queue.number, f"the call queue {name}"
    for name, room in configuration.conference_rooms.items():
        yield f"conference_rooms.{name}.number", room.number, f"the conference room {name}"
    for name, menu in configuration.menus.items():
        if menu.number is not None:
            yield f"menus.{name}.number", menu.number, f"the menu {name}"
    for name, box in configuration.mailboxes.items():
        yield f"mailboxes.{name}.number", box.number, f"the mailbox {name}"
    for name, script in configuration.scripts.items():
        if script.number is not None:
            yield f"scripts.{name}.number", script.number, f"the script {name}"
    for name, door in configuration.doors.items():
        if door.call.number is not None:
            yield f"doors.{name}.call.number", door.call.number, f"the door {name}"
    yield "parking.number", configuration.parking.number, "parking"
    for at, slot in enumerate(configuration.parking.slots, 1):
        yield f"parking.slots.{at}", slot, "a parking slot"


def check_numbers(configuration: Configuration) -> Iterator[Mistake]:
    """No number means two things, and none hides an emergency number."""
    yield from _twice(dialled_numbers(configuration), "{what} is already the number of {first}.")
    for path, number, _ in dialled_numbers(configuration):
        if is_emergency(configuration.country, number):
            yield Mistake(path=path, cause=f"{number} is an emergency number, which nothing else may have.")


def check_codes(configuration: Configuration) -> Iterator[Mistake]:
    """No code means two things."""
    for code, first in clashes(configuration):
        ours, other = (code, first) if code.feature in configuration.codes.own else (first, code)
        yield Mistake(
            path=f"codes.own.{ours.feature}",
            cause=f"{code.pattern} is already the code of {other.feature}; give one of them other keys.",
        )
    for later, earlier, keys in talk_clashes(configuration):
        mine, theirs = (later, earlier) if later in configuration.codes.in_talk else (earlier, later)
        yield Mistake(
            path=f"codes.in_talk.{mine}",
            cause=f"{keys} during a talk is already the code of {theirs}; give one of them other keys.",
        )


def check_accounts(configuration: Configuration) -> Iterator[Mistake]:
    """A SIP user name belongs to one phone, and is nobody else's number."""
    accounts = [
        (f"extensions.{number}.phones.{account}", account, number)
        for number, extension in configuration.extensions.items()
        for account in extension.phones
    ]
    stations = [
        (f"doors.{name}.station.account", account, name)
        for name, door in configuration.doors.items()
        if (account := station_account(name, door)) is not None
    ]
    for path, account, _ in stations:
        if account in configuration.extensions:
            yield Mistake(path=path, cause=f"{account} is the number of an extension; give the station another name.")
    elsewhere = [
        path for path, account, number in accounts if account != number and account in configuration.extensions
    ]
    for path in elsewhere:
        yield Mistake(path=path, cause="This user name is the number of another extension.")
    own = [
        (path, account.lower(), f"a phone of {number}") for path, account, number in accounts if path not in elsewhere
    ]
    own += [(path, account.lower(), f"the station of door {name}") for path, account, name in stations]
    yield from _twice(own, 'The user name "{what}" is already that of {first}.')
    for path, account, number in accounts:
        password = configuration.extensions[number].phones[account].password
        if password.lower() in {account.lower(), number, account.lower() * 2}:
            yield Mistake(path=f"{path}.password", cause="The password must not be the user name.")


def check_hardware(configuration: Configuration) -> Iterator[Mistake]:
    """A serial port serves one purpose."""
    ports: list[Use] = []
    for name, line in configuration.lines.items():
        if not line.simulated:
            what = {"port": "the modem", "at_port": "the commands", "audio_port": "the sound"}
            for field, port in ports_of(line):
                ports.append((f"lines.{name}.{field}", port, f"{what[field]} of line {name}"))
        if isinstance(line, GsmLine) and not line.simulated and line.modem != "auto":
            ports.append((f"lines.{name}.modem", line.modem, f"line {name}"))
    yield from _twice((use for use in ports if use[1]), "{what} is already used for {first}.")


def check_route_names(configuration: Configuration) -> Iterator[Mistake]:
    """A call's story names the route it took, so a name means one route."""
    for table in ("inbound_routes", "outbound_routes"):
        routes = enumerate(getattr(configuration, table), 1)
        yield from _twice(
            ((f"{table}.{at}.name", route.name, f"route {at}") for at, route in routes),
            'The name "{what}" is already that of {first}.',
        )
