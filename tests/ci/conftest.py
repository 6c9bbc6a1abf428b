"""The served sandbox of the command line's tests, and a job of GitHub Actions around it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ci.support import Actions, StandIn
from tests.ci.support import served as serving
from tests.cli.conftest import sandbox, served
from tests.system import require_shell
from tests.workspace import KEY, Sandbox

__all__ = ["sandbox", "served"]


@pytest.fixture
def forge() -> Iterator[StandIn]:
    """GitHub's API with one empty repository."""
    stand_in = StandIn()
    with serving(stand_in.answer) as url:
        stand_in.url = url
        yield stand_in


@pytest.fixture
def actions(forge: StandIn, sandbox: Sandbox, tmp_path: Path) -> Actions:
    """A runner with a checkout, a key for the workspace and a token. Its steps and jobs are for a POSIX shell."""
    require_shell()
    return Actions.prepared(tmp_path, forge, {"POLYTOMIC_API_KEY": KEY, "POLYTOMIC_DEPLOYMENT_URL": sandbox.url})
