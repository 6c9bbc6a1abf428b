"""`applier.lock`: what is wrong in it has a place, another key is noticed, two sides are merged secret by secret."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from applier.diagnostics import Diagnostic
from applier.plan.lock_merge import KeysDiffer, Sides, merge_locks, split_conflicts
from applier.plan.lock_text import BadLock, Lock, format_lock, parse_lock
from applier.plan.secret_digests import SEND_AGAIN
from tests.effort import scale
from tests.system import minimal_environment, needs_git, needs_links, needs_named_pipes, needs_shell
from tests.workspace import ROOT, Result, Sandbox, Workspace

KEY, OTHER, THIRD = "0123456789abcdef-a", "0123456789abcdef-b", "0123456789abcdef-c"
RESTORE = "restore the file from git; or delete it: its secrets are then not compared until they are applied again"
SPEC = """\
version: 1
connections:
  A: {type: postgresql, configuration: {hostname: a, port: 1, database: d, username: u, password: "${env:PW_A}"}}
  B: {type: postgresql, configuration: {hostname: b, port: 1, database: d, username: u, password: "${env:PW_B}"}}
"""
ONE, TWO, THREE = "1" * 32, "2" * 32, "3" * 32
MEMBER = "configuration.password"
A, B = "connections/A", "connections/B"
UNCHANGED = "Nothing to do: 2 resources unchanged.\n"


@pytest.fixture
def project(tmp_path: Path) -> Workspace:
    workspace = Workspace.local(tmp_path, PW_A="first-of-a", PW_B="first-of-b", APPLIER_LOCK_KEY=KEY)
    workspace.write("spec.yaml", SPEC)
    return workspace


@pytest.fixture
def applied(project: Workspace) -> Workspace:
    assert project("apply", "--yes", "-q").code == 0
    return project


def changed(result: Result) -> list[str]:
    """Return the lines of a plan that name what it changes."""
    return [line.removesuffix("  [config]") for line in result.out.splitlines() if line.startswith("~")]


def lock_of(key: str, **digests: str) -> Lock:
    return Lock({f"connections/{name}": {MEMBER: digest} for name, digest in digests.items()}, key)


# --- what is no lock


def at(line: int, column: int, detail: str, hint: str = RESTORE) -> str:
    return f"applier.lock:{line}:{column}: error: {detail} [bad-lock]\n  hint: {hint}\n"


DIGEST = "Expected a digest, which has 32 hexadecimal digits, not"
MERGE = "merge the sides: applier lock merge applier.lock"
CONFLICT = "The file has a merge conflict that is not resolved."
GOOD = '{"version": 2, "secrets": {"connections/A": {"p": "' + ONE + '"}}}'
DAMAGED = {
    "empty": ("", at(1, 1, "The file is empty; expected a JSON object.")),
    "null": ("null", at(1, 1, "Expected an object, not null.")),
    "list": ("[]", at(1, 1, "Expected an object, not a list.")),
    "number": ("\n 17", at(2, 2, "Expected an object, not a number.")),
    "unfinished": ("{", at(1, 2, "The file is not JSON: expecting property name enclosed in double quotes.")),
    "nested lists": ("[" * 200_000, at(1, 11, "The file has more than 10 levels; a lock has 3.")),
    "nested objects": ('{"a":' * 200_000, at(1, 51, "The file has more than 10 levels; a lock has 3.")),
    "endless text": ('{"a": "' + '\\"' * 200_000, at(1, 7, "The file is not JSON: unterminated string starting at.")),
    "not a number": ('{"version": NaN}', at(1, 1, "The file is not JSON: NaN is no value.")),
    "no version": ("{}", at(1, 1, 'The member "version" is missing.')),
    "no secrets": ('{"version": 2}', at(1, 1, 'The member "secrets" is missing.')),
    "later version": (
        '{\n  "version": 3}',
        at(2, 3, "The file has version 3, which a later applier wrote; expected 2 or less.", "update applier"),
    ),
    "no such version": ('{"version": 0}', at(1, 2, "Expected version 1 or 2.")),
    "true version": ('{"version": true}', at(1, 2, "Expected version 1 or 2.")),
    "long version": ('{"version": ' + "9" * 5000 + "}", at(1, 2, "Expected version 1 or 2.")),
    "key": (
        '{"version": 2, "key": 5, "secrets": {}}',
        at(1, 16, "Expected the id of a key, which has 32 hexadecimal digits."),
    ),
    "secrets": (
        '{"version": 2, "secrets": []}',
        at(1, 16, "Expected an object of addresses, not a list."),
    ),
    "all at once": (
        (
            '{"version": 2, "secrets": {\n "a": 5,\n "b": {"p": 5, "q": null, "r": [],\n'
            ' "s": "x", "s": "y"}},\n "more": 1}'
        ),
        at(2, 2, "Expected an object of digests, not a number.")
        + at(3, 8, f"{DIGEST} a number.")
        + at(3, 16, f"{DIGEST} null.")
        + at(3, 27, f"{DIGEST} a list.")
        + at(4, 2, f'{DIGEST} "y".')
        + at(4, 12, '"s" is given twice.')
        + at(5, 2, 'Unknown member "more"; expected key, secrets, version.'),
    ),
    "one address twice": (
        '{"version": 2, "secrets": {\n "caf\u00e9": {},\n "cafe\u0301": {}}}',
        at(3, 2, '"caf\\u00e9" is given twice.'),
    ),
    "conflict": (GOOD + "\n<<<<<<< HEAD\n=======\n>>>>>>> other\n", at(2, 1, CONFLICT, MERGE)),
    "conflict of diff3": ("{\n||||||| base\n", at(2, 1, CONFLICT, MERGE)),
    "end of a conflict": ("{\r\n>>>>>>>\r\n", at(2, 1, CONFLICT, MERGE)),
}


@pytest.mark.parametrize(("content", "said"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_lock_is_reported_with_its_places(project: Workspace, content: str, said: str) -> None:
    project.write("applier.lock", content)
    refused = project("plan", "-q")
    assert (refused.code, refused.out, refused.err) == (1, "", said)
    assert (project.folder / "applier.lock").read_bytes() == content.encode()


def test_a_lock_that_is_not_utf8_is_reported(project: Workspace) -> None:
    (project.folder / "applier.lock").write_bytes(b'{\n  "\xc3\xa4": \xff}')
    refused = project("plan", "-q")
    assert (refused.code, refused.err) == (1, at(2, 8, "The file holds bytes that are not UTF-8 text."))


def test_a_byte_order_mark_is_no_damage(applied: Workspace) -> None:
    content = (applied.folder / "applier.lock").read_bytes()
    (applied.folder / "applier.lock").write_bytes(b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"))
    assert (applied("plan").out, changed(applied("plan", PW_A="new"))) == (UNCHANGED, ["~ connections/A  spec.yaml:3"])


def test_a_folder_is_no_lock(project: Workspace) -> None:
    (project.folder / "applier.lock").mkdir()
    said = "error: applier.lock is not a regular file. [bad-lock]\n  hint: restore or delete the file\n"
    assert (project("plan", "-q").code, project("plan", "-q").err) == (1, said)


@needs_named_pipes
def test_a_pipe_is_no_lock(project: Workspace) -> None:
    """Nobody writes to it, and nobody waits."""
    import os

    os.mkfifo(project.folder / "applier.lock")
    said = "error: applier.lock is not a regular file. [bad-lock]\n  hint: restore or delete the file\n"
    assert (project("plan", "-q").code, project("plan", "-q").err) == (1, said)


@needs_links
def test_a_link_that_leads_in_a_circle_is_no_lock(project: Workspace) -> None:
    (project.folder / "applier.lock").symlink_to("applier.lock")
    refused = project("plan", "-q")
    assert (refused.code, refused.err.startswith("error: Cannot read applier.lock: ")) == (1, True)


def test_a_huge_lock_is_not_read(project: Workspace) -> None:
    with (project.folder / "applier.lock").open("wb") as file:
        file.truncate(3 << 30)  # no block of it is on the disk
    said = "error: applier.lock is larger than 20 MB. [bad-lock]\n  hint: restore or delete the file\n"
    assert (project("plan", "-q").code, project("plan", "-q").err) == (1, said)


def test_mistakes_of_the_spec_and_of_the_lock_are_reported_at_once(project: Workspace) -> None:
    project.write("applier.lock", "[]")
    project.write("spec.yaml", "version: 1\nconections: {}\n")
    refused = project("plan", "-q")
    assert refused.code == 1
    assert [line.rsplit("[")[-1] for line in refused.err.splitlines() if ": error: " in line] == [
        "unknown-key]",
        "bad-lock]",
    ]


BYTES = format_lock(lock_of(THREE, A=ONE, B=SEND_AGAIN)).encode()
PIECES = (*BYTES.decode(), "[", "{", '"', "\\", "null", "5", "1e999", "<<<<<<< a\n", "\n=======\n", "\ufeff", "\ud7ff")


@st.composite
def damaged_locks(draw: st.DrawFn) -> bytes:
    """A lock in which pieces are replaced."""
    content = BYTES
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 40)))
        piece = draw(st.sampled_from(PIECES)).encode() if draw(st.booleans()) else draw(st.binary(max_size=6))
        content = content[:start] + piece * draw(st.sampled_from((1, 1, 1, 50))) + content[end:]
    return content


def problems(read: Callable[[], object]) -> tuple[Diagnostic, ...]:
    try:
        read()
    except BadLock as error:
        return error.problems
    return ()


@settings(max_examples=scale(30, 10_000))
@given(content=damaged_locks())
def test_any_lock_is_read_or_has_a_place(content: bytes) -> None:
    """Whatever was done to it: a lock, or problems, each on a line of the file."""
    found = problems(lambda: parse_lock(content, "applier.lock"))
    places = [one.place for one in found if one.place]
    assert len(places) == len(found) <= 20
    assert all(1 <= one.line <= content.count(b"\n") + 1 and one.column >= 1 for one in places)
    if not found:
        lock = parse_lock(content, "applier.lock")
        assert parse_lock(format_lock(lock).encode(), "applier.lock") == lock
    found = problems(lambda: split_conflicts(content.decode("utf-8", "replace"), "applier.lock"))
    assert all(one.place for one in found)


# --- another key

OTHER_KEY = (
    "error: applier.lock was written with another key than the one in APPLIER_LOCK_KEY. [other-lock-key]\n"
    "  hint: set APPLIER_LOCK_KEY to the key of the file; to replace that key, set APPLIER_LOCK_KEY_OLD to it and "
    "apply; if it is lost, delete the file\n"
)


@pytest.mark.parametrize("command", [("plan",), ("apply", "--yes"), ("drift",), ("destroy", "--yes")])
def test_another_key_is_an_error(applied: Workspace, command: tuple[str, ...]) -> None:
    before = applied.read("applier.lock")
    refused = applied(*command, "-q", APPLIER_LOCK_KEY=OTHER)
    assert (refused.code, refused.out, refused.err, applied.read("applier.lock")) == (1, "", OTHER_KEY, before)


def test_the_lock_shows_no_key_and_no_secret(applied: Workspace) -> None:
    content = applied.read("applier.lock")
    document = json.loads(content)
    assert (document["version"], sorted(document), [*document["secrets"]]) == (2, ["key", "secrets", "version"], [A, B])
    assert not any(one in content for one in (KEY, "first-of"))


def test_a_key_is_replaced(applied: Workspace) -> None:
    """What is as it was applied stays so under the new key; what is not is still an update, and no secret is lost."""
    new = {"APPLIER_LOCK_KEY": OTHER, "APPLIER_LOCK_KEY_OLD": KEY}
    assert changed(applied("plan", PW_A="new-of-a", **new)) == ["~ connections/A  spec.yaml:3"]
    assert applied("apply", "--yes", **new).out == UNCHANGED
    assert applied("plan", APPLIER_LOCK_KEY=OTHER).out == UNCHANGED
    assert applied("plan", **new).out == UNCHANGED
    assert applied("plan", "-q").err == OTHER_KEY
    assert changed(applied("plan", PW_B="new-of-b", APPLIER_LOCK_KEY=OTHER)) == ["~ connections/B  spec.yaml:4"]


def test_what_is_not_applied_while_the_key_is_replaced_is_still_an_update(applied: Workspace) -> None:
    new = {"APPLIER_LOCK_KEY": OTHER, "APPLIER_LOCK_KEY_OLD": KEY}
    result = applied("apply", "--yes", "-t", A, "-q", PW_A="new-of-a", PW_B="new-of-b", **new)
    assert (result.code, changed(result)) == (0, ["~ connections/A  spec.yaml:3"])
    later = applied("plan", PW_A="new-of-a", PW_B="new-of-b", APPLIER_LOCK_KEY=OTHER)
    assert changed(later) == ["~ connections/B  spec.yaml:4"]


def test_neither_the_new_nor_the_old_key_fits(applied: Workspace) -> None:
    refused = applied("plan", "-q", APPLIER_LOCK_KEY=OTHER, APPLIER_LOCK_KEY_OLD=THIRD)
    first = "error: applier.lock was written with another key than those in APPLIER_LOCK_KEY and APPLIER_LOCK_KEY_OLD."
    assert (refused.code, refused.err.splitlines()[0]) == (1, f"{first} [other-lock-key]")


@pytest.mark.parametrize("variable", ["APPLIER_LOCK_KEY", "APPLIER_LOCK_KEY_OLD"])
def test_a_short_key_is_an_error(project: Workspace, variable: str) -> None:
    refused = project("plan", "-q", **{variable: "a2c4e6"})
    said = f"error: {variable} is too short. [bad-lock]\n  hint: use 16 random characters or more\n"
    assert (refused.code, refused.err) == (1, said)


def test_a_lock_without_the_id_of_its_key_gets_one(applied: Workspace) -> None:
    """As earlier versions wrote it."""
    document = json.loads(applied.read("applier.lock"))
    key = document.pop("key")
    applied.write("applier.lock", json.dumps({**document, "version": 1}, indent=2))
    assert applied("plan").out == UNCHANGED
    assert changed(applied("apply", "--yes", "-q", PW_A="new")) == ["~ connections/A  spec.yaml:3"]
    document = json.loads(applied.read("applier.lock"))
    assert (document["version"], document["key"]) == (2, key)


# --- merges


def driver() -> str:
    return f"{shlex.quote(sys.executable)} -m applier lock merge %O %A %B"


def git(workspace: Workspace, *arguments: str, code: int = 0) -> str:
    names = {f"GIT_{one}_{what}": "a@example.com" for one in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", "-c", "core.editor=true", *arguments],
        cwd=workspace.folder,
        env={**minimal_environment(), "PYTHONPATH": str(ROOT), "GIT_CONFIG_GLOBAL": "", **names},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == code, done.stdout
    return done.stdout


def commit(workspace: Workspace, lock: Lock) -> None:
    workspace.write("applier.lock", format_lock(lock))
    git(workspace, "add", "-A")
    git(workspace, "commit", "-qm", "applied")


def branches(workspace: Workspace, base: Lock, ours: Lock, theirs: Lock) -> None:
    """Make a repository in which `main` and `other` have changed the lock; `main` is checked out."""
    git(workspace, "init", "-q")
    workspace.write(".gitignore", "data\n")
    workspace.write(".gitattributes", "applier.lock merge=applier-lock\n")
    commit(workspace, base)
    git(workspace, "checkout", "-qb", "other")
    commit(workspace, theirs)
    git(workspace, "checkout", "-q", "main")
    commit(workspace, ours)


BASE_OF_ALL = lock_of(THREE, A=ONE, B=ONE, C=ONE, D=ONE)
OURS = lock_of(THREE, A=TWO, B=ONE, C=TWO, E=ONE)
THEIRS = lock_of(THREE, A=ONE, B=TWO, C=THREE, D=ONE, F=ONE)
MERGED = lock_of(THREE, A=TWO, B=TWO, C=SEND_AGAIN, E=ONE, F=ONE)
SENT_AGAIN = (
    "warning: Both sides applied another value for configuration.password of connections/C, so the next apply sends "
    "it again. [lock-merged]\n"
)


@needs_git
@needs_shell
@pytest.mark.parametrize("way", ["merge", "rebase", "cherry-pick"])
def test_git_merges_with_the_driver(project: Workspace, way: str) -> None:
    branches(project, BASE_OF_ALL, OURS, THEIRS)
    git(project, "config", "merge.applier-lock.driver", driver())
    said = git(project, way, *(["-m", "merged"] if way == "merge" else []), "other")
    assert SENT_AGAIN.split(": ", 1)[1].rstrip() in said
    assert project.read("applier.lock") == format_lock(MERGED)
    assert git(project, "status", "--porcelain", "applier.lock") == ""


@needs_git
def test_a_new_project_names_the_driver(project: Workspace) -> None:
    """The lock of every folder, and the command that its comment gives, is the one that was tested."""
    assert project("init").code == 0
    git(project, "init", "-q")
    assert git(project, "check-attr", "merge", "a/applier.lock") == "a/applier.lock: merge: applier-lock\n"
    command = 'git config merge.applier-lock.driver "applier lock merge %O %A %B"'
    assert f"#   {command}\n" in project.read(".gitattributes")
    assert f"  {command}\n" in project("lock", "merge", "--help").out


@needs_git
@needs_shell
def test_git_has_a_conflict_where_both_sides_replaced_the_key(project: Workspace) -> None:
    ours = lock_of(ONE, A=TWO)
    branches(project, lock_of(THREE, A=ONE), ours, lock_of(TWO, A=THREE))
    git(project, "config", "merge.applier-lock.driver", driver())
    said = git(project, "merge", "other", code=1)
    assert "Both sides replaced the key of .merge_file_" in said
    assert git(project, "status", "--porcelain", "applier.lock") == "UU applier.lock\n"
    assert project.read("applier.lock") == format_lock(ours)


@needs_git
@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
def test_a_file_with_conflict_markers_is_merged(project: Workspace, style: str) -> None:
    """Without the driver git leaves markers; without a base the secret that only one side has stays."""
    branches(project, BASE_OF_ALL, OURS, THEIRS)
    git(project, "-c", f"merge.conflictStyle={style}", "merge", "other", code=1)
    content = project.read("applier.lock")
    assert ("<<<<<<<" in content, "|||||||" in content) == (True, style != "merge")
    assert project("plan", "-q").err.splitlines()[0].endswith(f"{CONFLICT} [bad-lock]")
    result = project("lock", "merge", "applier.lock")
    merged = parse_lock(project.read("applier.lock").encode(), "")
    assert (result.code, result.out) == (0, "")
    assert result.err.replace("applier.lock:1:1: ", "").count("[lock-merged]") == result.err.count("warning")
    assert merged.digests.items() >= lock_of("", C=SEND_AGAIN, E=ONE, F=ONE).digests.items()
    assert all(merged.digests[f"connections/{one}"][MEMBER] in (TWO, SEND_AGAIN) for one in "AB")
    assert project("lock", "merge", "applier.lock").code == 0  # there is nothing to do any more


def test_a_secret_that_both_sides_applied_is_sent_again(applied: Workspace) -> None:
    """A branch and another one have applied different values; which one is live, only the service knows."""
    (applied.folder / "base").write_bytes((applied.folder / "applier.lock").read_bytes())
    assert applied("apply", "--yes", PW_A="of-theirs").code == 0
    (applied.folder / "theirs").write_bytes((applied.folder / "applier.lock").read_bytes())
    assert applied("apply", "--yes", PW_A="of-ours").code == 0
    result = applied("lock", "merge", "base", "applier.lock", "theirs")
    said = (
        "applier.lock:1:1: warning: Both sides applied another value for configuration.password of connections/A, so "
        "the next apply sends it again. [lock-merged]\n"
    )
    assert (result.code, result.out, result.err) == (0, "", said)
    for value in ("of-ours", "of-theirs"):
        assert changed(applied("plan", PW_A=value)) == ["~ connections/A  spec.yaml:3"]
    assert applied("apply", "--yes", PW_A="of-ours").code == 0
    assert applied("plan", PW_A="of-ours").out == UNCHANGED


def test_the_result_goes_to_another_file(project: Workspace) -> None:
    for name, lock in {"base": BASE_OF_ALL, "ours": OURS, "theirs": THEIRS}.items():
        project.write(name, format_lock(lock))
    assert project("lock", "merge", "base", "ours", "theirs", "--out", "merged", "-q").err == ""
    assert (project.read("merged"), project.read("ours")) == (format_lock(MERGED), format_lock(OURS))


def test_an_empty_base_has_no_digests(project: Workspace) -> None:
    """As git gives it where both sides have added the file."""
    for name, content in {"base": "", "ours": format_lock(OURS), "theirs": format_lock(THEIRS)}.items():
        project.write(name, content)
    assert project("lock", "merge", "base", "ours", "theirs").code == 0
    merged = lock_of(THREE, **{**dict.fromkeys("ABC", SEND_AGAIN), **dict.fromkeys("DEF", ONE)})
    assert project.read("ours") == format_lock(merged)
    assert project("lock", "merge", "ours", "base", "theirs").code == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<<<<<<< a\n{", at(1, 1, "The conflict that begins here has no end.")),
        ("{}\n=======\n", at(2, 1, 'The conflict marker "=======" has no partner.')),
        ("<<<<<<< a\n>>>>>>> b\n", at(2, 1, 'The conflict marker ">>>>>>>" has no partner.')),
        (
            f"<<<<<<< a\n{GOOD}\n=======\n[]\n>>>>>>> b\n",
            at(4, 1, "Expected an object, not a list."),
        ),
    ],
)
def test_what_cannot_be_merged_stays_as_it_is(project: Workspace, content: str, said: str) -> None:
    project.write("applier.lock", content)
    refused = project("lock", "merge", "applier.lock")
    assert (refused.code, refused.err, project.read("applier.lock")) == (1, said, content)


def test_a_merge_names_a_file_that_is_missing(project: Workspace) -> None:
    project.write("a", GOOD)
    refused = project("lock", "merge", "a", "b", "a")
    assert (refused.code, refused.err) == (1, "error: b does not exist. [bad-lock]\n  hint: check the path\n")


@pytest.mark.parametrize("files", [(), ("a", "b"), ("a", "b", "c", "d")])
def test_a_merge_takes_one_file_or_three(project: Workspace, files: tuple[str, ...]) -> None:
    refused = project("lock", "merge", *files)
    assert refused.code == 1
    assert refused.err.splitlines()[-1] == "Error: give one file with conflict markers, or BASE OURS THEIRS"


keys = st.sampled_from(["", ONE, TWO])
locks = st.builds(
    Lock,
    st.dictionaries(
        st.sampled_from("AB"), st.dictionaries(st.sampled_from("pq"), st.sampled_from([ONE, TWO, THREE]), min_size=1)
    ),
    keys,
)


@given(base=locks, ours=locks, theirs=locks)
def test_the_laws_of_a_merge(base: Lock, ours: Lock, theirs: Lock) -> None:
    """The order of the sides does not matter, and what only one side changed is taken.

    A digest of the result is one of a side that has the key of the result and that the other side has not changed.
    """

    def merge(*sides: Lock) -> Lock | None:
        try:
            return merge_locks(Sides(*sides)).lock
        except KeysDiffer:
            return None

    merged = merge(base, ours, theirs)
    assert merged == merge(base, theirs, ours)
    if base.key_id == ours.key_id:
        assert merge(base, ours, base) == ours == merge(ours, ours, ours)
    if merged is None:
        assert len({base.key_id, ours.key_id, theirs.key_id} - {""}) >= 2
        return
    for address, members in merged.digests.items():
        for member, digest in members.items():
            before, left, right = (one.digests.get(address, {}).get(member) for one in (base, ours, theirs))
            changed_by = [one for one, value in ((ours, left), (theirs, right)) if value != before]
            sides = changed_by or [ours, theirs]
            is_agreed = len(changed_by) < 2 or left == right
            fits = any(one.key_id in ("", merged.key_id) for one in sides)
            assert digest == SEND_AGAIN or (is_agreed and fits and digest in (left, right))
            assert digest != SEND_AGAIN or not is_agreed or not all(one.key_id in ("", merged.key_id) for one in sides)


# --- drift

NOT_APPLIED = """\
~ connections/A  spec.yaml:3  [config]  not applied: the spec, or a secret, changed since the last apply
    configuration.password  (sensitive) → (sensitive)  [config]

