"""gpiozero pins of the Raspberry Pi through lgpio."""

from __future__ import annotations

import re

from hardware.gpio.lock_now import PinsUnavailable, chip_path

try:
    import lgpio
    from gpiozero.pins.lgpio import LGPIOFactory, LGPIOPin
except ImportError as error:
    raise PinsUnavailable(
        f"The library for the Pi's pins is missing: {error}.",
        "Install it: `pip install lgpio`, or run scripts/run again.",
    ) from error


class SteadyPin(LGPIOPin):  # type: ignore[misc]  # gpiozero has no types
    """A pin that becomes an output at the wished level at once.

    gpiozero's own first makes it an output at 0 and then sets the level, which unlocks a relay that is locked at 1 for
    a moment. (Not tried on real hardware; from reading gpiozero 2.0.1 pins/lgpio.py.)
    """

    def output_with_state(self, state: bool) -> None:
        lgpio.gpio_claim_output(self.factory._handle, self._number, int(state))


def real_factory() -> LGPIOFactory:
    """The Pi's pins; raises PinsUnavailable."""
    number = re.search(r"\d+$", chip_path().name)
    assert number is not None
    try:
        factory = LGPIOFactory(chip=int(number.group()))
    except Exception as error:
        raise PinsUnavailable(
            f"The Pi's pins cannot be opened: {error}.",
            "Add the user to the group `gpio`; is another program using them?",
        ) from error
    factory.pin_class = SteadyPin
    return factory
