"""A sysfs as the kernel of a Pi lays it out: devices below their hub, found by links from the bus."""

from pathlib import Path


def plug(
    root: Path,
    path: str,
    usb_id: str,
    ttys: dict[int, str],
    *,
    card: str = "",
    devnum: int = 5,
) -> Path:
    """One device in a socket.

    Args:
        ttys: Name of the port by interface; "ttyUSB2" hangs below usb-serial, "ttyACM0" below cdc_acm.
        card: ALSA's name of a sound card of the device.
    """
    hub = root / "sys" / "devices" / "platform" / "soc" / "usb1" / "1-1"
    device = hub / path
    device.mkdir(parents=True)
    vendor, product = usb_id.split(":")
    for name, text in {"idVendor": vendor, "idProduct": product, "devnum": str(devnum), "authorized": "1"}.items():
        (device / name).write_text(f"{text}\n")
    for number, tty in ttys.items():
        interface = device / f"{path}:1.{number}"
        below = interface / "tty" / tty if tty.startswith("ttyACM") else interface / tty / "tty" / tty
        below.mkdir(parents=True)
        (interface / "bInterfaceNumber").write_text(f"{number:02x}\n")
    if card:
        interface = device / f"{path}:1.{max(ttys, default=0) + 1}"
        (interface / "sound" / "card1").mkdir(parents=True)
        (interface / "bInterfaceNumber").write_text(f"{max(ttys, default=0) + 1:02x}\n")
        (interface / "sound" / "card1" / "id").write_text(f"{card}\n")
    bus = root / "sys" / "bus" / "usb" / "devices"
    bus.mkdir(parents=True, exist_ok=True)
    for link in (device, *device.glob(f"{path}:*")):
        (bus / link.name).symlink_to(link)
    return device
