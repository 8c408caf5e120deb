"""Whether SIP lines make sense: how they are linked, their profiles, passwords, and the numbers of branches."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.config.mistakes import Mistake, below, closest
from appliance.config.models import LINE_ACCOUNT, Configuration, SipLine, SipLink
from appliance.config.operators import profiles, rules_of
from appliance.config.uniqueness import dialled_numbers
from appliance.routing.branches import fits, patterns_meet
from appliance.routing.numbering import emergency_numbers

SHORTEST_PASSWORD = 16
"""Of lines that register here: those passwords we choose ourselves, and strangers try them."""


def check_sip_lines(configuration: Configuration) -> Iterator[Mistake]:
    """Each line has what its link needs, and a branch's numbers are nobody else's."""
    lines = sip_lines(configuration)
    for name, line in lines.items():
        path = f"lines.{name}"
        if line.profile not in profiles():
            guess = closest(line.profile, profiles())
            cause = f'There is no profile "{line.profile}"; use one of: {", ".join(profiles())}.'
            yield Mistake(path=below(path, "profile"), cause=cause, did_you_mean=guess)
        elif profiles()[line.profile].needs_national and line.outgoing.spelling != "national":
            cause = f'{profiles()[line.profile].title} wants numbers as they are dialled in the country: "national".'
            yield Mistake(path=f"{path}.outgoing.spelling", cause=cause)
        if not line.simulated:
            yield from _check_link(path, line)
        yield from _check_server(path, line)
        yield from _check_branch(configuration, lines, name, line)
    for number, extension in configuration.extensions.items():
        for account in extension.phones:
            if account.lower().startswith(LINE_ACCOUNT):
                cause = f'User names that begin with "{LINE_ACCOUNT}" are those of lines.'
                yield Mistake(path=f"extensions.{number}.phones.{account}", cause=cause)


def sip_lines(configuration: Configuration) -> dict[str, SipLine]:
    """The lines over SIP, by name."""
    return {name: line for name, line in configuration.lines.items() if isinstance(line, SipLine)}


def _check_link(path: str, line: SipLine) -> Iterator[Mistake]:
    rules = rules_of(line)
    if line.link is SipLink.ACCOUNT:
        if line.password is None or len(line.password) < SHORTEST_PASSWORD:
            cause = f"What registers here needs a password of at least {SHORTEST_PASSWORD} characters."
            yield Mistake(path=below(path, "password"), cause=cause)
        for field in ("server", "second_server", "user"):
            if getattr(line, field):
                cause = "This is not used where the other side registers here; leave it out."
                yield Mistake(path=below(path, field), cause=cause)
        return
    if not rules.server:
        yield Mistake(path=below(path, "server"), cause="The operator's domain or address is needed here.")
    if line.link is SipLink.REGISTER:
        if not line.user:
            yield Mistake(path=below(path, "user"), cause="To register, the user name the operator gave is needed.")
        if line.password is None:
            yield Mistake(path=below(path, "password"), cause="To register, the operator's password is needed.")


def _check_server(path: str, line: SipLine) -> Iterator[Mistake]:
    for field, server in (("server", line.server), ("second_server", line.second_server)):
        host, _, port = server.partition(":")
        if port and not 1 <= int(port) <= 65_535:
            yield Mistake(path=below(path, field), cause=f"{port} is no port.")
        if host.replace(".", "").isdecimal() and not _is_address(host):
            yield Mistake(path=below(path, field), cause=f"{host} is no IPv4 address.")
    if line.second_server and line.second_server == line.server:
        yield Mistake(path=below(path, "second_server"), cause="This is the first server already.")


def _is_address(host: str) -> bool:
    parts = host.split(".")
    return len(parts) == 4 and all(part and int(part) <= 255 for part in parts)


def _check_branch(
    configuration: Configuration, lines: dict[str, SipLine], name: str, line: SipLine
) -> Iterator[Mistake]:
    if line.branch is None:
        return
    path = f"lines.{name}.branch.numbers"
    if not line.branch.numbers:
        yield Mistake(path=path, cause="At least one short number of the other office is needed.")
    for at, pattern in enumerate(line.branch.numbers, 1):
        here = below(path, at)
        for _, number, owner in dialled_numbers(configuration):
            if fits(pattern, number):
                yield Mistake(path=here, cause=f"{pattern} would hide {number}, the number of {owner}.")
                break
        helping = [number for number in emergency_numbers(configuration.country) if fits(pattern, number)]
        if helping:
            yield Mistake(path=here, cause=f"{pattern} would hide {helping[0]}, which calls for help.")
        for other, theirs in lines.items():
            others = theirs.branch.numbers if theirs.branch is not None and other < name else ()
            if any(patterns_meet(pattern, one) for one in others):
                yield Mistake(path=here, cause=f"{pattern} meets the numbers of the line {other}.")
