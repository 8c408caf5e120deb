"""A program that knows modems from elsewhere: python-gsmmodem-new tells what the modem is, answers the first call and
goes once the caller has hung up. `python -m tests.hardware.simulators.gsmmodem_client PORT`."""

import sys
import time

from gsmmodem.modem import GsmModem


def main() -> None:
    told = []
    modem = GsmModem(sys.argv[1], 115200, incomingCallCallbackFunc=told.append)
    modem.connect()
    print("ready", modem.manufacturer, modem.model, modem.imei, modem.imsi, modem.networkName, flush=True)
    until = time.monotonic() + 30
    while not told and time.monotonic() < until:
        time.sleep(0.05)
    [call, *_] = told
    print("rings", call.number, flush=True)
    call.answer()
    print("answered", flush=True)
    while call.active and time.monotonic() < until:
        time.sleep(0.05)
    print("over", flush=True)
    modem.close()


if __name__ == "__main__":
    main()
