"""How much is tried: the same few cases in every run by default, many and at random with `APPLIER_TEST_THOROUGH=1`.

The tests with the mark `extended` run in CI, and with `APPLIER_TEST_EXTENDED=1`: they take as long as all others.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

THOROUGH = bool(os.environ.get("APPLIER_TEST_THOROUGH"))
EXTENDED = any(map(os.environ.get, ("CI", "APPLIER_TEST_EXTENDED", "UPDATE_DOCS", "UPDATE_GOLDEN"))) or THOROUGH


def scale(default: int, thorough: int) -> int:
    """How often, or how large."""
    return thorough if THOROUGH else default


# A run that fails says something about the change and not about the dice. A shared machine may stall for seconds:
# time is measured in tests/benchmarks, never here.
settings.register_profile(
    "applier",
    max_examples=scale(30, 1000),
    derandomize=not THOROUGH,
    print_blob=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("applier")

COSTLY = settings(max_examples=scale(10, 300), phases=(Phase.reuse, Phase.generate))
"""For properties of which one case takes dozens of requests: shrinking one would take minutes."""
