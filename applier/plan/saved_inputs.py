"""The inputs that a plan was made with: saved beside it without secrets, so that only secrets are given again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from applier.diagnostics import Diagnostic, diagnose
from applier.secrets import SHORTEST_SCRUBBED
from applier.spec.variables.given import environment_names

SEPARATORS = re.compile(r'[\s,"\[\]]+')


@dataclass(frozen=True, slots=True)
class SavedInputs:
    """Values as in `--var name=value` and the files of others; `secret` has the names of values that are not saved.

    `passing` counts files that cannot be read again, such as pipes.
    """

    variables: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    passing: int = 0

    def missing(
        self, variables: Iterable[str], files: Sequence[str], environment: Mapping[str, str]
    ) -> Diagnostic | None:
        """Return an error if an input that is not saved is given neither as an option nor in the environment."""
        known = {
            *values_of(variables),
            *(name for name in self.secret if any(map(environment.get, environment_names(name)))),
        }
        options = [f"--var {name}=…" for name in self.secret if name not in known]
        options += ["--var-file FILE"] * max(0, self.passing - len(files))
        if not options:
            return None
        return diagnose(
            "plan-needs-secret",
            f"The plan was made with {' '.join(options)}. Secret values are not saved in plan files.",
            hint=f"pass them again: applier apply PLANFILE {' '.join(options)}",
        )


def save_inputs(variables: Iterable[str], files: Sequence[str], secrets: Collection[str]) -> SavedInputs:
    """Return the inputs to save; `secrets` are those of the spec."""
    values = values_of(variables)
    kept = {name: value for name, value in values.items() if not _is_secret(value, secrets)}
    lasting = tuple(one for one in files if Path(one).is_file())
    return SavedInputs(
        tuple(f"{name}={value}" for name, value in kept.items()),
        lasting,
        tuple(name for name in values if name not in kept),
        len(files) - len(lasting),
    )


def values_of(variables: Iterable[str]) -> Mapping[str, str]:
    """Return the last value of each name."""
    return {name.strip(): value for name, _, value in (one.partition("=") for one in variables)}


def _is_secret(value: str, secrets: Collection[str]) -> bool:
    """True when the value is a secret, contains one or is part of one; shorter matches are coincidence."""
    if not {value, *SEPARATORS.split(value)}.isdisjoint(secrets):
        return True
    return any(min(len(one), len(value)) >= SHORTEST_SCRUBBED and (one in value or value in one) for one in secrets)
