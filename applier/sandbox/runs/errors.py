"""Why a run stops before its end."""

from __future__ import annotations


class RunError(Exception):
    """The run cannot be carried out; the text says why."""


class Canceled(Exception):
    """A client asked for the execution to stop."""


class Skipped(Exception):
    """A client asked for one schema to be left out."""
