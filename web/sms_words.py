"""What the page calls the states of short messages, and why one has failed or waits."""

from __future__ import annotations

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from appliance.config.models import Language
from appliance.control.sms_messages import SmsOutgoing
from appliance.control.sms_reasons import sms_reason

_STATES = {
    "waiting": _l("waiting"),
    "sent": _l("sent"),
    "delivered": _l("delivered"),
    "failed": _l("failed"),
    "cancelled": _l("cancelled"),
}


def sms_state_in_words(state: str) -> str:
    return str(_STATES.get(state, state))


def sms_reason_in_words(sms: SmsOutgoing) -> str:
    """Cause and next step, "" when there is nothing to say."""
    cause, next_step = sms_reason(sms.reason, sms.reason_value, Language(str(get_locale())))
    return f"{cause} {next_step}".strip()
