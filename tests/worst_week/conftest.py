"""The served sandbox and the command line of tests/cli, for the worst week."""

from __future__ import annotations

from tests.cli.conftest import applier, sandbox, served

__all__ = ["applier", "sandbox", "served"]
