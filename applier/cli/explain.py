"""`applier explain`: the rules by which models and syncs are checked against what connections offer."""

from __future__ import annotations

import click

from applier.cli import options


@click.command("explain", short_help="Tell what a rule looks at, with an example.")
@click.argument("rule", required=False, metavar="[RULE]")
@options.output
def command(rule: str | None, output: str, **given: object) -> int:  # noqa: ARG001 - the options are shared
    """Tell what a RULE of the checks looks at, how bad a finding is, and an example of wrong and right; without one
    list them all. The code in brackets at the end of a message is its rule."""
    import json
    from dataclasses import asdict

    from applier.checks.nearness import meant
    from applier.checks.rules import RULES

    if rule is not None and rule not in RULES:
        hint = meant(rule, RULES) or "applier explain lists them all"
        raise click.ClickException(f'there is no rule "{rule}"; {hint}')
    shown = [RULES[rule]] if rule is not None else list(RULES.values())
    if output == "json":
        click.echo(json.dumps([asdict(one) for one in shown], indent=2, ensure_ascii=False))
    elif rule is None:
        width = max(map(len, RULES))
        click.echo("\n".join(f"{one.code.ljust(width)}  {one.severity.value.ljust(7)}  {one.summary}" for one in shown))
    else:
        one = shown[0]
        click.echo(
            f"{one.code} ({one.severity}): {one.summary}\n\n{one.why}\n\nwrong:\n    {one.bad}\nright:\n    {one.good}"
        )
        click.echo(f"\nIn the spec `checks: {{{one.code}: warning}}` makes it a warning, `off` leaves it out.")
    return 0
