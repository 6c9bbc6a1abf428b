"""The types of options for click: what is empty, lists in environment variables, and an option that can stand bare."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any, ClassVar

import click
from click.core import ParameterSource

from applier.cli.option_values import ReportFile
from applier.render.forms import FORMS

PART = re.compile(r"(?:\\[\\,]|[^,])+")
LINE_BREAK = re.compile(r"\r\n?|\n")


class Option(click.Option):
    """An option that is an error when it is given empty; an environment variable that is set to nothing is not set.

    A script gives `--env "$STAGE"` empty when it does not have the value; to go on without it would use another one.
    """

    def consume_value(self, ctx: click.Context, opts: Mapping[str, Any]) -> tuple[Any, ParameterSource]:
        value, source = super().consume_value(ctx, opts)
        is_given = source is ParameterSource.COMMANDLINE and not ctx.resilient_parsing
        if is_given and (value == "" or (isinstance(value, list | tuple) and "" in value)):
            raise click.BadParameter("it is empty; give it a value, or leave the option out.", ctx, self)
        return value, source


class NonEmptyText(click.types.StringParamType):
    """A text for an argument that must not be empty: an empty path would be the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("it is empty; give it a value, or leave the argument out.", param, ctx)
        return super().convert(value, param, ctx)


class CommaSeparated(click.types.StringParamType):
    r"""A text that can be given several times; separated by commas in the environment variable, as names hold blanks.

    Blanks around a comma do not count, nor does what is empty. `\,` is a comma inside a text.
    """

    def split_envvar_value(self, rv: str) -> list[str]:
        parts = (one.strip().replace("\\,", ",") for one in PART.findall(rv))
        return [one for one in parts if one]


class LineSeparated(click.types.StringParamType):
    """A text that can be given several times; one on each line of the environment variable, without blanks around."""

    def split_envvar_value(self, rv: str) -> list[str]:
        return [one.strip() for one in LINE_BREAK.split(rv) if one.strip()]


class FiniteRange(click.FloatRange):
    """A number in a range. Python reads `nan` as a number, which is in every range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if not isfinite(number):
            self.fail(f"{number} is not a finite number.", param, ctx)
        return number


class ReportFileType(CommaSeparated):
    """A form of the result and the file to write it to."""

    name = "form and file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        form, _, file = str(value).partition("=")
        if form not in FORMS or not file:
            self.fail(f"{value!r} is not FORM=FILE with one of {', '.join(FORMS)}.", param, ctx)
        return ReportFile(form, file)


class CommandWithBareOption(click.Command):
    """A command with an option that may stand without a value, and then has `bare_value`.

    It stands bare as the last word, or before a word that begins with a hyphen. What "=" attaches to it is its value,
    whatever that is: click itself would take `--option=-x` for two options.
    """

    bare_option: ClassVar[str]
    bare_value: ClassVar[str]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        following = [*args[1:], "--"]
        words = [
            f"{word}={self.bare_value}" if index < end and word == self.bare_option and _is_option(after) else word
            for index, (word, after) in enumerate(zip(args, following, strict=False))
        ]
        return super().parse_args(ctx, words)


def _is_option(word: str) -> bool:
    return word.startswith("-") and word != "-"
