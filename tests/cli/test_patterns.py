"""What users write for names and addresses: one reading in every command, compared with a second implementation."""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applier.patterns import escape_pattern, find_matches, find_matching_names
from tests.workspace import EXAMPLE, Workspace

KINDS = ("roles", "policies", "connections", "models", "bulk_syncs", "syncs", "webhooks")
DECOMPOSED = "Cafe\u0301"
NAMES = (
    "Orders [EU]", "Orders E", "Orders U", "a*b", "axb", "a?b", "a/b", "q\\", "q", "-x", "[", "[!a]", "Base",
    DECOMPOSED, 'it\'s "so" $HOME', " y", "syncs", "x, y", "orders e",
)  # fmt: skip
NOT_MODELS = ("Orders U", "Only a connection [1]")
"""The names of connections that no model has."""


# The second implementation: tokens, and a matcher that tries every way.


def reference(pattern: str, addresses: Collection[str]) -> set[str]:
    """Return the addresses that a pattern means."""
    pattern = unicodedata.normalize("NFC", pattern)
    if pattern == "*":
        return set(addresses)
    names = {one: one.split("/", 1)[1] for one in addresses}
    elements, wildcards = tokens(pattern)
    readings = [{one for one in addresses if one == pattern}]
    is_name = "/" not in pattern or pattern.split("/")[0] not in KINDS
    readings.append({one for one in addresses if names[one] == pattern and is_name})
    if wildcards:
        readings.append({one for one in addresses if "/" in pattern and fits(elements, one)})
        readings.append({one for one in addresses if fits(elements, names[one]) and is_name})
    else:
        plain = unescaped(pattern)
        readings.append({one for one in addresses if one == plain})
        readings.append({one for one in addresses if names[one] == plain and is_name})
    return next((one for one in readings if one), set())


def unescaped(pattern: str) -> str:
    """Return a pattern without the backslashes that escape something."""
    text = ""
    while pattern:
        if pattern[0] == "\\" and pattern[1:2] and pattern[1] in "*?[]\\":
            pattern = pattern[1:]
        text, pattern = text + pattern[0], pattern[1:]
    return text


Element = str | Callable[[str], bool] | None
"""A character, a test of one character, or None for any text."""


def tokens(pattern: str) -> tuple[list[Element], int]:
    """Return the elements of a pattern as a glob, and how many of them are wildcards."""
    found: list[Element] = []
    wildcards = 0
    while pattern:
        one, pattern = pattern[0], pattern[1:]
        if one == "\\" and pattern[:1] and pattern[0] in "*?[]\\":
            found.append(pattern[0])
            pattern = pattern[1:]
        elif one in "*?":
            found.append(None if one == "*" else lambda _: True)
            wildcards += 1
        elif one == "[" and (end := pattern.find("]", 2 if pattern[:1] in {"!", "^"} else 1)) > 0:
            inside, pattern = pattern[:end], pattern[end + 1 :]
            found.append(one_of(inside[1:], False) if inside[0] in "!^" else one_of(inside, True))
        else:
            found.append(one)
    return found, wildcards


def one_of(inside: str, wanted: bool) -> Callable[[str], bool]:
    """Return the test of a bracket: single characters and ranges; a hyphen at an end is one of the characters."""

    def test(character: str) -> bool:
        rest, hit = inside, False
        while rest:
            if len(rest) > 2 and rest[1] == "-":
                hit, rest = hit or rest[0] <= character <= rest[2], rest[3:]
            else:
                hit, rest = hit or character == rest[0], rest[1:]
        return hit is wanted

    return test


def fits(elements: list[Element], text: str) -> bool:
    if not elements:
        return not text
    first, rest = elements[0], elements[1:]
    if first is None:
        return any(fits(rest, text[count:]) for count in range(len(text) + 1))
    if not text:
        return False
    return (first == text[0] if isinstance(first, str) else first(text[0])) and fits(rest, text[1:])


letters = st.sampled_from("abc[]*?!^\\/- éE\u0301")
texts = st.text(letters, min_size=1, max_size=6)
trees = st.lists(
    st.builds(lambda kind, name: f"{kind}/{unicodedata.normalize('NFC', name)}", st.sampled_from(KINDS), texts),
    min_size=1, max_size=8, unique=True,
)  # fmt: skip


