"""Who is told of what happens, and whether it is told again."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.config.models import Configuration, NoticeKind, NoticeReceiver


def receivers(configuration: Configuration, kind: NoticeKind, door: str) -> Sequence[NoticeReceiver]:
    """Everybody who wants to know, each once for each way."""
    wanted = (
        receiver
        for receiver in configuration.notices.receivers
        if (not receiver.kinds or kind in receiver.kinds) and (not receiver.doors or door in receiver.doors)
    )
    return tuple({(receiver.by, receiver.to): receiver for receiver in wanted}.values())


def is_shown(configuration: Configuration, kind: NoticeKind) -> bool:
    """Whether the page shows it."""
    return kind not in configuration.notices.not_on_page


def is_told_again(configuration: Configuration, now: float, told_at: float | None) -> bool:
    """Whether something that happens again is told again, and not only counted.

    Args:
        now: Monotonic seconds.
        told_at: When people were told of it last; None: not since the start.
    """
    return told_at is None or now - told_at >= configuration.notices.quiet_seconds
