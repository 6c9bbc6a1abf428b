"""The served sandbox of the command line's tests, for generated specs."""

from tests.cli.conftest import served

__all__ = ["served"]
