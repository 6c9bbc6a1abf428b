"""The public Python API, which `from applier import …` provides. Nothing here prints, asks or exits."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Annotated

from applier import pipeline
from applier.api import Client, Settings
from applier.api.addresses import Address
from applier.api.client import DEFAULT_VERSION
from applier.api.environment import SANDBOX_URL, api_key, missing_key, service_url
from applier.arguments import Bounds, Choices, Members, Source, check_arguments
from applier.diagnostics import Diagnostic, Severity, diagnose, has_errors
from applier.pipeline import Prepared
from applier.plan import DEFAULT_OPTIONS, Change, PlanOptions
from applier.render.forms import FORMS, render_report
from applier.render.parts.words import format_diagnostic
from applier.report import Report
from applier.secrets import NOTHING_CLEAR, hide_secrets, scrubber_of
from applier.spec.resources import EnvironmentChoice, Spec
from applier.spec.variables.given import Given, VariablesOrigin, option_text
from applier.system import is_folder, path_text
from applier.targeting import Selection

MOST_PARALLEL = 100

LoadedSpec = Annotated[Spec, Source("what load() returns")]
Session = Annotated[Client, Source("the session of `with connect(…) as workspace:`")]
Parallelism = Annotated[int, Bounds(1, MOST_PARALLEL)]


class Invalid(Exception):
    """The files or the plan have errors; `diagnostics` has them, with places and hints."""

    @check_arguments
    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        errors = [one for one in self.diagnostics if one.severity is Severity.ERROR]
        super().__init__("\n".join(format_diagnostic(one, colour=False) for one in errors or self.diagnostics))


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan: its `changes` in order, its `diagnostics`, and a `report` that can be rendered."""

    report: Report
    _prepared: Prepared = field(repr=False)
    _client: Client = field(repr=False)
    _once: Lock = field(default_factory=Lock, repr=False, compare=False)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes in order; empty when the workspace matches the spec."""
        return self.report.plan.changes if self.report.plan else ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Errors, warnings and notes."""
        return self.report.all_diagnostics


@check_arguments
def load(
    *paths: str | Path,
    env: str | None = None,
    variables: Mapping[str, object] = {},
    environment: Mapping[str, str] | None = None,
) -> Spec:
    """Read and validate files or folders (by default the current folder) and return the spec.

    Raises `Invalid`, `TypeError` for an argument or a variable of another type.

    `env` selects an environment of the spec. `variables` are values: text as with `--var`, numbers, booleans, lists;
    None is an empty value, which is an error unless the default of the variable is empty.
    `environment` replaces the environment variables of the process for `${env:NAME}`.
    """
    if any(one == "" for one in paths):
        raise Invalid([_empty_argument("paths")])
    for name in variables:
        if "=" in name:
            raise ValueError(f'variables: "{name}" cannot be the name of a variable, since it contains "="')
    texts = tuple(f"{name}={option_text(name, value)}" for name, value in variables.items())
    given = Given(env, texts, origin=VariablesOrigin.ARGUMENT)
    spec, diagnostics = pipeline.load(paths or ["."], os.environ if environment is None else environment, given)
    if has_errors(diagnostics):
        raise Invalid(hide_secrets(diagnostics, scrubber_of(spec.secrets, spec.in_clear)))
    return spec


@check_arguments
def connect(
    spec: Annotated[Spec | None, Source("what load() returns")] = None,
    *,
    url: str | None = None,
    key: str | None = None,
    api_version: str | None = None,
    sandbox: str | Path | None = None,
    insecure: bool = False,
) -> AbstractContextManager[Client]:
    """Return a session with the workspace that a `with` statement opens, once, and closes.

    URL and key come from the arguments, else from the environment of the spec, else from POLYTOMIC_DEPLOYMENT_URL and
    POLYTOMIC_API_KEY; the API version comes from `api_version`, else from POLYTOMIC_API_VERSION. With `sandbox`, the
    session is with a local sandbox that keeps its data in this folder and loads the `seed` folder beside the files.
    `insecure` allows an http:// URL of another machine. Raises `TypeError` for an argument of another type; when the
    `with` statement begins, `Invalid` without an API key or when an argument is empty, `applier.api.ApiError` for a URL
    or a setting of the environment that cannot be used, and `ValueError` for a session that was open before.
    """

    def open_client() -> AbstractContextManager[Client]:
        settings = replace(_connection_settings(spec, url, key, api_version, sandbox), insecure=insecure)
        return Client(settings) if sandbox is None else _sandbox_client(settings, spec, Path(sandbox))

    return Connection(open_client)


class Connection(AbstractContextManager[Client]):
    """Opens a client in a `with` statement, once."""

    def __init__(self, open_client: Callable[[], AbstractContextManager[Client]]) -> None:
        self._open_client = open_client
        self._opened: AbstractContextManager[Client] | None = None

    def __enter__(self) -> Client:
        if self._opened is not None:
            raise ValueError("the session has been used: call connect() again for each `with` statement")
        opened = self._open_client()
        client = opened.__enter__()
        self._opened = opened
        return client

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._opened is not None:
            self._opened.__exit__(kind, error, trace)


