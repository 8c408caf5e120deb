"""The edge: Kamailio as the one SIP server phones talk to, and all that Porter says to it.

`porter-edge` (main) starts and watches it by the rules in kamailio.cfg; the controller uses `rpc`, `accounts` and
`publisher`. Whatever concerns calls is the controller's.
"""
