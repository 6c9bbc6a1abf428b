"""`pull --dry-run` prints lines of files: none shows a password, however it is written; what is written is exact."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applier.spec.documents.hidden import hidden_lines
from applier.spec.documents.write import dump_yaml
from tests.workspace import Sandbox, Workspace

SPEC = """\
version: 1
variables:
  pw: {type: string, sensitive: true, default: geh3im-default}
  other: {sensitive: true, default: "tiny"}
connections:
  A:
    type: mysql
    configuration:
      # it ends with second-line
      passwd: %s
      hostname: db
      dbname: d
      account: me
      port: 3306
  B:
    type: mysql
    configuration:
      passwd: ${var:pw}
      hostname: db
      dbname: second-line
      account: ${env:USER_B:-default-user}
      port: 3306
"""
PASSWORD = 'inl1ne-pass "ä" 4711\nsecond-line'
SPELLINGS = {
    "in double quotes": '"inl1ne-pass \\"\\xe4\\" 4711\\nsecond-line"',
    "with escapes": '"\\x69nl1ne-p\\u0061ss \\"ä\\" 4711\\nsecond-line"',
    "in single quotes": "'inl1ne-pass \"ä\" 4711\n\n        second-line'",
    "in a block": '|-\n        inl1ne-pass "ä" 4711\n        second-line',
    "folded": '>-\n        inl1ne-pass "ä"\n        4711\n\n        second-line',
}


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str], Workspace]:
    """Applies a spec with a password in a spelling, and has somebody edit the host names of both connections."""

    def prepare(spelling: str) -> Workspace:
        applier = Workspace.local(tmp_path, "data", USER_B="me")
        applier.write("spec.yaml", SPEC % spelling)
        assert applier("apply", "--yes", "-q").code == 0
        with Sandbox.open(tmp_path / "data") as sandbox:
            for name, secret in (("A", PASSWORD), ("B", "geh3im-default")):
                live = sandbox.named("connections", name)
                configuration = {**live["configuration"], "hostname": "db2", "passwd": secret}
                sandbox.put(f"/api/connections/{live['id']}", {"name": name, "configuration": configuration})
        return applier

    return prepare


@pytest.mark.parametrize("name", SPELLINGS)
def test_no_line_of_a_patch_shows_a_password(edited: Callable[[str], Workspace], name: str) -> None:
    applier = edited(SPELLINGS[name])
    shown = applier("pull", "--dry-run")
    assert shown.code == 0
    words = ("inl1ne", "second-line", "4711", "geh3im", "\\x69", "tiny")
    assert [word for word in words if word in shown.out + shown.err] == []
    before = applier.read("spec.yaml").splitlines()
    assert applier("pull", "-q").code == 0
    after = applier.read("spec.yaml").splitlines()
    real = [*difflib.unified_diff(before, after, "spec.yaml", "spec.yaml", lineterm="")]
    assert (after, len(shown.out.splitlines())) == (
        [one.replace("hostname: db", "hostname: db2") for one in before],
        len(real),
    )
    pairs = list(zip(shown.out.splitlines(), real, strict=True))
    assert [one for one, _ in pairs if one[0] in "+-@"] == [one for one in real if one[0] in "+-@"]
    assert [one for one, other in pairs if one != other and "(sensitive)" not in one] == []


LITERAL_SECRETS = """\
version: 1
variables:
  list: {type: list, sensitive: true, default: [kkk1, kkk2]}
  other: {sensitive: true, default: kkk3}
environments:
  prod:
    variables: {other: kkk4}
    overrides: {connections: {A: {configuration: {passwd: "${env:PROD_PW:-kkk5}"}}}}
connections:
  A: {type: mysql, configuration: {hostname: db, passwd: "${env:PW:-kkk6}", account: me, dbname: d, port: 1}}
  B: {type: s3, configuration: {auth_mode: access_key_and_secret, aws_access_key_id: AKIA1,
    aws_secret_access_key: kkk7, s3_bucket_name: b, s3_bucket_region: us-east-1}}