Drift: 0 changed, 0 missing, 1 not applied; 1 resource as declared.
Arrows point from the live to the declared value. `apply` restores the spec, `pull` updates it.
"""


def test_a_changed_secret_is_no_live_edit(applied: Workspace) -> None:
    """Nobody edited the connection: it is not said who wrote it last."""
    drift = applied("drift", "-q", PW_A="new")
    assert (drift.code, drift.out) == (2, NOT_APPLIED)
    line = (
        "::warning file=spec.yaml,line=3,col=3,title=Not applied [drift-not-applied]::connections/A: the spec, or a "
        "secret, changed since the last apply%0Aconfiguration.password: (sensitive) → (sensitive)"
    )
    assert applied("drift", "-q", "-o", "github", PW_A="new").out.splitlines()[0] == line
    shown = applied("drift", "-q", "-o", "json", PW_A="new").json["changes"]
    assert [(one["cause"], one["history"], one["fields"][0]["cause"]) for one in shown] == [("config", [], "config")]
    for form in ("markdown", "html"):
        assert "Sandbox User" not in applied("drift", "-q", "-o", form, PW_A="new").out


@needs_git
@pytest.mark.parametrize("base", [SPEC, "version: 1\n"], ids=["declares it", "does not"])
def test_a_changed_secret_is_no_live_edit_by_any_base(applied: Workspace, base: str) -> None:
    git(applied, "init", "-q")
    applied.write("spec.yaml", base)
    git(applied, "add", "spec.yaml")
    git(applied, "commit", "-qm", "base")
    applied.write("spec.yaml", SPEC)
    assert applied("drift", "-q", "--base", "HEAD", PW_A="new").out == NOT_APPLIED
    plan = applied("apply", "--yes", "-q", "--base", "HEAD", "--refuse-drift", PW_A="new")
    assert (plan.code, plan.err) == (0, "")


def test_a_live_edit_beside_a_changed_secret_is_one(applied: Workspace, tmp_path: Path) -> None:
    with Sandbox.open(tmp_path / "data") as sandbox:
        one = sandbox.named("connections", "A")
        body = {"name": "A", "type": "postgresql", "configuration": {**one["configuration"], "username": "other"}}
        sandbox.put(f"/api/connections/{one['id']}", body)
    drift = applied("drift", "-q", PW_A="new").out.splitlines()
    assert drift[0] == "~ connections/A  spec.yaml:3"
    assert "Sandbox User" in drift[1]
    assert drift[-2] == "Drift: 1 changed, 0 missing; 1 resource as declared."