@given(trees, st.data())
def test_a_pattern_means_what_the_second_implementation_says(addresses: list[str], data: st.DataObject) -> None:
    own = st.sampled_from([*addresses, *(one.split("/", 1)[1] for one in addresses)])
    pattern = data.draw(st.one_of(texts, own, st.builds(str.__add__, st.sampled_from(["models/", "*"]), texts)))
    assert find_matches(pattern, addresses).found == reference(pattern, addresses)


@given(trees, st.data())
def test_a_literal_address_and_an_escaped_one_mean_only_themselves(addresses: list[str], data: st.DataObject) -> None:
    address = data.draw(st.sampled_from(addresses))
    for others in (addresses, [one for one in addresses if one != address]):
        expected = {address} & set(others)
        assert find_matches(escape_pattern(address), others).found == expected
        assert find_matches(escape_pattern(unicodedata.normalize("NFD", address)), others).found == expected
    assert find_matches(address, addresses).found == {address}
    assert find_matching_names(address, addresses) == {address}


KNOWN = {"a", "a[", "[", "[]", "[!]", "\\", "q\\", "]", "x", "^", "\\x", "-", "[a]", "[ax]", "[*]"}


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("a[", {"a["}),
        ("[", {"["}),
        ("[]", {"[]"}),
        ("[!]", {"[!]"}),
        ("\\", {"\\"}),
        ("q\\", {"q\\"}),
        ("\\x", {"\\x"}),
        ("\\\\x", {"\\x"}),
        ("\\[a\\]", {"[a]"}),
        ("\\[a]", {"[a]"}),
        ("[a\\]", {"[a]"}),
        ("[a]", {"[a]"}),
        ("[ax]", {"[ax]"}),
        ("[xa]", set()),
        ("[^x]", set()),
        ("[!x]", set()),
        ("[*]", {"[*]"}),
        ("[?]", set()),
        ("*[x]", {"x", "\\x"}),
        ("[ax]*", {"a", "x", "a["}),
        ("?[]x]", {"[]", "\\x"}),
        ("*[!]x]", {"a", "a[", "[", "\\", "q\\", "^", "-"}),
        ("*[^]x]", {"a", "a[", "[", "\\", "q\\", "^", "-"}),
        ("*[x^]", {"x", "\\x", "^"}),
        ("*[-x]", {"x", "\\x", "-"}),
        ("*[a\\]", {"\\", "q\\", "a"}),
        ("*[*]", set()),
        ("*[z-a]", set()),
        ("*[", {"a[", "["}),
        ("*[!]", {"[!]"}),
        ("A", set()),
        ("\\*", set()),
    ],
)
def test_brackets_are_a_choice_only_beside_a_wildcard(pattern: str, found: set[str]) -> None:
    """A bracket without its end and a backslash before anything else are ordinary characters everywhere."""
    assert find_matching_names(pattern, KNOWN) == found


def test_a_pattern_of_many_stars_is_quick() -> None:
    """A naive matcher would take longer than the universe has existed."""
    names = {f"models/{'a' * 5000}", f"models/{'a' * 5000}b"}
    assert find_matches("models/" + "*a" * 40 + "b", names).found == {f"models/{'a' * 5000}b"}


# Every command, over one tree of names.


def body(kind: str, name: str) -> str:
    if kind == "connections":
        return "{type: mysql, configuration: {hostname: h, port: 1, account: a, dbname: company, passwd: '${env:PW}'}}"
    if kind == "models":
        return f"{{connection: {json.dumps('Base')}, configuration: {{table: company.customers}}}}"
    target = "target: {connection: Warehouse, object: CUSTOMERS.CONTACTS}"
    return f"{{mode: append, model: Base, {target}, fields: {{EMAIL: email}}, schedule: {{frequency: manual}}}}"


def spec(**kinds: Collection[str]) -> str:
    warehouse = "{type: snowflake, configuration: {account: a, dbname: database, username: u, password: '${env:PW}'}}"
    lines = ["version: 1"]
    for kind, names in kinds.items():
        lines += [f"{kind}:", *(f"  {json.dumps(name)}: {body(kind, name)}" for name in names)]
        lines += [f"  Warehouse: {warehouse}"] if kind == "connections" else []
    return "\n".join(lines) + "\n"


