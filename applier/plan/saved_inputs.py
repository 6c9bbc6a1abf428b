"""What was given beside the files of a saved plan: kept with it, less secrets, so that only those are given again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from applier.diagnostics import Diagnostic, diagnose
from applier.secrets import SHORTEST_SCRUBBED
from applier.spec import environment_names

SEPARATORS = re.compile(r'[\s,"\[\]]+')


@dataclass(frozen=True, slots=True)
class SavedInputs:
    """Values as in `--var name=value` and the files of others; `secret` has the names of values that are not kept.

    `passing` counts files that cannot be read again, such as pipes.
    """

    variables: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    passing: int = 0

    def missing(
        self, variables: Iterable[str], files: Sequence[str], environment: Mapping[str, str]
    ) -> Diagnostic | None:
        """What has to be given again and is not, neither as `--var`, `--var-file` nor in the environment."""
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
            f"The plan was made with {' '.join(options)}; what is secret is not saved with it.",
            hint=f"give the same again: applier apply PLANFILE {' '.join(options)}",
        )


def save_inputs(variables: Iterable[str], files: Sequence[str], secrets: Collection[str]) -> SavedInputs:
    """What to keep of what was given; `secrets` are those of the spec."""
    values = values_of(variables)
    kept = {name: value for name, value in values.items() if not _holds(value, secrets)}
    lasting = tuple(one for one in files if Path(one).is_file())
    return SavedInputs(
        tuple(f"{name}={value}" for name, value in kept.items()),
        lasting,
        tuple(name for name in values if name not in kept),
        len(files) - len(lasting),
    )


def values_of(variables: Iterable[str]) -> Mapping[str, str]:
    """The last value of each name."""
    return {name.strip(): value for name, _, value in (one.partition("=") for one in variables)}


def _holds(value: str, secrets: Collection[str]) -> bool:
    """True when a value is a secret or one is a part of it, or the other way round; less than that tells nothing."""
    if not {value, *SEPARATORS.split(value)}.isdisjoint(secrets):
        return True
    return any(min(len(one), len(value)) >= SHORTEST_SCRUBBED and (one in value or value in one) for one in secrets)
