"""Fixtures for tests with real SIP: `edge` and `start_edge`, see running_edge.py."""

from tests.sip.running_edge import edge, shared_edge, start_edge

__all__ = ["edge", "shared_edge", "start_edge"]
