"""The pins of a door: a button that is read and a relay that can only be unlocked for a limited time.

`drivers.open_pins` gives the pins by name of the driver; `lock_now` drives a relay to locked within milliseconds and
without gpiozero, for the first moment of a process and the last. Import the modules; nothing heavy is imported here.
"""
