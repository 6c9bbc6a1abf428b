"""A password can be any word: it is hidden in what others say, and damages nothing that programs read."""

from __future__ import annotations

import base64
import json
import subprocess
from typing import Any

import pytest
import yaml

from applier.cli import main
from applier.plan.changes import Action
from tests.cli.conftest import applier, sandbox, served
from tests.kinds.workspace import spec
from tests.resilience.proxy import Answer, Ask, proxy
from tests.workspace import Sandbox, Workspace

__all__ = ["applier", "sandbox", "served"]

WORDS = ("correcthorsebatterystaple", "hunter", "changed")


@pytest.fixture
def mine(applier: Workspace, sandbox: Sandbox) -> Workspace:
    applier.write("spec.yaml", yaml.safe_dump(spec(), sort_keys=False))
    return Workspace(applier.folder, {**applier.environment, "SECRET": "something-else"}, sandbox)


def knowing(workspace: Workspace, secret: str) -> Workspace:
    return Workspace(workspace.folder, {**workspace.environment, "SECRET": secret}, workspace.sandbox)


def written_by(name: str, path: str, **members: Any) -> Any:
    """Return a function for a proxy: objects below a path were last written by somebody, and have other members."""

    def answer(method: str, asked: str, ask: Ask) -> Answer:
        real = ask()
        if method != "GET" or not asked.startswith(path) or real.status != 200:
            return real
        body = json.loads(real.body)
        entries = body["data"] if isinstance(body["data"], list) else [body["data"]]
        for one in entries:
            one |= {"updated_by": {"name": name}, **members}
        return Answer(200, json.dumps(body).encode(), real.headers)

    return answer


@pytest.mark.parametrize("name", [*WORDS, "A. hunter."])
def test_whoever_wrote_an_object_is_named_without_the_secret(mine: Workspace, name: str) -> None:
    """In the sentence of a refusal, and in that of a conflict."""
    assert mine.sandbox is not None
    secret = "hunter" if "hunter" in name else name
    assert mine("apply", "--yes", "-q").code == 0
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], ["add", "spec.yaml"], ["commit", "-q", "-m", "spec"]):
        subprocess.run([*git, *words], cwd=mine.folder, check=True)
    other = knowing(mine, secret)
    shown = name.replace(secret, "(sensitive)")
    with proxy(mine.sandbox.url, written_by(name, "/api/syncs", mode="update")) as url:
        refused = other("plan", "--base", "HEAD", "--refuse-drift", "--no-checks", POLYTOMIC_DEPLOYMENT_URL=url)
    assert refused.code == 3
    assert f" by {shown}. [drift-refused]" in refused.err
    assert f" by {name}" not in refused.out + refused.err
    mine.write("spec.yaml", yaml.safe_dump(spec(sync={"fields": {"EMAIL": "email", "FIRST_NAME": "first_name"}})))
    identifier = mine.sandbox.named("syncs", "Sync")["id"]
    with proxy(mine.sandbox.url, written_by(name, f"/api/syncs/{identifier}", mode="append")) as url:
        conflict = other("apply", "--yes", "--no-checks", POLYTOMIC_DEPLOYMENT_URL=url)
    assert conflict.code == 4
    assert f" by {shown} after the plan was made; not overwritten." in conflict.out + conflict.err
    assert f" by {name}" not in conflict.out + conflict.err


