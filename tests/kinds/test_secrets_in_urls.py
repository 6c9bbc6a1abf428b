"""Passwords and tokens in URLs: pointed out where they are written, and shown by no command."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applier.secrets.urls import hide_url, hide_urls, url_secrets
from tests.workspace import Sandbox, Workspace

SLACK = "https://hooks.slack.com/services"
HIDDEN = [
    ("https://me:geh3im@x.example/a", "https://(sensitive)@x.example/a", {"geh3im"}),
    ("https://geh3im@x.example", "https://(sensitive)@x.example", {"geh3im"}),
    ("https://me:g/3#?@x.example/a", "https://(sensitive)@x.example/a", {"g/3#?"}),
    ("https://me:a%40b+c@x.example", "https://(sensitive)@x.example", {"a%40b+c", "a@b+c", "a@b c"}),
    ("postgresql+psycopg://u:geh3im@[::1]:5432/d", "postgresql+psycopg://(sensitive)@[::1]:5432/d", {"geh3im"}),
    ("https://x.example/?a=1&token=geh3im&b=2", "https://x.example/?a=1&token=(sensitive)&b=2", {"geh3im"}),
    ("https://x.example?API-Key=geh3im#t", "https://x.example?API-Key=(sensitive)#t", {"geh3im"}),
    ("https://x.example/#access_token=geh3im", "https://x.example/#access_token=(sensitive)", {"geh3im"}),
    ("https://x.example?sig=a%2Fb&se=1", "https://x.example?sig=(sensitive)&se=1", {"a%2Fb", "a/b"}),
    (f"{SLACK}/T00/B00/XXXX", f"{SLACK}/(sensitive)", {"T00/B00/XXXX"}),
    ("https://discord.com/api/webhooks/1/abc", "https://discord.com/api/webhooks/(sensitive)", {"1/abc"}),
    ("https://x.example/in/0a1b2c3d4e5f6a7b8c9d0e", "https://x.example/in/(sensitive)", {"0a1b2c3d4e5f6a7b8c9d0e"}),
    ("a https://u:p@x b https://v:q@y c", "a https://(sensitive)@x b https://(sensitive)@y c", {"p", "q"}),
]
SHOWN = [
    "https://x.example:8443/a/b?limit=10&page=2#part",
    "https://x.example/@user/a",
    "https://x.example:80/@user",
    "https://x.example/11111111-1111-4111-8111-111111111111",
    "https://x.example/polytomic-events-of-the-year-2024",
    "https://x.example/?monkey=1&token=",
    "https://[::1]:8765/@a",
    "me@x.example",
    "no URL: me:pw@x",
]


@pytest.mark.parametrize(("text", "masked", "secrets"), HIDDEN)
def test_the_secret_parts_of_a_url_are_masked(text: str, masked: str, secrets: set[str]) -> None:
    assert (hide_urls(text), url_secrets(text), hide_urls(masked)) == (masked, secrets, masked)


@pytest.mark.parametrize("text", SHOWN)
def test_the_rest_of_a_url_is_shown(text: str) -> None:
    assert (hide_urls(text), url_secrets(text)) == (text, set())


def test_a_url_without_a_scheme_can_be_masked() -> None:
    assert hide_url("me:geh3im@proxy:3128") == "(sensitive)@proxy:3128"
    assert hide_url("proxy:3128") == "proxy:3128"


@given(
    st.text(st.characters(exclude_characters=" \t\r\n\"'<>`@", exclude_categories=("Z", "C")), min_size=4, max_size=12),
    st.sampled_from(["https://u:{}@x.example/p", "https://x.example/?token={}"]),
)
def test_no_password_stays(password: str, form: str) -> None:
    """A law, with passwords that nobody encoded; in a query, where `&`, `;` and `#` end a value, without these."""
    secret = (
        f"Q{password}Q" if form.startswith("https://u") else "Q" + password.translate({ord(one): "-" for one in "&;#"})
    )
    assert secret not in hide_urls(form.format(secret))


HOOK = "https://me:geh3im-1@hooks.example/in?token=geh3im-2"
SPEC = 'version: 1\nwebhooks:\n  Hook: {{endpoint: "{}", secret: "${{env:S}}"}}\n'
FORMS = ["text", "json", "markdown", "html", "github", "junit", "sarif"]


@pytest.fixture
def applier(tmp_path: Path) -> Workspace:
    return Workspace.local(tmp_path, "data", S="s3cr3t-s3cr3t")


def test_a_secret_in_the_endpoint_of_a_webhook_is_pointed_out(applier: Workspace) -> None:
    applier.write("spec.yaml", SPEC.format(HOOK))
    said = applier("validate", "spec.yaml")
    assert (said.code, said.err) == (
        0,
        (
            'spec.yaml:3:20: warning: The URL in "endpoint" of webhooks/Hook contains a secret: '
            "https://(sensitive)@hooks.example/in?token=(sensitive). [secret-in-file]\n"
            '  hint: use "${env:NAME}" for the whole URL, and set the variable where applier runs\n'
        ),
    )
    applier.write("spec.yaml", SPEC.format("${env:HOOK}"))
    assert applier("validate", "spec.yaml", HOOK=HOOK).err == ""


@pytest.mark.parametrize("form", FORMS)
def test_no_form_shows_the_secret_of_an_endpoint(applier: Workspace, form: str) -> None:
    """Neither the declared one nor the live one, in plans, applies, drift, deletes and saved plans."""
    old, new = SPEC.format(HOOK), SPEC.format(HOOK.replace("geh3im", "n3u-geh3im"))
    applier.write("spec.yaml", old)
    outputs = [applier("apply", "--yes", "-o", form), applier("plan", "-o", form)]
    applier.write("spec.yaml", new)
    outputs += [
        applier("plan", "-o", form),
        applier("drift", "-o", form),
        applier("plan", "--out", "saved", "-o", form),
    ]
    applier.write("spec.yaml", "version: 1\nowns: {webhooks: ['*']}\n")
    outputs += [applier(*command, "-o", form) for command in (("plan",), ("plan", "--prune"), ("drift",))]
    shown = "".join(one.out + one.err for one in outputs) + applier.read("saved")
    assert "geh3im" not in shown
    assert "hooks.example/in?token=(sensitive)" in shown
    assert {one.code for one in outputs} <= {0, 2, 3}


def test_an_export_leaves_the_secret_out(applier: Workspace, tmp_path: Path) -> None:
    """Not in a text, not in the name of a file or of a variable; with the variables set, the plan is empty."""
    applier.write("spec.yaml", SPEC.format(HOOK))
    assert applier("apply", "--yes", "-q").code == 0
    exported = applier("export", "--out", "out")
    assert exported.code == 0
    files = {
        one.relative_to(tmp_path / "out").as_posix(): one for one in (tmp_path / "out").rglob("*") if one.is_file()
    }
    texts = "".join([exported.out, exported.err, *files, *(one.read_text("utf-8") for one in files.values())])
    assert "geh3im" not in texts.lower().replace("_", "-")
    name = "HTTPS_SENSITIVE_HOOKS_EXAMPLE_IN_TOKEN_SENSITIVE"
    settings = {f"{name}_ENDPOINT": HOOK, f"{name}_SECRET": "s3cr3t-s3cr3t"}
    assert applier("plan", "out", "--detailed-exitcode", "-q", **settings).code == 0


def test_what_is_removed_is_named_by_its_whole_endpoint(applier: Workspace, tmp_path: Path) -> None:
    applier.write("spec.yaml", SPEC.format(HOOK))
    assert applier("apply", "--yes", "-q").code == 0
    applier.write("spec.yaml", f'version: 1\nremoved: {{webhooks: ["{HOOK}"]}}\n')
    removed = applier("apply", "--yes")
    assert (removed.code, "geh3im" in removed.out + removed.err) == (0, False)
    with Sandbox.open(tmp_path / "data") as sandbox:
        assert sandbox.get("/api/webhooks") == []


def test_a_mask_is_no_secret(applier: Workspace) -> None:
    """It would replace the real secret, wherever it comes from: a file, a variable of a job, or an export by hand."""
    applier.write(
        "spec.yaml",
        """\
version: 1
webhooks: {Hook: {endpoint: "https://x.example", secret: "********"}}
connections:
  A: {type: mysql, configuration: {hostname: h, account: me, passwd: "${env:PW}", dbname: "***", port: 1}}
""",
    )
    refused = applier("plan", PW="***")
    rest = (
        'is a mask: it would replace the real secret by asterisks. [mask-as-secret]\n  hint: use "${env:NAME}" and set'
    )
    assert (refused.code, refused.out, refused.err) == (
        1,
        "",
        (
            f'spec.yaml:2:58: error: "secret" of webhooks/Hook {rest} the variable to the secret itself\n'
            f'spec.yaml:4:70: error: "configuration.passwd" of connections/A {rest} the variable to the secret itself\n'
        ),
    )
