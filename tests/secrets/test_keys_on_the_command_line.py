"""A key that stands in a wrong place of a command line, or a token in the URL of the service, is not printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workspace import Workspace

KEY = "geheim-key-123"
TOKEN = "aB3dE5fG7hI9jK1lM3nO5pQ"


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "--parallelism", KEY),
        ("status", f"--timeout={KEY}"),
        ("status", f"--{KEY}"),
        ("plan", "-o", KEY),
        ("export", "--layout", KEY),
        ("sandbox", KEY),
        (KEY,),
    ],
)
def test_a_usage_error_hides_the_key(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    wrong = Workspace(tmp_path, {"POLYTOMIC_API_KEY": KEY})(*arguments)
    assert (wrong.code, KEY in wrong.out + wrong.err, "(sensitive)" in wrong.err) == (1, False, True)


def test_an_option_of_the_environment_hides_the_key(tmp_path: Path) -> None:
    wrong = Workspace(tmp_path, {"POLYTOMIC_API_KEY": KEY, "APPLIER_PARALLELISM": KEY})("status")
    assert (wrong.code, wrong.err.splitlines()[-1]) == (
        1,
        "Error: Invalid value for '--parallelism': '(sensitive)' is not a valid integer range.",
    )


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://localhost:1", "error: http://localhost:1/(sensitive) cannot be reached: connection refused [service]"),
        (
            "http://example.com",
            (
                "error: The URL http://example.com/(sensitive) from --url is not encrypted: the API key and all "
                "secrets would be readable on the way. [insecure-url]"
            ),
        ),
    ],
)
def test_a_token_in_the_path_of_the_url(tmp_path: Path, url: str, said: str) -> None:
    failed = Workspace(tmp_path, {"POLYTOMIC_API_KEY": KEY})("status", "--timeout", "1", "--url", f"{url}/{TOKEN}")
    assert (failed.code, failed.err.splitlines()[0], TOKEN in failed.out + failed.err) == (1, said, False)
