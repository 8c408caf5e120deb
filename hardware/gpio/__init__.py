"""The pins of a door: buttons, contacts and keypads that are read, a relay that can only be unlocked for a while.

`drivers.open_pins` gives the pins by name of the driver; `lock_now` drives a relay to locked within milliseconds and
without gpiozero, for the first moment of a process and the last. Import the modules; nothing heavy is imported here.
"""