CONNECTIONS = (*NAMES, "Only a connection [1]")
MODELS = tuple(one for one in NAMES if one not in NOT_MODELS)
SYNCS = ("Orders [EU]", "Orders E", "a*b", "axb", DECOMPOSED, "-x", "q\\")


def addresses_of(**kinds: Collection[str]) -> set[str]:
    return {f"{kind}/{unicodedata.normalize('NFC', name)}" for kind, names in kinds.items() for name in names}


ALL = addresses_of(connections=(*CONNECTIONS, "Warehouse"), models=MODELS, syncs=SYNCS)
RUNNABLE = addresses_of(syncs=SYNCS)
PATTERNS = (
    "models/Orders [EU]", "models/Orders [E]", "models/Orders [E]*", "m*",
    "s*", "*s/Orders ?", "Orders U", "Only a connection [1]", "models/Orders \\[EU\\]",
    "models/a*b", "models/a\\*b", "models/a?b", "models/q\\", "models/-x", f"models/{DECOMPOSED}", "models/[!O]*",
    "syncs/*",     'models/it\'s "so" $HOME', "models/ y", "models/[", "models/[!a]", "a/b*", "*E", "models/ORDERS E",
    "syncs/Orders [EU]", "-x", "models/Orders [EU", "*",
)  # fmt: skip


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace in which every name is live."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copytree(EXAMPLE / "seed", folder / "seed")
    made = Workspace.local(folder, PW="hidden-password")
    made.write("spec.yaml", spec(connections=CONNECTIONS, models=MODELS, syncs=SYNCS))
    done = made("apply", "--yes", "-q")
    assert done.code == 0, done.err
    return made


def changed(tree: Workspace, *arguments: str) -> set[str]:
    """Return the addresses of the changes of a plan in JSON."""
    done = tree(*arguments, "-o", "json", "-q")
    return {one["address"] for one in done.json.get("changes", ())}


def edited(tree: Workspace) -> None:
    """Write a spec in which every resource differs from what is live."""
    text = spec(connections=CONNECTIONS, models=MODELS, syncs=SYNCS)
    text = text.replace("hostname: h", "hostname: h2").replace("account: a,", "account: a2,")
    text = text.replace("company.customers}", "company.customers}, identifier: email").replace(
        "EMAIL: email", "EMAIL: id"
    )
    tree.write("edited/spec.yaml", text)


def targets(tree: Workspace, pattern: str) -> set[str]:
    edited(tree)
    return changed(tree, "plan", "edited", "--no-checks", "--exclude=" + pattern) ^ ALL


def pushed(tree: Workspace, pattern: str) -> set[str]:
    return changed(tree, "plan", "spec.yaml", "--no-checks", "--push-secrets=" + pattern)


def exported(tree: Workspace, pattern: str) -> set[str]:
    """Return what an export declares and manages."""
    import yaml

    value = yaml.safe_load(tree("export", "--only=" + pattern, "-q").out) or {}
    entries = (
        (f"{kind}/{name}", one) for kind, part in value.items() if kind != "version" for name, one in part.items()
    )
    return {address for address, one in entries if one.get("managed") is not False}


def pulled(tree: Workspace, pattern: str) -> set[str]:
    """Return what a pull would change; every resource is one line of the file."""
    edited(tree)
    patch = tree("pull", "--path", "edited", "--dry-run", "-q", "--", pattern).out.splitlines()
    kinds = {"{type: ": "connections", "{connection: ": "models", "{mode: ": "syncs"}
    lines = [line[1:].strip().partition(": {") for line in patch if line.startswith("-  ")]
    names = [(json.loads(key) if key[0] == '"' else key, "{" + rest) for key, _, rest in lines]
    return {
        f"{kind}/{unicodedata.normalize('NFC', name)}"
        for name, rest in names
        for start, kind in kinds.items()
        if rest.startswith(start)
    }


def statuses(tree: Workspace, pattern: str) -> set[str]:
    done = tree("status", "-o", "json", "-q", "--", pattern)
    return {one["address"] for one in done.json.get("runs", ())}


def targeted(tree: Workspace, pattern: str) -> set[str]:
    """Return what a target selects without its dependencies."""
    edited(tree)
    needed = {"connections/Base", "connections/Warehouse", "models/Base"}
    return changed(tree, "plan", "edited", "--no-checks", "--target=" + pattern) - needed


