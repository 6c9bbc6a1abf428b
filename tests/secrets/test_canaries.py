"""The service says secrets in every position and encoding, and nothing that applier prints or writes shows one."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from typing import Any

import pytest
import yaml

from applier.api.responses import LONGEST_MESSAGE
from applier.kinds import KINDS
from applier.kinds.base import Kind
from applier.render.forms import FORMS
from tests.cli.conftest import applier, sandbox, served
from tests.kinds.samples import ENVIRONMENT, SAMPLES
from tests.resilience.proxy import Answer, Ask, proxy
from tests.secrets.encodings import ENCODERS
from tests.workspace import Sandbox, Workspace

__all__ = ["applier", "sandbox", "served"]

CANARIES = 60
KEPT = ("id", "type", "next_page_token")
"""Members of answers without which there is nothing to compare."""

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)


def digits_of(number: int) -> str:
    """Return 13 digits of which no 8 in a row are anywhere by chance, as in times and ids."""
    return str(int.from_bytes(sha256(str(number).encode()).digest()))[:13]


def canary(number: int) -> str:
    """Return a secret that no encoding leaves as it is, and whose parts nothing else has."""
    return f"Kan'{number:02d}\"rie&<{digits_of(number)}>é+/"


SECRETS = {f"C{number}": canary(number) for number in range(CANARIES)}
DECLARED = {
    "canaries": {
        "type": "list",
        "sensitive": True,
        "default": [f"${{env:{name}}}" for name in SECRETS],
    }
}


ENCODED = [encode(value) for value in SECRETS.values() for encode in ENCODERS.values()]
RUNS = {digits_of(number)[start : start + 8] for number in range(CANARIES) for start in range(6)}
DIGITS = re.compile("|".join(sorted(RUNS)))


def shown(text: str) -> list[str]:
    """Return what a text shows of canaries: their distinctive digits, or the whole as one of the encoders writes it."""
    return [*DIGITS.findall(text), *(one for one in ENCODED if one in text)]


@dataclass
class Canaries:
    """Replaces texts in answers by canaries, each position by another one, in the encodings in turn."""

    first: int
    names_too: bool = False
    positions: set[str] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=count)

    def answer(self, method: str, path: str, ask: Ask) -> Answer:
        real = ask()
        if method != "GET" or real.status != 200 or path.startswith("/api/me"):
            return real
        body = json.loads(real.body)
        body["data"] = self.replace(body.get("data"), path.split("/")[2].partition("?")[0])
        return Answer(200, json.dumps(body).encode(), real.headers)

    def replace(self, value: Any, path: str) -> Any:
        if isinstance(value, Mapping):
            kept = KEPT if self.names_too else (*KEPT, "name", "endpoint")
            return {
                key: member if key in kept or key.endswith(("_id", "_ids")) else self.replace(member, f"{path}.{key}")
                for key, member in value.items()
            }
        if isinstance(value, list):
            return [self.replace(one, path) for one in value]
        if not isinstance(value, str) or value.startswith("*"):
            return value
        self.positions.add(path)
        number = self.first + next(self._numbers)
        names = list(ENCODERS)
        inner, outer = names[number % len(names)], names[(number // len(names)) * 5 % len(names)]
        return ENCODERS[outer](ENCODERS[inner](f"{canary(number % CANARIES)}"))


def write_sample(workspace: Workspace, kind: Kind, **sections: Any) -> None:
    sample = SAMPLES[kind.name]
    spec: dict[str, Any] = {one: dict(bodies) for one, bodies in sample.needs.items()}
    spec.setdefault(kind.name, {})["One"] = dict(sample.body)
    workspace.write("spec.yaml", yaml.safe_dump({**spec, "variables": DECLARED, **sections}, sort_keys=False))


@every_kind
def test_live_values_and_names(applier: Workspace, sandbox: Sandbox, kind: Kind) -> None:
    """Every text of every answer is a canary, then every name, too: what differs, is missing, unmanaged or happened."""
    owner = Workspace(applier.folder, {**applier.environment, **ENVIRONMENT, **SECRETS}, sandbox)
    write_sample(owner, kind)
    assert owner("apply", "--yes", "-q").code == 0
    write_sample(owner, kind, owns={kind.name: ["*"]})
    reports = [f"--report={form}=report.{form}" for form in FORMS]
    calls: dict[bool, list[list[str]]] = {
        False: [
            ["plan", "--no-checks", "-v", "--out", "p.json", *reports],
            ["plan", "--no-checks", "--explain", f"{kind.name}/One"],
            ["pull", "--dry-run"],
        ],
        True: [["drift", "-v", *reports], ["apply", "--yes", "--prune", "--result", "result.json", "-o", "json"]],
    }
    seen: list[str] = []
    for names_too, commands in calls.items():
        canaries = Canaries(first=7 * list(KINDS).index(kind.name), names_too=names_too)
        with proxy(sandbox.url, canaries.answer) as url:
            results = [owner(*one, POLYTOMIC_DEPLOYMENT_URL=url) for one in commands]
        assert canaries.positions
        seen += [text for one in results for text in (one.out, one.err)]
        seen += [one.read_text("utf-8") for one in owner.folder.rglob("*") if one.is_file()]
    assert [shown(text) for text in seen] == [[]] * len(seen)
    assert not any("Traceback" in text for text in seen)
    assert any("(sensitive)" in text for text in seen)


def test_messages_of_the_service(applier: Workspace, sandbox: Sandbox) -> None:
    """Errors in all encodings, in every member, with what uses an object."""
    mine = Workspace(applier.folder, {**applier.environment, **ENVIRONMENT, **SECRETS}, sandbox)
    write_sample(mine, KINDS["connections"])
    secrets = [encode(canary(number + 1)) for number, encode in enumerate(ENCODERS.values())]
    used_by = {"used_by": [{"type": one, "name": f"model {one}", "id": f"1{one}"} for one in secrets]}
    bodies = [
        {"message": f"cannot use {' or '.join(secrets)}", "metadata": used_by},
        {"error": {"of": [f"x{one}" for one in secrets]}, "context": used_by},
        [f"a list {one}" for one in secrets],
    ]
    for body in bodies:
        sandbox.fault(method="POST", path="/api/connections", status=422, body=body)
        one = mine("apply", "--yes", "-v", "-o", "json", "--report=text=report.text")
        sandbox.clear("faults")
        assert (one.code, shown(one.out), shown(one.err), shown(mine.read("report.text"))) == (4, [], [], [])
        assert "(sensitive)" in one.out


def _answering(content: bytes) -> Any:
    return lambda method, _, ask: Answer(422, content) if method == "POST" else ask()


@pytest.mark.parametrize("place", [0, 275, 295])
def test_a_cut_does_not_show_the_beginning(applier: Workspace, sandbox: Sandbox, place: int) -> None:
    secret = "correct-horse-battery-staple"
    content = ("x" * place + secret + " and more " * 40).encode()
    mine = Workspace(applier.folder, {**applier.environment, "SECRET": secret}, sandbox)
    write_sample(mine, KINDS["connections"], variables={})
    with proxy(sandbox.url, _answering(content)) as url:
        one = mine("apply", "--yes", POLYTOMIC_DEPLOYMENT_URL=url)
    assert one.code == 4
    assert "corr" not in one.out + one.err
    assert "x" * min(place, 200) in one.out


def test_a_cut_list_of_dependents_does_not_show_the_beginning(applier: Workspace, sandbox: Sandbox) -> None:
    """A cut leaves 6 characters of a secret, too few to be recognized: each name loses its secrets before that."""
    secret = "correct-horse-battery-staple"
    name = "x" * (LONGEST_MESSAGE - 1 - len('; used by model "') - 6) + secret
    body = {"message": "in use", "metadata": {"used_by": [{"type": "model", "name": name, "id": "1"}]}}
    mine = Workspace(applier.folder, {**applier.environment, "SECRET": secret}, sandbox)
    write_sample(mine, KINDS["connections"], variables={})
    with proxy(sandbox.url, _answering(json.dumps(body).encode())) as url:
        one = mine("apply", "--yes", POLYTOMIC_DEPLOYMENT_URL=url)
    assert (one.code, "x" * 3000 in one.out, "corr" in one.out + one.err) == (4, True, False)


def test_a_key_of_several_lines_is_not_shown_folded(applier: Workspace, sandbox: Sandbox) -> None:
    lines = [
        "-----BEGIN PRIVATE KEY-----",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
        "Qc9wZ7TTmYk3x=",
        "-----END PRIVATE KEY-----",
    ]
    mine = Workspace(applier.folder, {**applier.environment, "SECRET": "\n".join(lines)}, sandbox)
    write_sample(mine, KINDS["connections"], variables={})
    for separator in ("\n", "\\n", "\r\n  "):
        with proxy(sandbox.url, _answering(f"bad key: {separator.join(lines)}".encode())) as url:
            one = mine("apply", "--yes", POLYTOMIC_DEPLOYMENT_URL=url)
        assert (one.code, "MIIEv" in one.out + one.err, "Qc9wZ7" in one.out + one.err) == (4, False, False)


def test_base64_of_the_key_and_the_password(applier: Workspace, sandbox: Sandbox) -> None:
    """What a proxy or a gateway echoes: the header of basic authentication."""
    mine = Workspace(applier.folder, {**applier.environment, "SECRET": "hunter2!"}, sandbox)
    write_sample(mine, KINDS["connections"], variables={})
    header = base64.b64encode(b"user:hunter2!").decode()
    with proxy(sandbox.url, _answering(json.dumps({"message": f"Basic {header}"}).encode())) as url:
        one = mine("apply", "--yes", POLYTOMIC_DEPLOYMENT_URL=url)
    assert one.code == 4
    assert "Basic dXNlcjpo" not in one.out
    assert header[-8:] not in one.out
