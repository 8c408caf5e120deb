"""The door: a process of its own that decides every opening, records it durably and then fires the relay.

`port` is the one module for the controller; all others belong to the `porter-door` process.
"""
