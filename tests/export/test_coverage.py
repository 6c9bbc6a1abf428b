"""`applier drift --coverage`: how much of what is live the spec describes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from applier.spec.documents.write import dump_yaml
from tests.export.test_command import applier_for
from tests.kinds.workspace import ENVIRONMENT, spec


@pytest.fixture
def applier(make: Any, tmp_path: Path) -> Any:
    """Two connections, three models and a sync are live; the spec in this folder lacks two models."""
    live = make("2024-02-08")
    body = {"connection": "Source", "configuration": {"table": "company.accounts"}}
    live.apply(spec(models={"Other": body, "Third": body}))
    applier = applier_for(live, tmp_path / "project")
    applier.write("spec.yaml", dump_yaml(spec()))
    return applier


TABLE = """\
No drift: 4 resources as declared.
2 secrets not compared: the API never returns them. Use --push-secrets to send them again.
KIND         LIVE  DESCRIBED  SHARE
connections  2     2          100 %
models       3     1          33.3 %
bulk_syncs   0     0          100 %
syncs        1     1          100 %
all          6     4          66.6 %
Not described: 2 objects.
  models/Other
  models/Third
"""


def test_coverage_is_reported(applier: Any) -> None:
    result = applier("drift", "--coverage", **ENVIRONMENT)
    assert (result.code, result.out) == (0, TABLE)


@pytest.mark.parametrize(("least", "code"), [("66", 0), ("66.7", 2), ("100", 2)])
def test_too_little_is_drift(applier: Any, least: str, code: int) -> None:
    result = applier("drift", "--min-coverage", least, **ENVIRONMENT)
    more = f"The coverage of 66.6 % is below the minimum of {least} %.\n" if code else ""
    assert (result.code, result.out) == (code, TABLE + more)


def test_coverage_for_programs(applier: Any) -> None:
    result = applier("drift", "--min-coverage", "70", "-o", "json", **ENVIRONMENT)
    assert (result.code, result.json["coverage"]) == (
        2,
        {
            "shares": {
                "connections": {"live": 2, "described": 2, "percent": 100.0},
                "models": {"live": 3, "described": 1, "percent": 33.33},
                "bulk_syncs": {"live": 0, "described": 0, "percent": 100.0},
                "syncs": {"live": 1, "described": 1, "percent": 100.0},
                "all": {"live": 6, "described": 4, "percent": 66.67},
            },
            "undescribed": ["models/Other", "models/Third"],
            "least": 70.0,
            "falls_short": True,
        },
    )


def test_coverage_for_a_pull_request(applier: Any) -> None:
    assert "models/Third" in applier("drift", "--coverage", "-o", "markdown", **ENVIRONMENT).out
