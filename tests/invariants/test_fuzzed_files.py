"""Invariant: no file makes a traceback, shows a secret or is written: mutations of every kind of file that users give.

A case follows from the kind of its file and from a number. With APPLIER_TEST_THOROUGH=1 there are 10,000 cases of each
kind, from a number of chance on; APPLIER_TEST_FIRST and APPLIER_TEST_CASES choose others, such as the one that failed.
"""

from __future__ import annotations

import json
import os
import re
import time
import traceback
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import pytest

from applier.checks.rules import RULES
from applier.diagnostics.codes import CODES
from tests.effort import THOROUGH, scale
from tests.invariants.inputs import CANARY, ENVIRONMENT, INPUTS, SPEC, TYPE, VALUES, Input
from tests.invariants.mutations import BYTES, PLACEHOLDERS, write_json, write_yaml
from tests.tables import reset_tables
from tests.workspace import EXAMPLE, Result, Sandbox, Workspace

CASES = int(os.environ.get("APPLIER_TEST_CASES") or scale(30, 10_000))
FIRST = int(os.environ.get("APPLIER_TEST_FIRST") or (SystemRandom().randrange(10**9) if THOROUGH else 1))
SERVED_ONE_OF = 6  # calls that ask the sandbox take ten times as long
LONGEST = 10.0  # seconds of the processor
UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
EXIT_CODES = (0, 1, 2, 3, 4)
CODE = re.compile(r"(?:^|: )(?:error|warning|note): .*? \[([a-z0-9-]+)\]$", re.MULTILINE | re.DOTALL)
ERROR = re.compile(r"^(?:.*: )?error: ", re.MULTILINE)


@dataclass(frozen=True)
class Workshop:
    """A served sandbox that has what the spec said before, and valid files of every kind."""

    sandbox: Sandbox
    valid: Path
    environment: dict[str, str]

    def lay(self, folder: Path) -> Workspace:
        """Put every valid file into a folder that commands are called in."""
        for file in self.valid.rglob("*"):
            if file.is_file():
                copy = folder / file.relative_to(self.valid)
                copy.parent.mkdir(exist_ok=True)
                copy.write_bytes(file.read_bytes())
        return Workspace.on(self.sandbox, folder, **self.environment)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    folder = tmp_path_factory.mktemp("workshop")
    with Sandbox.serve(folder / "data") as sandbox:
        reset_tables(EXAMPLE / "seed", sandbox.data)
        applier = Workspace.on(sandbox, folder / "valid", **ENVIRONMENT)
        applier.write("text.sql", "SELECT id, email FROM company.customers\n")
        before = deepcopy(SPEC)
        del (
            before["moved"],
            before["connections"]["Own"],
            before["syncs"]["Second"],
            before["syncs"]["First"]["overrides"],
        )
        before["models"]["Earlier"] = before["models"].pop("Customers")
        text = json.dumps(before).replace('"Customers"', '"Earlier"')
        applier.write("spec.yaml", text)
        assert applier("apply", "--yes", "-q", "--no-checks").out.endswith("Applied: 9 created.\n")
        (applier.folder / "connection_types").mkdir()
        (applier.folder / "connection_types/homemade.json").write_bytes(write_json(TYPE))
        (applier.folder / "spec.yaml").write_bytes(write_yaml(SPEC))
        assert applier("schema", "--snapshot", "-q").code == 0
        assert applier("plan", "--no-checks", "--out", "saved.plan").code == 0
        (applier.folder / "values.vars.yaml").write_bytes(write_yaml(VALUES))
        sandbox.clear("requests")
        yield Workshop(sandbox, applier.folder, ENVIRONMENT)


def faults_of(one: Input, number: int, applier: Workspace, valid: Path) -> list[str]:
    """Write the file of a case, call the command that reads it, and return what breaks the law."""
    chance = Random(f"{one.name} {number}")
    data = one.mutated(chance, valid)
    (applier.folder / one.file).write_bytes(data)
    served = one.served and (not one.calls or number % SERVED_ONE_OF == 0)
    call = chance.choice(one.served if served else one.calls)
    faults = faults_of_call(applier, call, one.secret)
    return faults if one.hides(data) else [fault for fault in faults if fault != SHOWN]


SHOWN = "secret shown by a command that succeeds"


