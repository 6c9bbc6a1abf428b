"""The inputs that a plan was made with: saved beside it without secrets, so that only secrets are given again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from applier.diagnostics import Diagnostic, diagnose
from applier.secrets import SHORTEST_SCRUBBED, Scrubber
from applier.spec.variables.given import environment_names
from applier.system import is_file, path_text

SEPARATORS = re.compile(r'[\s,"\[\]]+')


@dataclass(frozen=True, slots=True)
class SavedInputs:
    """The `variables` and `variable_files` that a plan was given.

    Variables are texts as in `--var name=value`; `secret_variables` has the names of those that are not saved. `pipes`
    are files that cannot be read again. `no_checks` tells that no live checks were made.
    """

    variables: tuple[str, ...] = ()
    variable_files: tuple[str, ...] = ()
    secret_variables: tuple[str, ...] = ()
    pipes: tuple[str, ...] = ()
    no_checks: bool = False

    def find_missing(
        self, variables: Iterable[str], files: Sequence[str], environment: Mapping[str, str]
    ) -> MissingInputs | None:
        """Return the inputs that are not saved and given neither as an option nor in the environment."""
        known = {
            *values_of(variables),
            *(name for name in self.secret_variables if any(map(environment.get, environment_names(name)))),
        }
        names = tuple(name for name in self.secret_variables if name not in known)
        pipes = self.pipes[len(files) :]
        return MissingInputs(names, pipes) if names or pipes else None


@dataclass(frozen=True, slots=True)
class MissingInputs:
    """Secret variables, by name, and files that have to be given again."""

    variables: tuple[str, ...]
    pipes: tuple[str, ...]

    @property
    def problem(self) -> Diagnostic:
        """The error that asks for them."""
        options = " ".join([*(f"--var {name}=…" for name in self.variables), *("--var-file FILE" for _ in self.pipes)])
        return diagnose(
            "plan-needs-secret",
            f"The plan was made with {options}. Secret values are not saved in plan files.",
            hint=f"pass them again: applier apply PLANFILE {options}",
        )

    def explains(self, name: str, origin: str) -> bool:
        """Return whether a variable has another value because of them."""
        return name in self.variables or origin in self.pipes


def save_inputs(variables: Iterable[str], files: Sequence[str], scrubber: Scrubber, *, no_checks: bool) -> SavedInputs:
    """Return the inputs to save; `scrubber` knows the secrets of the spec."""
    values = values_of(variables)
    kept = {name: value for name, value in values.items() if not holds_secret(value, scrubber)}
    lasting = tuple(one for one in files if is_file(one))
    return SavedInputs(
        tuple(f"{name}={value}" for name, value in kept.items()),
        lasting,
        tuple(name for name in values if name not in kept),
        tuple(path_text(one) for one in files if one not in lasting),
        no_checks,
    )


def values_of(variables: Iterable[str]) -> Mapping[str, str]:
    """Return the last value of each name."""
    return {name.strip(): value for name, _, value in (one.partition("=") for one in variables)}


def holds_secret(value: str, scrubber: Scrubber) -> bool:
    """Return whether a value, which may be a list as one text, is, holds or is part of a secret; see `Scrubber`.

    A shorter part is one by chance.
    """
    if scrubber.holds_secret(value) or not scrubber.secrets.isdisjoint(SEPARATORS.split(value)):
        return True
    return len(value) >= SHORTEST_SCRUBBED and any(value in one for one in scrubber.secrets)
