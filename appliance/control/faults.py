"""A fault as an exception: raised by the handler in one process, raised again by the client in the other."""

from __future__ import annotations

from appliance.control.messages import Fault
from appliance.errors import PorterError


class RequestFailed(PorterError):
    """A request was not carried out, and why. Handlers raise it; `ask` raises it with the same fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.cause, fault.next_step or None)
        self.fault = fault


class ServiceUnreachable(RequestFailed):
    """The request never reached the service: not running, not permitted, another release. Asking again is safe."""


class AnswerLost(RequestFailed):
    """The request was sent but no answer came: it may or may not have been carried out."""


def not_running(service: str) -> ServiceUnreachable:
    """Nobody listens on the service's socket."""
    return ServiceUnreachable(
        Fault(
            "not_running",
            f"The {service} is not running.",
            f"Start it with `porter run`, or `systemctl start porter-{service}` on an installed system.",
        )
    )


def not_permitted(service: str) -> ServiceUnreachable:
    """The socket file does not let this user in."""
    return ServiceUnreachable(
        Fault(
            "not_permitted",
            f"This user may not speak with the {service}.",
            "Use sudo, or add the user to the group `porter` and log in again.",
        )
    )


def unreachable(service: str, error: OSError) -> ServiceUnreachable:
    """The right fault for a failed connect()."""
    if isinstance(error, FileNotFoundError | NotADirectoryError | ConnectionError):
        return not_running(service)
    if isinstance(error, PermissionError):
        return not_permitted(service)
    return ServiceUnreachable(
        Fault(
            "not_reachable", f"The {service} cannot be reached: {error}.", f"Look at `journalctl -u porter-{service}`."
        )
    )


def answer_lost(service: str) -> AnswerLost:
    """The connection broke after the request was sent."""
    return AnswerLost(
        Fault(
            "answer_lost",
            f"The {service} went away before it answered.",
            "Look whether it was done before asking again: `porter status`.",
        )
    )


def no_answer(service: str, seconds: float) -> AnswerLost:
    """The service is there but did not answer in time."""
    return AnswerLost(
        Fault(
            "no_answer",
            f"The {service} did not answer within {seconds:g} seconds.",
            f"Look whether it was done before asking again; `journalctl -u porter-{service}` says what it is doing.",
        )
    )


def other_release(service: str, error: Exception) -> AnswerLost:
    """The service said something this program has no type for."""
    return AnswerLost(
        Fault(
            "other_release",
            f"The {service} said what this program does not understand ({error}): it is of another release.",
            "Restart all parts of the office so that they are of one release.",
        )
    )