def excluded(tree: Workspace, pattern: str) -> set[str]:
    edited(tree)
    found = changed(tree, "plan", "edited", "--no-checks", "--exclude=" + pattern)
    return ALL - found if found else set()


COMMANDS = {
    "target": targeted,
    "exclude": excluded,
    "push-secrets": pushed,
    "export": exported,
    "pull": pulled,
    "status": statuses,
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_selects_what_a_pattern_means(tree: Workspace, command: str) -> None:
    wrong = {}
    for pattern in PATTERNS[[*COMMANDS].index(command) % 2 :: 2]:  # the reading is the same in all commands
        expected = reference(pattern, RUNNABLE if command == "status" else ALL)
        if len(expected) > 1 and all(one.endswith("/" + pattern) for one in expected):
            expected = set()  # the name of several kinds is an error
        if command == "target":
            expected -= {"connections/Base", "connections/Warehouse", "models/Base"}
        if command == "push-secrets":
            expected = {one for one in expected if one.startswith("connections/")}
        if (command, pattern) not in NOT_SAID and (found := COMMANDS[command](tree, pattern)) != expected:
            wrong[pattern] = (sorted(found), sorted(expected))
    assert wrong == {}


NOT_SAID = {("exclude", "*")}
"""Without everything nothing is left."""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("destroy", "spec.yaml", "-t", "models/Orders"), 'No address in the spec matches "models/Orders".'),
        (("plan", "spec.yaml", "-t", "Orders [EU]"), '"Orders [EU]" is the name of 3 resources: connections/'),
        (("plan", "spec.yaml", "-x", "models/nothing*"), 'No address in the spec matches "models/nothing*".'),
        (("plan", "spec.yaml", "--push-secrets", "models/[0-9]"), 'No address in the spec matches "models/[0-9]".'),
        (("pull", "--path", "spec.yaml", "Axb"), 'No address in the spec matches "Axb".'),
        (("export", "--only", "models/Z"), 'No live object matches "models/Z".'),
        (("adopt", "Orders [EU]", "--file", "new.yaml"), '"Orders [EU]" is the name of 3 resources: '),
        (("run", "Orders"), 'Live sync "Orders" not found.'),
        (("status", "Orders [U]"), 'Live sync "Orders [U]" not found.'),
        (("scaffold", "model", "Base", "--table", "Company.*"), 'The connection "Base" lists no source that matches'),
        (("plan", "spec.yaml", "--explain", "Orders [EU]"), '"Orders [EU]" is the name of 3 resources: '),
    ],
)  # fmt: skip
def test_what_matches_nothing_or_is_ambiguous_is_an_error(
    tree: Workspace, arguments: tuple[str, ...], message: str
) -> None:
    done = tree(*arguments)
    errors = [line for line in done.err.splitlines() if line.startswith("error: ")]
    assert done.code == 1
    assert [line.startswith(f"error: {message}") for line in errors] == [True]
    assert "hint: " in done.err


def test_a_live_name_that_is_not_declared_is_no_glob(tree: Workspace) -> None:
    """`models/Orders [EU]` is live: that the spec does not declare it does not make it mean `models/Orders E`."""
    tree.write("part/spec.yaml", spec(connections=("Base",), models=("Orders E", "Orders U")))
    done = tree("destroy", "part", "--yes", "-t", "models/Orders [EU]")
    assert (done.code, done.err.splitlines()[0]) == (
        1, 'error: No address in the spec matches "models/Orders [EU]". [no-such-address]',
    )  # fmt: skip
    assert "hint: it is live, but not declared" in done.err


def test_a_bare_name_is_enough_where_one_kind_has_it(tree: Workspace) -> None:
    assert tree("plan", "spec.yaml", "--explain", "Only a connection [1]").code == 0
    assert tree("adopt", "Only a connection [1]", "--file", "../bare-name/adopted.yaml", "-q").code == 0
    assert 'connections:\n  "Only a connection [1]":\n' in tree.read("../bare-name/adopted.yaml")
    assert tree("run", "-q", "--", "-x").out.splitlines()[0] == "syncs/-x: not started"  # as it is not active


# owns


OWNED = ("Orders [EU]", "Orders E", "Orders U", "Keep")


