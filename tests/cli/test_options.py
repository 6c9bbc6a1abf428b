"""Every option of every command arrives: in a group of the shared options, or as an argument of the command."""

from __future__ import annotations

import inspect
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from applier.cli.flags import GROUPS
from applier.cli.option_values import Options
from applier.cli.program import COMMANDS, cli
from tests.workspace import EXAMPLE, Workspace

SHARED = [one.name for group in GROUPS.values() for one in fields(group)]


def commands(group: click.Group, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield the words that call each command, and the command."""
    for name in names:
        one = group.get_command(click.Context(group), name)
        assert one is not None
        if isinstance(one, click.Group):
            yield from (((name, *words), command) for words, command in commands(one, tuple(one.commands)))
        else:
            yield (name,), one


ALL = dict(commands(cli, COMMANDS))
JOINED = {"keys": {"api_key", "partner_key", "no_key"}}  # arguments that are made of several options


@pytest.mark.parametrize("command", ALL.values(), ids=map(" ".join, ALL))
def test_every_option_arrives(command: click.Command) -> None:
    assert command.callback is not None
    takes = inspect.signature(inspect.unwrap(command.callback)).parameters
    given = {str(one.name) for one in command.params}
    joined = {name for made_of in JOINED.keys() & takes.keys() for name in JOINED[made_of]}
    assert given - {*takes} - joined <= ({*SHARED} if "options" in takes else set())
    assert {*takes} - {"options", *JOINED} | joined <= given


def test_no_two_groups_share_a_name() -> None:
    assert len(SHARED) == len({*SHARED})
    assert GROUPS.keys() == {one.name for one in fields(Options)}


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_an_option_that_is_given_empty_is_an_error(words: tuple[str, ...], tmp_path: Path) -> None:
    """A script has no value for it: to go on would use another environment, address or folder."""
    applier = Workspace.local(tmp_path)
    options = [one for one in ALL[words].params if isinstance(one, click.Option) and not one.is_flag]
    for option in options:
        result = applier(*words, option.opts[0], *[""] * option.nargs)
        name = " / ".join(f"'{one}'" for one in option.opts)
        sentence = f"Error: Invalid value for {name}: it is empty; give it a value, or leave the option out.\n"
        assert (result.code, result.out, result.err.partition("\n\n")[2]) == (1, "", sentence)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("words", [("plan",), ("destroy", "--yes"), ("validate",), ("fmt",), ("init",), ("graph",)])
def test_an_empty_path_is_not_the_current_folder(words: tuple[str, ...], tmp_path: Path) -> None:
    result = Workspace.local(tmp_path)(*words, "")
    sentence = "it is empty; give it a value, or leave the argument out.\n"
    assert (result.code, result.out, result.err.rpartition(": ")[2]) == (1, "", sentence)
    assert [*tmp_path.iterdir()] == []


def test_an_option_that_the_environment_sets_to_nothing_is_not_set(tmp_path: Path) -> None:
    applier = Workspace.local(tmp_path)
    applier.write("spec.yaml", "connections: {C: {managed: false}}")
    variables = {variable for command in ALL.values() for one in command.params for variable in _variables(one)}
    kept = {"APPLIER_SANDBOX", "APPLIER_SANDBOX_DATA"}
    empty = dict.fromkeys(variables - kept | {"POLYTOMIC_DEPLOYMENT_URL", "POLYTOMIC_API_KEY"}, "")
    assert len(empty) > 40
    for words in (("validate",), ("plan", "-o", "json"), ("drift",), ("export",), ("status",), ("graph",)):
        assert applier(*words, **empty) == applier(*words)


def _variables(one: click.Parameter) -> list[str]:
    return [one.envvar] if isinstance(one.envvar, str) else [*(one.envvar or ())]


@pytest.mark.parametrize(
    ("words", "range_text"), [(("plan", "--timeout"), "x>=1"), (("drift", "--min-coverage"), "0<=x<=100")]
)
def test_numbers_of_options_are_finite(words: tuple[str, ...], range_text: str, tmp_path: Path) -> None:
    applier = Workspace.local(tmp_path)
    for value in ("nan", "NaN", "-nan"):
        assert applier(*words, value).err.endswith(": nan is not a finite number.\n")
    for value in ("inf", "1e999", "-1"):
        result = applier(*words, value)
        assert (result.code, result.out) == (1, "")
        assert result.err.endswith((f"is not in the range {range_text}.\n", ": inf is not a finite number.\n"))


@pytest.fixture(scope="module")
def hyphens(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace in which the connections `-x`, `-y` and `a` are live, all with a secret."""
    applier = Workspace.local(tmp_path_factory.mktemp("hyphens"), PW="hidden-password")
    body = "{type: mysql, configuration: {hostname: h, port: 1, account: a, dbname: d, passwd: '${env:PW}'}}"
    applier.write("f.yaml", f'connections: {{"-x": {body}, "-y": {body}, a: {body}, "b, c": {body}}}')
    assert applier("apply", "-y", "-q").code == 0
    return applier


EVERY = {"-x", "-y", "a", "b, c"}


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        (("--push-secrets=-x",), {"-x"}),
        (("--push-secrets=-y", "f.yaml"), {"-y"}),
        (("--push-secrets=-x", "--push-secrets", "a"), {"-x", "a"}),
        (("--push-secrets=*",), EVERY),
        (("--push-secrets", "*", "f.yaml"), EVERY),
        (("f.yaml", "--push-secrets"), EVERY),
        (("--push-secrets", "-q", "f.yaml"), EVERY),
        (("--push-secrets", "--", "f.yaml"), EVERY),
        (("--push-secrets", "-x", "connections/-x", "f.yaml"), EVERY - {"-x"}),
        (("--push-secrets", "--push-secrets", "a"), EVERY),
        (("--push-secrets", "a", "f.yaml"), {"a"}),
        (("f.yaml",), set()),
    ],
)  # fmt: skip
def test_what_is_attached_to_push_secrets_is_its_value(
    words: tuple[str, ...], sent: set[str], hyphens: Workspace
) -> None:
    done = hyphens("plan", "-o", "json", "--no-checks", *words)
    assert {one["name"] for one in done.json["changes"]} == sent