def faults_of_call(applier: Workspace, call: tuple[str, ...], secret: str, **environment: str) -> list[str]:
    """Return what breaks the law: exit code, codes, secrets, files, time; or the exception as one line."""
    before, start = contents(applier.folder), time.process_time()
    try:
        result = applier(*call, **environment)
    except BaseException as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        ours = [one for one in traceback.extract_tb(error.__traceback__) if "/applier/" in one.filename][-1]
        return [f"{type(error).__name__} in {ours.name} ({where.name}): {str(error)[:100]}"]
    faults = [f"took {time.process_time() - start:.0f} s"] if time.process_time() - start > LONGEST else []
    faults += [] if result.code in EXIT_CODES else [f"exit code {result.code}"]
    faults += ["no message"] if result.code == 1 and not result.err + result.out else []
    faults += [SHOWN if result.code == 0 else "secret shown"] if secret in result.out + result.err else []
    shown = result.out.replace("\r\n", "\n") if call[0] == "pull" else result.out  # a patch fits the lines of the file
    faults += ["control characters"] if UNSHOWN.search(shown + result.err) else []
    changed = [name for name, content in contents(applier.folder).items() if before.get(name) != content]
    may_change = () if result.code and call[0] != "schema" else WRITTEN.get(call[0], ())
    faults += [f"{call[0]} wrote {name}" for name in changed if name not in may_change]
    for name in changed:  # no case depends on another
        (applier.folder / name).unlink()
        if name in before:
            (applier.folder / name).write_bytes(before[name])
    return faults + faults_of_messages(call, result, in_call="--var" in call or bool(environment))


WRITTEN = {"fmt": ("spec.yaml",), "adopt": ("spec.yaml",), "schema": ("applier.schemas.json",)}
"""The files that commands change when they succeed; `schema` leaves out what it reports and writes the rest."""


def faults_of_messages(call: tuple[str, ...], result: Result, *, in_call: bool) -> list[str]:
    """Return what is wrong with the messages: an unknown code, or an error of a file without its place.

    What is wrong with the call itself has no place.
    """
    form = call[call.index("-o") + 1] if "-o" in call else "text"
    if form == "json":
        entries: list[dict[str, Any]] = result.json.get("diagnostics") or []
        codes = [one["code"] for one in entries]
        errors = [one for one in entries if one["severity"] == "error"]
        told = bool(errors)
        placed = call[0] in ("validate", "show") and not in_call
        codes += [f"{one['code']} without a place" for one in errors if placed and not one["place"]]
    else:
        codes = CODE.findall(result.err)
        told = bool(ERROR.search(result.err)) or form in ("sarif", "markdown") or call == ("fmt", "--check")
    faults = [f"unknown code {one}" for one in codes if one not in CODES and one not in RULES]
    return faults if told or result.code != 1 else [*faults, f"{call[0]}: exit code 1 without an error"]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def report(faults: dict[str, list[str]]) -> str:
    """Return the classes of faults with their numbers of cases, and the first cases of each."""
    return "\n".join(f"{len(cases)} × {fault}: cases {', '.join(cases[:5])}" for fault, cases in faults.items())


@pytest.mark.parametrize("one", INPUTS, ids=lambda one: one.name)
def test_no_file_makes_a_traceback(one: Input, workshop: Workshop, tmp_path: Path) -> None:
    applier = workshop.lay(tmp_path)
    faults: dict[str, list[str]] = {}
    for number in range(FIRST, FIRST + CASES):
        for fault in faults_of(one, number, applier, workshop.valid):
            faults.setdefault(fault, []).append(str(number))
    assert not faults, report(faults)
    written = [path for method, path, _ in workshop.sandbox.writes() if not path.startswith("/_sandbox")]
    assert written == []


TEXTS = [
    *PLACEHOLDERS, *(one.decode("utf-8", "surrogateescape") for one in BYTES if b"\x00" not in one), "", "[a, b]",
    "[", "[[]]", "1e999", "9" * 5000, "[" * 5000, "true", "A" * 10_000,
]  # fmt: skip


def test_no_variable_of_the_command_line_makes_a_traceback(workshop: Workshop, tmp_path: Path) -> None:
    applier = workshop.lay(tmp_path)
    faults: dict[str, list[str]] = {}
    for number in range(FIRST, FIRST + CASES):
        chance = Random(f"variable {number}")
        name = chance.choice([*VALUES, *VALUES, *VALUES, "nothing", "", chance.choice(TEXTS)])
        text = "".join(chance.choice([*TEXTS, "eu", "3306"]) for _ in range(chance.choice((1, 1, 1, 2, 3))))
        in_environment = bool(chance.randrange(2)) and "=" not in name
        call = ("validate", "-o", "json") if chance.randrange(2) else ("validate",)
        call = call if in_environment else (call[0], "--var", f"{name}={text}", *call[1:])
        given = {f"APPLIER_VAR_{name}": text} if in_environment else {}
        for fault in faults_of_call(applier, call, CANARY, **given):
            faults.setdefault(fault, []).append(str(number))
    assert not faults, report(faults)
