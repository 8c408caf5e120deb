"""The `porter` command, for people and scripts."""

from appliance.cli.command import main

__all__ = ["main"]
