"""The options that commands share; every flag `--some-flag` can be given as `APPLIER_SOME_FLAG`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Decorated = Callable[..., Any]


def option(*names: str, also: tuple[str, ...] = (), **settings: Any) -> Callable[[Decorated], Decorated]:
    """A click option with its environment variable; `also` names older ones that other tools use."""
    flag = next(name for name in names if name.startswith("--")).split("/")[0]
    variable = "APPLIER_" + flag.removeprefix("--").replace("-", "_").upper()
    return click.option(*names, envvar=[variable, *also], show_envvar=False, **settings)


def together(*decorators: Callable[[Decorated], Decorated]) -> Callable[[Decorated], Decorated]:
    """Several options as one decorator, in the order in which help shows them."""

    def decorate(function: Decorated) -> Decorated:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


class Glob(click.types.StringParamType):
    """A glob over addresses; in the environment several are separated by commas, since names hold spaces."""

    envvar_list_splitter = ","


def globs(*names: str, **settings: Any) -> Callable[[Decorated], Decorated]:
    """An option that can be given several times."""
    return option(*names, multiple=True, type=Glob(), metavar="GLOB", **settings)


class Line(click.types.StringParamType):
    """A value of any text; in the environment several stand on lines of their own."""

    envvar_list_splitter = "\n"


paths = click.argument("paths", nargs=-1, metavar="[PATH]...")

spec = together(
    option("--env", "-e", "environment", metavar="NAME", help="The environment of the spec to use."),
    option(
        "--var",
        "variables",
        multiple=True,
        type=Line(),
        metavar="NAME=VALUE",
        help="The value of a variable of the spec (also APPLIER_VAR_NAME).",
    ),
    option(
        "--var-file",
        "variable_files",
        multiple=True,
        type=Glob(),
        metavar="FILE",
        help="Values of variables in YAML or JSON; --var goes before it.",
    ),
)

selection = together(
    option(
        "--target",
        "-t",
        "targets",
        multiple=True,
        type=Glob(),
        metavar="GLOB",
        help="Only addresses that fit, and what they need.",
    ),
    option(
        "--exclude", "-x", "excludes", multiple=True, type=Glob(), metavar="GLOB", help="Leave out addresses that fit."
    ),
)


class Filed(click.types.StringParamType):
    """A form of the result and the file to write it to."""

    name = "form and file"
    envvar_list_splitter = ","

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        form, _, file = str(value).partition("=")
        if form not in FORMS or not file:
            self.fail(f"{value!r} is not FORM=FILE with one of {', '.join(FORMS)}.", param, ctx)
        return form, file


FORMS = ("text", "json", "markdown", "html", "github", "junit", "sarif")  # those of applier.render.forms

quiet = together(
    option("--no-color", is_flag=True, help="No colour (also NO_COLOR)."),
    option("--quiet", "-q", is_flag=True, help="No progress and no warnings, only results and errors."),
    option("--verbose", "-v", is_flag=True, help="Tell every request on stderr."),
)


def _output(*forms: str) -> Callable[[Decorated], Decorated]:
    choice = click.Choice(forms)
    return together(option("--output", "-o", "output", type=choice, default="text", help="Form of the result."), quiet)


output = _output("text", "json", "markdown")
outputs = together(
    _output(*FORMS),
    option(
        "--report",
        "reports",
        multiple=True,
        type=Filed(),
        metavar="FORM=FILE",
        help="Write the result in another form, too.",
    ),
)

service = together(
    option("--sandbox", is_flag=True, help="Use the local sandbox instead of Polytomic."),
    option(
        "--sandbox-data",
        metavar="DIR",
        default=".applier/sandbox",
        help="Where the sandbox keeps its state [.applier/sandbox].",
    ),
    option(
        "--url",
        metavar="URL",
        help="The API's address; else that of the environment, POLYTOMIC_DEPLOYMENT_URL [https://app.polytomic.com].",
    ),
    option(
        "--api-version",
        metavar="DATE",
        also=("POLYTOMIC_API_VERSION",),
        default="2024-02-08",
        help="The API's version (POLYTOMIC_API_VERSION) [2024-02-08].",
    ),
    option(
        "--parallelism",
        type=click.IntRange(1, 100),
        default=10,
        metavar="N",
        help="Requests at the same time [10].",
    ),
    option(
        "--timeout",
        type=click.FloatRange(1),
        default=120.0,
        metavar="SECONDS",
        help="How long to retry one request [120].",
    ),
)

allowances = together(
    option("--prune", is_flag=True, help="Delete what is live inside `owns` and not declared."),
    option("--force-delete", is_flag=True, help="Delete what uses the deleted, too."),
    globs(
        "--push-secrets",
        is_flag=False,
        flag_value="*",
        help="Write what fits again, with its secrets; everything without a GLOB.",
    ),
    option("--allow-replace", is_flag=True, help="Replace what no update can change, and move its users over."),
    option("--force", is_flag=True, help="Go on past the limits on updates and deletes."),
)

checks = option("--no-checks", is_flag=True, help="Do not check against what connections offer.")

base = option(
    "--base",
    metavar="REF",
    help="A git ref whose spec was live: says of each difference whether the file or the service changed.",
)
refuse_drift = option(
    "--refuse-drift", is_flag=True, help="With --base: exit 3 rather than overwrite an edit of the service."
)

yes = option("--yes", "-y", "--auto-approve", "yes", is_flag=True, help="Do not ask.")