def _connection_settings(
    spec: Spec | None, url: str | None, key: str | None, api_version: str | None, sandbox: str | Path | None
) -> Settings:
    arguments = {"url": url, "key": key, "api_version": api_version, "sandbox": sandbox}
    empty = [_empty_argument(name) for name, value in arguments.items() if value == ""]
    if empty:
        raise Invalid(empty)
    environment = spec.environment if spec else EnvironmentChoice()
    secret = key or api_key(environment.key_variable, os.environ)
    if not secret and sandbox is None:
        raise Invalid([missing_key(environment.name, environment.key_variable)])
    given = Address(url, "the argument url") if url is not None else None
    of_spec = Address(environment.url or "", environment.url_source)
    address = Address(SANDBOX_URL) if sandbox else service_url(given, of_spec, os.environ)
    version = api_version or os.environ.get("POLYTOMIC_API_VERSION") or DEFAULT_VERSION
    secrets = frozenset({secret} - {""}) | (spec.secrets if spec else frozenset())
    in_clear = spec.in_clear if spec else NOTHING_CLEAR
    return Settings(address.url, secret, version, secrets=secrets, source=address.source, in_clear=in_clear)


def _empty_argument(name: str) -> Diagnostic:
    return diagnose("argument-empty", f'The argument "{name}" is empty.', hint="give it a value, or leave it out")


@contextmanager
def _sandbox_client(settings: Settings, spec: Spec | None, data: Path) -> Iterator[Client]:
    """Open a client of a sandbox in this process, with the tables of the seed folders beside the files."""
    from applier.sandbox import seed
    from applier.sandbox.inprocess import transport
    from applier.sandbox.session import StoreError

    try:
        for folder in sorted({Path(file).parent / "seed" for file in (spec.files if spec else ())}):
            if is_folder(folder):
                seed(folder, data, only_missing=True)
        in_process = transport(data)
    except (OSError, ValueError, StoreError) as error:
        detail = f"The sandbox cannot use {path_text(data)}: {error}"
        raise Invalid([diagnose("bad-sandbox", detail, hint="choose another folder")]) from None
    try:
        with Client(settings, in_process) as client:
            yield client
    finally:
        in_process.close()


@check_arguments
def plan(
    spec: LoadedSpec,
    workspace: Session,
    *,
    targets: Collection[str] = (),
    excludes: Collection[str] = (),
    policy: Annotated[PlanOptions, Members(), Source("PlanOptions of applier.plan")] = DEFAULT_OPTIONS,
    parallelism: Parallelism = 10,
) -> Planned:
    """Return what would change, checked against live connections. Nothing is written. Raises `applier.api.ApiError`.

    `policy` allows what a plan does not do by default: `prune`, `allow_replace`, `force`, `force_delete`,
    `push_secrets`. `targets`, `excludes` and `push_secrets` are lists of patterns. Raises `TypeError` for an argument
    of another type, `ValueError` when the session is closed or `parallelism` is not from 1 to 100.
    """
    workspace.check_open()
    policy = replace(policy, push_secrets=tuple(policy.push_secrets))
    selection = Selection(tuple(targets), tuple(excludes), parallelism)
    prepared = pipeline.plan(spec, workspace, selection, policy)
    prepared = pipeline.with_checks(prepared, spec, workspace, parallelism)
    impact = pipeline.measure_impact(prepared, workspace, parallelism)
    report = Report("plan", plan=prepared.plan, checks=prepared.checks, warns_of_refusals=True, impact=impact)
    return Planned(hide_secrets(report, prepared.scrubber), prepared, workspace)


@check_arguments
def apply(planned: Annotated[Planned, Source("what plan() returns")], *, parallelism: Parallelism = 10) -> Report:
    """Apply a plan, once, and return a report with an outcome for each change.

    Raises `Invalid` if it must not be applied, `TypeError` for an argument of another type, and `ValueError` when the
    session of the plan is closed or the plan has been applied.
    """
    made = planned._prepared.plan
    planned._client.check_open()
    if has_errors(made.diagnostics) or made.refusals:
        raise Invalid(hide_secrets((*made.diagnostics, *made.refusals), planned._prepared.scrubber))
    if not planned._once.acquire(blocking=False):
        raise ValueError("the plan has been applied: make a new one with plan()")
    outcomes = pipeline.apply(planned._prepared, planned._client, parallelism=parallelism, on_outcome=lambda *_: None)
    report = Report("apply", plan=made, outcomes=outcomes, impact=planned.report.impact)
    return hide_secrets(report, planned._prepared.scrubber)


@check_arguments
def render(
    result: Annotated[Planned | Report, Source("what plan() or apply() returns")],
    form: Annotated[str, Choices(FORMS)] = "text",
) -> str:
    """Return a plan or report as text, or in another form that `applier plan -o` offers, such as `json`.

    Raises `TypeError` for an argument of another type, and `ValueError` for another form.
    """
    return render_report(result.report if isinstance(result, Planned) else result, form)
