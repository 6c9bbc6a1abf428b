"""The product for Python: what `from applier import …` gives. Nothing here prints, asks or exits."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from applier import pipeline
from applier.api import Client, Settings
from applier.api.client import DEFAULT_URL, DEFAULT_VERSION
from applier.diagnostics import Diagnostic, Severity, diagnose, has_errors
from applier.pipeline import Prepared
from applier.plan import DEFAULT_OPTIONS, Change, PlanOptions
from applier.render.forms import render_report
from applier.render.parts.words import format_diagnostic
from applier.report import Report
from applier.resources import Spec
from applier.spec import Given
from applier.targeting import Selection


class Invalid(Exception):
    """The files, or a plan, cannot be used as they are; `diagnostics` says why, with places and hints."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        errors = [one for one in self.diagnostics if one.severity is Severity.ERROR]
        super().__init__("\n".join(format_diagnostic(one, colour=False) for one in errors or self.diagnostics))


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan: `changes` in order, `diagnostics` beside them, and `report` with all that can be rendered."""

    report: Report
    _prepared: Prepared = field(repr=False)
    _client: Client = field(repr=False)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What would be done, in this order; empty when live is as declared."""
        return self._prepared.plan.changes

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong or worth knowing."""
        return self.report.all_diagnostics


def load(
    *paths: str | Path,
    env: str | None = None,
    variables: Mapping[str, object] = {},
    environment: Mapping[str, str] | None = None,
) -> Spec:
    """Read, fill and check files or folders (the current one by default). Raises `Invalid`.

    `env` chooses an environment of the spec, `variables` are values (texts as of `--var`, numbers, booleans, lists),
    and `environment` is what `${env:NAME}` sees instead of the process's own.
    """
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in variables.items()}
    given = Given(env, tuple(f"{name}={value}" for name, value in texts.items()))
    spec, diagnostics = pipeline.load(paths or ["."], os.environ if environment is None else environment, given)
    if has_errors(diagnostics):
        raise Invalid(diagnostics)
    return spec


@contextmanager
def connect(
    spec: Spec | None = None,
    *,
    url: str | None = None,
    key: str | None = None,
    api_version: str | None = None,
    sandbox: str | Path | None = None,
) -> Iterator[Client]:
    """A session with the workspace; use it with `with`.

    Address and key come from the arguments, else from the environment that `spec` was loaded with, else from
    POLYTOMIC_DEPLOYMENT_URL and POLYTOMIC_API_KEY, the version from POLYTOMIC_API_VERSION. `sandbox` is a folder for a
    local Polytomic instead, which gets the tables of the `seed` folder beside the files.
    """
    chosen = spec.environment if spec else None
    variable = (chosen.key_variable if chosen else None) or "POLYTOMIC_API_KEY"
    secret = key or os.environ.get(variable, "").strip()
    address = url or (chosen.url if chosen else None) or os.environ.get("POLYTOMIC_DEPLOYMENT_URL") or DEFAULT_URL
    if not secret and sandbox is None:
        raise Invalid([diagnose("no-api-key", f"There is no API key: {variable} is not set.")])
    secrets = frozenset({secret} - {""}) | (spec.secrets if spec else frozenset())
    version = api_version or os.environ.get("POLYTOMIC_API_VERSION") or DEFAULT_VERSION
    settings = Settings("http://sandbox" if sandbox else address, secret, version, secrets=secrets)
    if sandbox is None:
        with Client(settings) as client:
            yield client
        return
    from applier.sandbox import seed
    from applier.sandbox.inprocess import transport

    for folder in sorted({Path(file).parent / "seed" for file in (spec.files if spec else ())}):
        if folder.is_dir():
            seed(folder, Path(sandbox), only_missing=True)
    door = transport(Path(sandbox))
    try:
        with Client(settings, door) as client:
            yield client
    finally:
        door.close()


def plan(
    spec: Spec,
    workspace: Client,
    *,
    targets: Sequence[str] = (),
    excludes: Sequence[str] = (),
    policy: PlanOptions = DEFAULT_OPTIONS,
    parallelism: int = 10,
) -> Planned:
    """What would change, checked against what connections offer. Writes nothing. Raises `applier.api.ApiError`.

    `policy` allows what is not done unasked: `prune`, `allow_replace`, `force`, `force_delete`, `push_secrets`.
    """
    prepared = pipeline.plan(spec, workspace, Selection(tuple(targets), tuple(excludes), parallelism), policy)
    prepared = pipeline.with_checks(prepared, spec, workspace, parallelism)
    surroundings = pipeline.surroundings(prepared, workspace, parallelism)
    report = Report("plan", plan=prepared.plan, checks=prepared.checks, warns_of_refusals=True, impact=surroundings)
    return Planned(report, prepared, workspace)


def apply(planned: Planned, *, parallelism: int = 10) -> Report:
    """Carry a plan out; the report has an outcome for each change. Raises `Invalid` where it must not be done."""
    made = planned._prepared.plan
    if has_errors(made.diagnostics) or made.refusals:
        raise Invalid((*made.diagnostics, *made.refusals))
    outcomes = pipeline.apply(planned._prepared, planned._client, parallelism=parallelism, tell=lambda *_: None)
    return Report("apply", plan=made, outcomes=outcomes, impact=planned.report.impact)


def render(result: Planned | Report, form: str = "text") -> str:
    """A plan or a report as `text`, `json`, `markdown`, `html`, `github`, `junit` or `sarif`."""
    return render_report(result.report if isinstance(result, Planned) else result, form)