@pytest.fixture
def owner(tmp_path: Path) -> Workspace:
    """A workspace in which four models are live and none but `Keep` is declared."""
    shutil.copytree(EXAMPLE / "seed", tmp_path / "seed")
    made = Workspace.local(tmp_path, PW="hidden-password")
    made.write("spec.yaml", spec(connections=("Base",), models=OWNED))
    assert made("apply", "--yes", "-q").code == 0
    return made


def pruned(owner: Workspace, *patterns: str) -> tuple[set[str], list[str]]:
    """Return what a prune would delete, and the codes of what is said."""
    owner.write(
        "spec.yaml", spec(connections=("Base",), models=("Keep",)) + f"owns: {{models: {json.dumps(patterns)}}}\n"
    )
    made = owner("plan", "--prune", "--no-checks", "-o", "json").json
    deletes = {one["name"] for one in made["changes"] if one["action"] == "delete"}
    return deletes, [one["code"] for one in made["diagnostics"] if one["code"] != "secret-in-file"]


@pytest.mark.parametrize(
    ("patterns", "deletes", "codes"),
    [
        (["Orders [EU]"], {"Orders [EU]"}, []),
        (["Orders \\[EU\\]"], {"Orders [EU]"}, []),
        (["Orders [U]"], set(), ["no-effect"]),
        (["Orders \\[U\\]"], set(), []),
        (["Orders [E-U]"], set(), ["no-effect"]),
        (["Orders [1-9]"], set(), []),
        (["Orders [EU]*"], {"Orders E", "Orders U"}, []),
        (["Orders [^E]*"], {"Orders U", "Orders [EU]"}, []),
        (["Order [EU]"], set(), ["no-effect"]),
        (["Orders [US]"], set(), ["no-effect"]),  # beside a wildcard, it would match Orders U,
        (["models/Order*"], set(), ["no-effect"]),
        (["models/Nothing*"], set(), []),
        (["Orders EU"], set(), []),
        (["Orders [A-Z]*"], {"Orders E", "Orders U"}, []),
        (["Orders ?"], {"Orders E", "Orders U"}, []),
        (["Orders*"], {"Orders [EU]", "Orders E", "Orders U"}, []),
        (["Nothing*"], set(), []),
        (["Order E"], set(), ["no-effect"]),
        (["Quite another name"], set(), []),
        (["models/Orders E"], set(), ["no-effect"]),
    ],
)  # fmt: skip
def test_what_owns_means(owner: Workspace, patterns: list[str], deletes: set[str], codes: list[str]) -> None:
    assert pruned(owner, *patterns) == (deletes, codes)


def test_a_name_in_owns_that_becomes_a_glob_is_pointed_out(owner: Workspace) -> None:
    """Before the first prune deletes the object, and with it the one reading of the pattern."""
    owner.write("spec.yaml", spec(connections=("Base",), models=("Keep", "Orders *")))
    assert owner("apply", "--yes", "-q", "--no-checks").code == 0
    assert pruned(owner, "Orders *") == ({"Orders *"}, ["name-or-glob"])
    told = 'owns names the model "Orders *" alone, as long as something has this name. Afterwards it is a glob, which '
    told += 'matches "Orders E", "Orders U", "Orders [EU]".'
    assert owner("plan", "--prune", "--no-checks").err.splitlines()[-2:] == [
        f"spec.yaml:7:17: warning: {told} [name-or-glob]",
        '  hint: write "Orders \\\\*" for the name',
    ]
    assert pruned(owner, "Orders \\*") == ({"Orders *"}, [])
    owner("apply", "--prune", "--force", "--yes", "-q", "--no-checks")
    assert pruned(owner, "Orders \\*") == (set(), [])


