"""The root of the errors that mean "you misused me"; what the far end does wrong is a fact, not an error."""


class PorterError(Exception):
    """What went wrong and what to do next, in words for the person who reads it.

    Args:
        cause: What happened, one sentence.
        next_step: What the reader can do about it; None when there is nothing to do.
    """

    def __init__(self, cause: str, next_step: str | None = None) -> None:
        super().__init__(cause if next_step is None else f"{cause} {next_step}")
        self.cause = cause
        self.next_step = next_step


class LineFailed(PorterError):
    """A line did not do what it was asked.

    Args:
        may_retry: Whether the same wish may succeed later.
        in_doubt: Whether it may have been done all the same, with its answer lost.
        reason: The cause by its name in `appliance.control.sms_reasons`, which has it in every language; "" for none.
        value: What that name leaves open.
    """

    def __init__(
        self,
        cause: str,
        next_step: str | None = None,
        *,
        may_retry: bool = False,
        in_doubt: bool = False,
        reason: str = "",
        value: str = "",
    ) -> None:
        super().__init__(cause, next_step)
        self.may_retry = may_retry
        self.in_doubt = in_doubt
        self.reason = reason
        self.value = value
