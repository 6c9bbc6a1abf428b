"""`applier explain`: explains a diagnostic code; a rule of the checks with an example."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from applier.cli import flags
from applier.cli.console import print_text
from applier.cli.option_values import Options

if TYPE_CHECKING:
    from applier.checks.rules import Rule
    from applier.diagnostics.codes import Code


@click.command("explain", short_help="Explain a diagnostic code.")
@click.argument("code", required=False, metavar="[CODE]")
@flags.output
@flags.with_options
def command(options: Options, code: str | None) -> int:
    """Explain a CODE, which is in brackets at the end of a message: its severity and meaning and, for a rule of the
    checks, a wrong and a right example. Without CODE, list all codes."""
    import json
    from dataclasses import asdict

    from applier.checks.rules import RULES
    from applier.diagnostics.codes import CODES
    from applier.diagnostics.suggestions import suggest

    known: dict[str, Code | Rule] = {**RULES, **CODES}
    if code is not None and code not in known:
        hint = suggest(code, known) or "run `applier explain` to list all codes"
        raise click.ClickException(f'unknown code "{code}"; {hint}')
    chosen = [known[code]] if code is not None else list(known.values())
    if options.output.output == "json":
        print_text(json.dumps([asdict(one) for one in chosen], indent=2, ensure_ascii=False), document=True)
    elif code is None:
        click.echo(_list(chosen))
    elif code in RULES:
        click.echo(_describe_rule(RULES[code]))
    else:
        click.echo(_describe_code(CODES[code]))
    return 0


def _list(codes: list[Code | Rule]) -> str:
    width = max(len(one.code) for one in codes)
    return "\n".join(f"{one.code.ljust(width)}  {one.severity.value.ljust(7)}  {one.summary}" for one in codes)


def _describe_code(one: Code) -> str:
    return f"{one.code} ({one.severity}, {one.origin}): {one.summary}\n\n{_wrap(one.why)}"


def _describe_rule(one: Rule) -> str:
    other = "a warning" if one.severity == "error" else "an error"
    setting = f"In the spec, `checks: {{{one.code}: {other.split()[1]}}}` makes it {other}; `off` disables it."
    head = _wrap(f"{one.code} ({one.severity}): {one.summary}")
    examples = f"wrong:\n{_format_example(one.bad)}\nright:\n{_format_example(one.good)}"
    return f"{head}\n\n{_wrap(one.why)}\n\n{examples}\n\n{_wrap(setting)}"


def _format_example(line: str) -> str:
    """Return a line of YAML with its comment above."""
    yaml, _, remark = line.partition("  # ")
    return "\n".join(f"    {one}" for one in ([f"# {remark}"] if remark else []) + [yaml.rstrip()])


def _wrap(sentences: str) -> str:
    import textwrap

    return textwrap.fill(sentences, 79, break_on_hyphens=False)