@pytest.mark.parametrize("secret", WORDS)
def test_a_crash_shows_no_word_that_is_a_secret(
    secret: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> int:
        from applier.cli.guard import Guard
        from applier.secrets import NOTHING_CLEAR

        Guard().learn({secret}, NOTHING_CLEAR)
        raise ValueError(f"cannot parse {secret}.")

    monkeypatch.setattr("applier.cli.run", fail)
    with pytest.raises(SystemExit):
        main(["plan"])
    assert "ValueError: cannot parse (sensitive)." in capsys.readouterr().err


@pytest.mark.parametrize("secret", ["models", "syncs", "spec.yaml", "create", "config", "email", "plan"])
def test_a_plan_keeps_its_own_words(mine: Workspace, secret: str) -> None:
    """Counts by kind, kinds in addresses, actions, causes, keys of the JSON and of paths are what they always are."""
    plain, hidden = mine, knowing(mine, secret)
    for command in (["validate"], ["plan", "--no-checks"]):
        expected, result = (one(*command, "-o", "json") for one in (plain, hidden))
        assert (result.code, result.json.keys()) == (0, expected.json.keys())
        assert result.json.get("declared") == expected.json.get("declared")
        assert result.json.get("summary") == expected.json.get("summary")
        for one, other in zip(result.json.get("changes", []), expected.json.get("changes", []), strict=True):
            assert {key: one[key] for key in ("address", "kind", "action", "cause", "place")} == {
                key: other[key] for key in ("address", "kind", "action", "cause", "place")
            }
            assert [field["path"] for field in one["fields"]] == [field["path"] for field in other["fields"]]


def test_what_is_not_declared_keeps_its_kind(mine: Workspace) -> None:
    """Kinds in addresses and in shares of coverage, of objects that the spec does not name."""
    assert mine("apply", "--yes", "-q").code == 0
    content = spec()
    mine.write("spec.yaml", yaml.safe_dump({"connections": content["connections"], "owns": {"models": ["*"]}}))
    drift = knowing(mine, "models")("drift", "-o", "json")
    assert [one["address"] for one in drift.json["unmanaged"]] == ["models/Customers"]
    coverage = knowing(mine, "models")("drift", "--coverage", "-o", "json")
    assert coverage.json["coverage"]["shares"]["models"] == {"live": 1, "described": 0, "percent": 0.0}


@pytest.mark.parametrize("secret", ["completed", "failed", "insert"])
def test_a_run_keeps_its_status(mine: Workspace, secret: str) -> None:
    """What ended as failed has failed, by the exit code and in every form."""
    assert mine.sandbox is not None
    other = knowing(mine, secret)
    status = "failed" if secret == "insert" else secret

    def answer(_: str, path: str, ask: Ask) -> Answer:
        execution = {"id": "e1", "status": status, "counts": {"insert": 3}}
        return Answer(200, json.dumps({"data": execution}).encode()) if "/executions" in path else ask()

    with proxy(mine.sandbox.url, answer) as url:
        result = other(
            "apply",
            "--yes",
            "--run",
            "--result",
            "r.json",
            "--report=junit=r.xml",
            "--report=markdown=r.md",
            POLYTOMIC_DEPLOYMENT_URL=url,
        )
    (run,) = json.loads(mine.read("r.json"))["runs"]
    assert (run["status"], run["counts"]) == (status, {"insert": 3})
    assert result.code == (0 if status == "completed" else 4)


ENCODED = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "inside": lambda text: f"before {base64.b64encode(text.encode()).decode()} after",
    "in a list": lambda text: f'["a", "{text[:3]}"]',
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_a_saved_plan_holds_no_encoded_secret(mine: Workspace, encoding: str) -> None:
    """The variable is given again, as any secret; its digest is one of two digits."""
    secret = "S3cretPassw0rd!"
    value = ENCODED[encoding](secret)
    content = spec(variables={"enc": {"type": "string"}}, sync={"filters": [
        {"field": "email", "function": "Equality", "value": "${var:enc}"},
        {"field": "email", "function": "Inequality", "value": "${env:SHORT}"},
    ]})  # fmt: skip
    mine.write("spec.yaml", yaml.safe_dump(content, sort_keys=False))
    other = Workspace(mine.folder, {**mine.environment, "SECRET": secret, "SHORT": secret[:3]}, mine.sandbox)
    assert other("plan", "--out", "p.json", "--var", f"enc={value}").code == 0
    saved = json.loads(mine.read("p.json"))
    assert (value in mine.read("p.json"), saved["inputs"]["variables"]) == (False, [])
    assert saved["inputs"]["secret_variables"] == ["enc"]
    (digest,) = (one["digest"] for one in saved["digests"]["values"] if one["name"] == "enc")
    assert len(digest) == 2
    assert other("apply", "p.json", "--yes").code == 1
    assert other("apply", "p.json", "--yes", "--var", f"enc={value}").code == 0


def test_actions_are_the_words_of_programs() -> None:
    """Enumerations pass unchanged wherever a value stands."""
    from applier.secrets import Scrubber

    assert Scrubber(["create"]).value([Action.CREATE, "create"]) == [Action.CREATE, "(sensitive)"]
