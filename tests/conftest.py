"""What all tests share: how thoroughly generated cases are tried. `HYPOTHESIS_PROFILE` chooses, CI gets `ci`."""

import os

import pytest
from hypothesis import HealthCheck, settings

# Helpers that assert are told apart as tests are; here, since whoever comes first imports them.
pytest.register_assert_rewrite("tests.cli.support", "tests.pipelines.support", "tests.worst_week.support")

# A shared machine may stall for seconds: time is measured in tests/benchmarks, never here.
CALM = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("default", max_examples=30, **CALM)
settings.register_profile("ci", max_examples=100, derandomize=True, print_blob=True, **CALM)
settings.register_profile("thorough", max_examples=1000, **CALM)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))
