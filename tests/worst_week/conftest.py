"""The served sandbox and the command line of tests/cli, for the worst week."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.worst_week.support")
from tests.cli.conftest import applier, sandbox, served  # noqa: E402

__all__ = ["applier", "sandbox", "served"]