"""


@pytest.mark.parametrize("environment", ["", "prod"])
def test_secrets_in_files_are_known_whichever_value_counts(tmp_path: Path, environment: str) -> None:
    """Defaults behind placeholders, of sensitive variables and of other environments; an id of a key is no secret."""
    applier = Workspace.local(tmp_path, "data", PW="from-outside", PROD_PW="from-prod")
    arguments = ["-e", environment] if environment else []
    applier.write("spec.yaml", LITERAL_SECRETS)
    assert applier("apply", "--yes", "-q", *arguments).code == 0
    with Sandbox.open(tmp_path / "data") as sandbox:
        live = sandbox.named("connections", "B")
        edited = {"aws_access_key_id": "AKIA2", "aws_secret_access_key": "kkk7"}
        sandbox.put(f"/api/connections/{live['id']}", {"name": "B", "configuration": live["configuration"] | edited})
    shown = applier("pull", "--dry-run", *arguments)
    assert (shown.code, "kkk" in shown.out) == (0, False)
    assert [one for one in shown.out.splitlines() if one.startswith(("-  ", "+  "))] == [
        "-  B: {type: s3, configuration: {auth_mode: access_key_and_secret, aws_access_key_id: AKIA1,",
        "+  B: {type: s3, configuration: {auth_mode: access_key_and_secret, aws_access_key_id: AKIA2,",
    ]


@pytest.mark.parametrize("number", range(7))
def test_a_secret_in_a_file_is_hidden_elsewhere_whichever_value_counts(tmp_path: Path, number: int) -> None:
    """In the SQL of a model, as a default that another value beats."""
    applier = Workspace.local(tmp_path, "data", PW="from-outside", PROD_PW="from-prod")
    sql = f"models: {{M: {{connection: A, configuration: {{query: \"select 'kkk{number + 1}' as x\"}}}}}}\n"
    applier.write("spec.yaml", LITERAL_SECRETS + sql)
    for arguments in ([], ["-e", "prod"]):
        shown = applier("plan", "--no-checks", *arguments)
        assert (shown.code, "kkk" in shown.out, "select '(sensitive)' as x" in shown.out) == (0, False, True), shown


def test_old_and_new_lines_show_no_secret(tmp_path: Path) -> None:
    applier = Workspace.local(tmp_path, "data")
    line = "  A: {{type: mysql, configuration: {{hostname: {}, passwd: {}, account: me, dbname: d, port: 1}}}}"
    applier.write("spec.yaml", f"version: 1\nconnections:\n{line.format('db', 'pw')}\n")
    assert applier("apply", "--yes", "-q").code == 0
    with Sandbox.open(tmp_path / "data") as sandbox:
        live = sandbox.named("connections", "A")
        configuration = {**live["configuration"], "hostname": "db2", "passwd": "pw"}
        sandbox.put(f"/api/connections/{live['id']}", {"name": "A", "configuration": configuration})
    shown = applier("pull", "--dry-run", "-q")
    assert (shown.code, shown.err) == (0, "")
    sides = [f"-{line.format('db', '(sensitive)')}", f"+{line.format('db2', '(sensitive)')}"]
    assert shown.out.splitlines()[2:] == ["@@ -1,3 +1,3 @@", " version: 1", " connections:", *sides]
    assert applier("pull", "-q").code == 0
    assert applier.read("spec.yaml").splitlines()[2] == line.format("db2", "pw")


def test_a_live_token_is_not_pulled_into_a_file(tmp_path: Path) -> None:
    applier = Workspace.local(tmp_path, "data")
    text = 'version: 1\nwebhooks: {Hook: {endpoint: "https://a.example/", secret: s3cr}}\n'
    applier.write("spec.yaml", text)
    assert applier("apply", "--yes", "-q").code == 0
    with Sandbox.open(tmp_path / "data") as sandbox:
        (live,) = sandbox.get("/api/webhooks")
        sandbox.put(f"/api/webhooks/{live['id']}", {"endpoint": "https://b.example/?token=geh3im-2", "secret": "s3cr"})
    pulled = applier("pull")
    said = (
        "0 fields updated from live\nnot written: webhooks/Hook endpoint: the live value holds a secret. "
        "Set it by hand, as a placeholder\n"
    )
    assert (pulled.code, pulled.out, pulled.err, applier.read("spec.yaml")) == (4, "", said, text)


def hide(text: str, *secrets: str) -> list[str]:
    return hidden_lines(text.encode(), secrets, lambda line: line, "(sensitive)")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a: xyz\nb: xyzz\n", "a: (sensitive)\nb: xyzz\n"),  # a short secret counts where it is the whole value
        ("\ufeffä: xyz # é\n", "\ufeffä: (sensitive) # é\n"),
        ("a: xyz\r\nb: 'xyz'\r\n", "a: (sensitive)\r\nb: (sensitive)\r\n"),
        ("xyz: 1\n", "xyz: 1\n"),  # a key is a name
        ("a: &p xyz\nb: *p\n", "a: &p (sensitive)\nb: *p\n"),
        ("x: {password: other}\n", "x: {password: other}\n"),  # by value, not by name
        ("passwd: ${env:PW}\npassword: ${file:pw}\n", "passwd: ${env:PW}\npassword: ${file:pw}\n"),
        ("x: [xyz, {a: xyz}]\n", "x: [(sensitive), {a: (sensitive)}]\n"),
        ("---\na: xyz\n---\nb: xyz\n", "---\na: (sensitive)\n---\nb: (sensitive)\n"),
        ("a: [", "a: ["),
    ],
)  # fmt: skip
def test_which_values_are_hidden(text: str, shown: str) -> None:
    assert "".join(hide(text, "xyz")) == shown


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30), st.booleans())
def test_any_secret_is_hidden_and_every_line_stays(secret: str, in_connection: bool) -> None:
    """A law: whatever a secret consists of and however it has to be written, its value does not stand in the lines."""
    value = f"<{secret}>"
    body = {"a": value, "b": ["x", value], "c": "end"}
    text = dump_yaml({"connections": body} if in_connection else body)
    lines = hide(text, value)
    assert len(lines) == len(text.splitlines(keepends=True) if "\r" not in text else lines)
    assert "".join(lines) == "".join(hide(text, value))
    assert "".join(lines).count("(sensitive)") >= 2
    assert value not in "".join(lines)