def test_a_name_with_brackets_in_owns_that_is_gone_is_no_glob(owner: Workspace) -> None:
    for written in ("Orders [EU]", "Orders \\[EU\\]"):
        pruned(owner, written)
        owner("apply", "--prune", "--force", "--yes", "-q", "--no-checks")
        deletes, codes = pruned(owner, written)
        assert (deletes, codes) == (set(), ["no-effect"] if written == "Orders [EU]" else [])
    pruned(owner, "Orders [EU]")
    done = owner("plan", "--prune", "--no-checks")
    assert done.err.splitlines()[-2:] == [
        'spec.yaml:7:17: warning: owns names the model "Orders [EU]", which does not exist. [no-effect]',
        '  hint: Brackets stand for themselves in a pattern without * or ?. Write "Orders \\\\[EU\\\\]" for the name',
    ]


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        (("plan", "-t", "Orders [EUV]"), 'No address in the spec matches "Orders [EUV]"', "did you mean"),
        (("plan", "-t", "syncs*"), 'No address in the spec matches "syncs*"', 'did you mean "syncs/*"?'),
        (("plan", "-t", "models"), 'No address in the spec matches "models"', 'did you mean "models/*"?'),
        (("plan", "-t", "models/"), 'No address in the spec matches "models/"', 'did you mean "models/*"?'),
        (("plan", "-t", "model"), 'No address in the spec matches "model"', 'did you mean "models/*"?'),
        (("destroy", "-t", "m*"), 'No address in the spec matches "m*"', 'addresses look like "syncs/NAME"'),
        (("run", "s*"), 'Live sync "s*" not found', "run `applier status` to list live syncs"),
        (("run", "syncs*"), 'Live sync "syncs*" not found', 'did you mean "syncs/*"?'),
        (("run", "syncs/Orders [EU]"), 'Live sync "syncs/Orders [EU]" not found', "Brackets stand for themselves"),
        (("adopt", "Orders [1-9]", "--file", "a.yaml"), 'No live object matches "Orders [1-9]"', "did you mean"),
    ],
)  # fmt: skip
def test_a_pattern_without_a_match_says_how_it_was_read(
    owner: Workspace, arguments: tuple[str, ...], error: str, hint: str
) -> None:
    command, *rest = arguments
    done = owner(command, *(["spec.yaml"] if command in {"plan", "destroy"} else []), *rest)
    lines = [one for one in done.err.splitlines() if one.startswith(("error: ", "  hint: "))]
    assert (done.code, len(lines)) == (1, 2)
    assert lines[0].startswith(f"error: {error}. [no-such-")
    assert lines[1].startswith(f"  hint: {hint}")
    assert ("Brackets stand for themselves in a pattern without * or ?." in lines[1]) is ("[" in rest[-1] + rest[0])


NO_PATTERN = "removed takes names as they are, no patterns. It would match "


@pytest.mark.parametrize(
    ("removed", "hint"),
    [
        ("models: [Order E]", 'did you mean "Orders E"?'),
        ("models: [models/Orders E]", 'write "Orders E": the kind stands above it'),
        ('models: ["Orders ?"]', NO_PATTERN + '"Orders E", "Orders U"'),
        ('models: ["Orders \\\\[EU\\\\]"]', NO_PATTERN + '"Orders [EU]"'),
        ('models: [{name: "orders u", destroy: false}]', 'did you mean "Orders U"?'),
        ("models: [Orders N]", None),
        ("models: [Kepp]", None),  # Keep is declared
        ("models: [Orders E]", None),
    ],
)  # fmt: skip
def test_a_name_in_removed_that_is_probably_wrong_is_pointed_out(
    owner: Workspace, removed: str, hint: str | None
) -> None:
    owner.write("spec.yaml", spec(connections=("Base",), models=("Keep",)) + f"removed: {{{removed}}}\n")
    lines = owner("plan", "--no-checks").err.splitlines()
    said = [lines[index : index + 2] for index, one in enumerate(lines) if "[no-effect]" in one]
    if hint is None:
        assert said == []
    else:
        [(warning, told)] = said
        assert warning.startswith('spec.yaml:7:20: warning: removed names the model "')
        assert told == f"  hint: {hint}"


def test_explain_takes_a_pattern_with_one_match(owner: Workspace) -> None:
    one = owner("plan", "spec.yaml", "--no-checks", "--explain", "K*")
    assert (one.code, one.out) == (0, owner("plan", "spec.yaml", "--no-checks", "--explain", "models/Keep").out)
    many = owner("plan", "spec.yaml", "--no-checks", "--explain", "Orders ?")
    assert (many.code, many.err.splitlines()[-2:]) == (
        1,
        [
            'error: "Orders ?" matches 2 resources: models/Orders E, models/Orders U. [ambiguous-target]',
            '  hint: write the address, such as "models/Orders E"',
        ],
    )
