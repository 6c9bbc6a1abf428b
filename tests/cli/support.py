"""The names of `tests.workspace` that other test folders still import from here."""

from __future__ import annotations

from tests.golden import normalize as normalised
from tests.workspace import EXAMPLE, KEY, ROOT, Result, Sandbox, Transcript, sums
from tests.workspace import Workspace as CommandLine

__all__ = ["EXAMPLE", "KEY", "ROOT", "CommandLine", "Result", "Sandbox", "Transcript", "normalised", "sums"]