@pytest.mark.parametrize("value", ["1", "true", "TRUE"])
def test_push_secrets_in_the_environment_takes_a_pattern(value: str, hyphens: Workspace) -> None:
    done = hyphens("plan", APPLIER_PUSH_SECRETS=value)
    assert done.code == 1
    assert (
        f'error: No address in the spec matches "{value}". [no-such-address]\n  hint: everything is "*"\n' in done.err
    )
    assert hyphens("plan", "--push-secrets", "-", "-q").code == 1  # a hyphen alone is a value


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (" a , connections/-x ", {"a", "-x"}),
        ("a,,", {"a"}),
        (",", set()),
        ("b\\, c", {"b, c"}),
        ("b\\, c,a", {"b, c", "a"}),
        ("a\n", {"a"}),
    ],
)  # fmt: skip
def test_a_list_in_the_environment_is_separated_by_commas(value: str, sent: set[str], hyphens: Workspace) -> None:
    done = hyphens("plan", "-o", "json", "--no-checks", APPLIER_PUSH_SECRETS=value)
    assert {one["name"] for one in done.json["changes"]} == sent


def test_variables_in_the_environment_stand_on_lines(tmp_path: Path) -> None:
    applier = Workspace.local(tmp_path)
    applier.write("spec.yaml", 'variables: {a: "", b: ""}\nmodels: {M: {managed: false}}\n')
    applier.write("x, y.vars.yaml", "a: text\n")
    for value in ("a=1,2\nb=3", "a=1,2\r\nb=3\r\n", "\n\n  a=1 \r\r  b=2\n \n"):
        assert applier("validate", APPLIER_VAR=value).code == 0
    files = applier("validate", APPLIER_VAR_FILE=" x\\, y.vars.yaml ,, gone.yaml,")
    assert files.err.count("error: ") == 1
    assert "gone.yaml" in files.err


@pytest.mark.parametrize("value", [" ", "\t"])
def test_a_blank_url_in_the_environment_is_not_the_usual_one(value: str, tmp_path: Path) -> None:
    applier = Workspace(tmp_path, {"POLYTOMIC_API_KEY": "key"})
    applier.write("spec.yaml", "connections: {C: {managed: false}}")
    done = applier("plan", POLYTOMIC_DEPLOYMENT_URL=value)
    assert (done.code, done.err) == (
        1, "error: POLYTOMIC_DEPLOYMENT_URL is empty. [service]\n  hint: give it a URL, or leave it out\n",
    )  # fmt: skip


def test_a_command_to_copy_works_for_names_and_paths_that_begin_with_a_hyphen(tmp_path: Path) -> None:
    """Each command is taken from what is printed, as a shell would, and called."""
    shutil.copytree(EXAMPLE / "seed", tmp_path / "seed")
    applier = Workspace.local(tmp_path, PW="hidden-password")
    made = applier("init", "--", "-new project")
    printed = [one.partition("applier ")[2] for one in made.out.splitlines() if "  applier " in one]
    assert printed == ["apply './-new project' --sandbox --yes --run", "validate './-new project'"]
    assert applier(*shlex.split(printed[1])).code == 0

    body = "{type: mysql, configuration: {hostname: h, port: 1, account: a, dbname: company, passwd: '${env:PW}'}}"
    applier.write("-spec.yaml", f'connections: {{"-x y": {body}}}')
    saved = applier("plan", "./-spec.yaml", "--out=-my plan")
    command = saved.err.splitlines()[-1].partition("apply it with: applier ")[2]
    assert command == "apply './-my plan'"
    assert applier(*shlex.split(command), "-y").code == 0

    scaffolded = applier("scaffold", "model", "--table", "nowhere", "--", "-x y")
    assert scaffolded.code == 1
    command = scaffolded.err.rpartition("applier ")[2].strip()
    assert command == "inspect source -- '-x y'"
    assert applier(*shlex.split(command)).code == 0

    applier.write("-values.yaml", "a: text\n")
    applier.write("v.yaml", 'variables: {a: ""}\nconnections: {C: {managed: false}}\n')
    hint = applier("validate", "v.yaml", "./-values.yaml").err.splitlines()[1]
    command = hint.partition("give it with ")[2].partition(";")[0]
    assert command == "--var-file ./-values.yaml"
    assert applier("validate", "v.yaml", *shlex.split(command)).code == 0
