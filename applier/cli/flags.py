"""Declares the shared options for click; every flag `--some-flag` can also be set as `APPLIER_SOME_FLAG`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import partial, wraps
from typing import Any

import click
from click.core import ParameterSource

from applier.cli.option_types import (
    CommandWithBareOption,
    CommaSeparated,
    FiniteRange,
    LineSeparated,
    NonEmptyText,
    Option,
    ReportFileType,
)
from applier.cli.option_values import (
    Options,
    OutputOptions,
    PlanningOptions,
    SelectionOptions,
    ServiceOptions,
    SpecOptions,
)
from applier.render.forms import FORMS, GENERAL_FORMS

Command = Callable[..., int]
Decorator = Callable[[Command], Command]
GROUPS = {
    "output": OutputOptions,
    "spec": SpecOptions,
    "selection": SelectionOptions,
    "service": ServiceOptions,
    "planning": PlanningOptions,
}


plain_option = partial(click.option, cls=Option)
"""Declares an option of one command, without an environment variable."""


def with_options(command: Command) -> Command:
    """Call a command with its shared options as one `Options`; its own options stay arguments of their own."""

    @wraps(command)
    def call(**values: Any) -> int:
        source = click.get_current_context().get_parameter_source("variables")
        values["variables_from_process"] = source is ParameterSource.ENVIRONMENT
        return command(options=_take_options(values), **values)

    return call


def _take_options(values: dict[str, Any]) -> Options:
    """Remove the shared options from what click collected and return them."""
    groups = {
        name: group(**{one.name: values.pop(one.name) for one in fields(group) if one.name in values})
        for name, group in GROUPS.items()
    }
    return Options(**groups)


def option(*names: str, also: tuple[str, ...] = (), **settings: Any) -> Decorator:
    """Declare an option with its environment variable; `also` names further variables, such as those of the API."""
    flag = next(name for name in names if name.startswith("--")).split("/")[0]
    variable = "APPLIER_" + flag.removeprefix("--").replace("-", "_").upper()
    return plain_option(*names, envvar=[variable, *also], show_envvar=False, **settings)


def combine(*decorators: Decorator) -> Decorator:
    """Return several options as one decorator; help lists them in this order."""

    def decorate(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


def globs(*names: str, metavar: str = "GLOB", **settings: Any) -> Decorator:
    """Declare an option that takes globs over addresses and can be repeated."""
    return option(*names, multiple=True, type=CommaSeparated(), metavar=metavar, **settings)


PUSH_SECRETS = "--push-secrets"


class PlanCommand(CommandWithBareOption):
    """A command with `allowances`."""

    bare_option, bare_value = PUSH_SECRETS, "*"


NON_EMPTY = NonEmptyText()
paths = click.argument("paths", nargs=-1, type=NON_EMPTY, metavar="[PATH]...")

spec = combine(
    option("--env", "-e", "environment", metavar="NAME", help="Environment of the spec to use."),
    option(
        "--var",
        "variables",
        multiple=True,
        type=LineSeparated(),
        metavar="NAME=VALUE",
        help="Set a variable of the spec (also APPLIER_VAR_NAME).",
    ),
    option(
        "--var-file",
        "variable_files",
        multiple=True,
        type=CommaSeparated(),
        metavar="FILE",
        help="Read variables from a YAML or JSON file; --var takes precedence.",
    ),
)

selection = combine(
    globs("--target", "-t", "targets", help="Only matching addresses and their dependencies."),
    globs("--exclude", "-x", "excludes", help="Exclude matching addresses."),
)

no_color = option("--no-color", is_flag=True, help="Disable colors (also NO_COLOR).")
verbose = option("--verbose", "-v", is_flag=True, help="Log every request to stderr.")
messages = combine(
    no_color,
    option("--quiet", "-q", is_flag=True, help="Print only results and errors, no progress or warnings."),
    verbose,
)


def _output(*forms: str) -> Decorator:
    choice = click.Choice(forms)
    return combine(
        option("--output", "-o", "output", type=choice, default="text", help="Output format (default: text)."), messages
    )


output = _output(*GENERAL_FORMS)
outputs = combine(
    _output(*FORMS),
    option(
        "--report",
        "reports",
        multiple=True,
        type=ReportFileType(),
        metavar="FORM=FILE",
        help="Also write the result to a file, in any output format.",
    ),
)

DEFAULTS = ServiceOptions()
service = combine(
    option("--sandbox", is_flag=True, help="Use the local sandbox instead of Polytomic."),
    option(
        "--sandbox-data",
        metavar="DIR",
        default=DEFAULTS.sandbox_data,
        help=f"Folder of the sandbox's state (default: {DEFAULTS.sandbox_data}).",
    ),
    option(
        "--url",
        metavar="URL",
        help="API address (default: that of the environment, POLYTOMIC_DEPLOYMENT_URL, or https://app.polytomic.com).",
    ),
    option(
        "--insecure",
        is_flag=True,
        help="Allow an http:// URL of another machine: the API key and secrets are sent unencrypted.",
    ),
    option(
        "--api-version",
        metavar="DATE",
        also=("POLYTOMIC_API_VERSION",),
        default=DEFAULTS.api_version,
        help=f"API version (also POLYTOMIC_API_VERSION; default: {DEFAULTS.api_version}).",
    ),
    option(
        "--parallelism",
        type=click.IntRange(1, 100),
        default=DEFAULTS.parallelism,
        metavar="N",
        help=f"Number of concurrent requests (default: {DEFAULTS.parallelism}).",
    ),
    option(
        "--timeout",
        type=FiniteRange(1),
        default=DEFAULTS.timeout,
        metavar="SECONDS",
        help=f"Time limit for one request with all its retries (default: {DEFAULTS.timeout:g}).",
    ),
)

allowances = combine(
    option("--prune", is_flag=True, help="Delete live objects inside `owns` that are not declared."),
    option("--force-delete", is_flag=True, help="Delete the dependents of deleted resources, too."),
    globs(
        PUSH_SECRETS,
        metavar="[GLOB]",
        help="Send matching resources again, including secrets (without GLOB: all).",
    ),
    option(
        "--allow-replace", is_flag=True, help="Replace resources that cannot be updated, and move their dependents."
    ),
    option("--force", is_flag=True, help="Ignore the safety limits on updates and deletes."),
)

no_checks = option("--no-checks", is_flag=True, help="Skip the live checks against what connections offer.")
base = option(
    "--base", metavar="REF", help="Git ref of the last applied spec: tells edits of the spec from live edits."
)
refuse_drift = option(
    "--refuse-drift",
    is_flag=True,
    help="With --base: exit 3 instead of overwriting a live edit, or what the base lacks.",
)
fail_fast = option("--fail-fast", is_flag=True, help="Start no further changes after the first failure.")
result = option("--result", metavar="FILE", help="Also write the result to FILE as JSON.")
yes = option("--yes", "-y", "--auto-approve", "yes", is_flag=True, help="Skip the confirmation prompt.")
