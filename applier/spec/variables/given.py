"""What a command is given beside the files: the environment to use, and values of variables."""

from __future__ import annotations

from dataclasses import dataclass, field
from os import PathLike

PREFIX = "APPLIER_VAR_"


@dataclass(frozen=True, slots=True)
class Given:
    """Values from the command line: `variables` are texts as in `--var name=value`, `files` hold more.

    Of several values of one name the last counts.

    Unless it is `strict`, variables and an environment that the spec does not know are no problem.
    """

    environment: str | None = None
    variables: tuple[str, ...] = field(default=(), repr=False)
    files: tuple[str | PathLike[str], ...] = ()
    strict: bool = True


NOTHING_GIVEN = Given()


def environment_names(name: str) -> tuple[str, str]:
    """Return the environment variables that give a variable of the spec its value; the first that is set counts."""
    return PREFIX + name, PREFIX + name.upper().replace("-", "_")
