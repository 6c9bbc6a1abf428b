"""`applier explain`: what the code at the end of a message means, and the rules of the checks with an example."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from applier.cli import options

if TYPE_CHECKING:
    from applier.checks.rules import Rule
    from applier.diagnostics.codes import Code


@click.command("explain", short_help="Tell what a code means; for a check, an example.")
@click.argument("code", required=False, metavar="[CODE]")
@options.output
def command(code: str | None, output: str, **given: object) -> int:  # noqa: ARG001 - the options are shared
    """Tell what a CODE means, which stands in brackets at the end of a message, and how bad it is; for a rule of the
    checks also an example of wrong and right. Without one list them all."""
    import json
    from dataclasses import asdict

    from applier.checks.rules import RULES
    from applier.diagnostics.codes import CODES
    from applier.diagnostics.suggestions import suggest

    known: dict[str, Code | Rule] = {**RULES, **CODES}
    if code is not None and code not in known:
        hint = suggest(code, known) or "applier explain lists them all"
        raise click.ClickException(f'there is no code "{code}"; {hint}')
    shown = [known[code]] if code is not None else list(known.values())
    if output == "json":
        click.echo(json.dumps([asdict(one) for one in shown], indent=2, ensure_ascii=False))
    elif code is None:
        width = max(map(len, known))
        click.echo("\n".join(f"{one.code.ljust(width)}  {one.severity.value.ljust(7)}  {one.summary}" for one in shown))
    elif code in RULES:
        click.echo(_rule(RULES[code]))
    else:
        one = CODES[code]
        click.echo(f"{one.code} ({one.severity}, {one.origin}): {one.summary}\n\n{_wrapped(one.why)}")
    return 0


def _rule(one: Rule) -> str:
    other = "a warning" if one.severity == "error" else "an error"
    said = f"In the spec `checks: {{{one.code}: {other.split()[1]}}}` makes it {other}, `off` leaves it out."
    head = _wrapped(f"{one.code} ({one.severity}): {one.summary}")
    examples = f"wrong:\n{_example(one.bad)}\nright:\n{_example(one.good)}"
    return f"{head}\n\n{_wrapped(one.why)}\n\n{examples}\n\n{_wrapped(said)}"


def _example(line: str) -> str:
    """A line of YAML, with its comment above."""
    yaml, _, remark = line.partition("  # ")
    return "\n".join(f"    {one}" for one in ([f"# {remark}"] if remark else []) + [yaml.rstrip()])


def _wrapped(sentences: str) -> str:
    import textwrap

    return textwrap.fill(sentences, 79, break_on_hyphens=False)
