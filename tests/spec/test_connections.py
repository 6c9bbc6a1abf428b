"""Settings of connections against what is known about their types, and which of them become secret."""

from __future__ import annotations

import pytest

from applier.diagnostics import Place, Severity, diagnose
from applier.kinds.connection.types import SHIPPED_TYPES
from applier.secrets import Secret

SHOP = "connections:\n  Shop: {type: TYPE, configuration: MEMBERS}\n"
RIGHT = "{hostname: h, port: 1, account: a, passwd: '${env:P:-x}'}"


SETTABLE = "use_search_api, include_static_list_support, client_id, client_secret, oauth_refresh_token"


def check(problems, type_id: str, members: str) -> list[tuple[str, str, int, str | None]]:
    """The diagnostics of one connection: code, detail, column and hint; all are in line 2."""
    found = problems(SHOP.replace("TYPE", type_id).replace("MEMBERS", members))
    assert {(one.place.line, one.address) for one in found} <= {(2, "connections/Shop")}
    return [(one.code, one.detail, one.place.column, one.hint) for one in found]


def test_right(problems) -> None:
    assert check(problems, "mysql", RIGHT) == []
    assert check(problems, "hubspot", "{}") == []  # OAuth: a person signs in
    assert check(problems, "intercom", "{any: thing}") == []


def test_a_required_setting_cannot_be_empty(problems) -> None:
    """The service would refuse it, after other things have been made."""
    members = "{hostname: '', port: 1, account: \"${env:A:-}\", passwd: '${env:P:-x}', ssh_user: ''}"
    assert check(problems, "mysql", members) == [
        ("empty-value", f'"configuration.{name}" of connections/Shop cannot be empty.', column, "give it a value")
        for name, column in (("hostname", 49), ("account", 71))
    ]


def test_missing_and_wrong(problems) -> None:
    assert check(problems, "mysql", "{hostname: h, port: '1', account: 5, ssl: on}") == [
        ("missing-key", '"configuration" of connections/Shop needs "passwd".', 23, "Password of that user"),
        (
            "wrong-type",
            '"configuration.port" of connections/Shop must be a whole number, but is a text.',
            58,
            "write a number, without quotes",
        ),
        (
            "wrong-type",
            '"configuration.account" of connections/Shop must be a text, but is a whole number.',
            72,
            "put it in quotes",
        ),
        (
            "wrong-type",
            '"configuration.ssl" of connections/Shop must be true or false, but is a text.',
            80,
            "write true or false, without quotes",
        ),
    ]
    assert check(problems, "salesforce", "{connect_mode: browsr}") == [
        (
            "value-not-allowed",
            '"configuration.connect_mode" of connections/Shop cannot be "browsr".',
            58,
            'did you mean "browser"?',
        )
    ]


def test_without_configuration(problems) -> None:
    assert [one.detail for one in problems("connections:\n  Shop: {type: snowflake}\n")] == [
        '"configuration" of connections/Shop needs "account".',
        '"configuration" of connections/Shop needs "dbname".',
        '"configuration" of connections/Shop needs "username".',
    ]


def test_warnings(problems) -> None:
    found = problems(
        SHOP.replace("TYPE", "hubspot").replace("MEMBERS", "{hub_usr: a, hub_user: b, client_secret: hunter2}")
    )
    assert found == (
        diagnose(
            "unknown-setting",
            '"configuration.hub_usr" of connections/Shop is not a known setting of the type hubspot.',
            Place("spec.yaml", 2, 41),
            f"known settings: {SETTABLE}; it is sent as it is",
            severity=Severity.WARNING,
            address="connections/Shop",
        ),
        diagnose(
            "setting-without-effect",
            '"configuration.hub_user" of connections/Shop is computed by Polytomic and cannot be set.',
            Place("spec.yaml", 2, 53),
            "remove it",
            severity=Severity.WARNING,
            address="connections/Shop",
        ),
        diagnose(
            "secret-in-file",
            '"configuration.client_secret" of connections/Shop contains a secret in plain text.',
            Place("spec.yaml", 2, 81),
            'use "${env:NAME}" and set the variable where applier runs',
            severity=Severity.WARNING,
            address="connections/Shop",
        ),
    )  # fmt: skip


def test_types(problems) -> None:
    assert check(problems, "mysqll", "{}")[0][3] == 'did you mean "mysql"?'
    (near,) = problems("connections: {A: {type: snowflke}}")
    (far,) = problems("connections: {A: {type: something_of_tomorrow}}")
    assert (near.code, near.severity) == ("unknown-connection-type", Severity.ERROR)
    assert (far.code, far.severity, far.hint) == (
        "unknown-connection-type",
        Severity.WARNING,
        "its settings are sent unchecked",
    )


@pytest.mark.parametrize(
    ("type_id", "members", "secret"),
    [
        ("mysql", RIGHT, {"x"}),
        ("hubspot", "{client_id: abc, hub_domain: d}", {"abc"}),
        ("webhook", "{basic: {username: u, password: p}, url: w}", {"p"}),
        ("webhook", "{header: {name: n, value: v}, headers: [{name: n, value: w}], active: true}", {"v", "w"}),
        ("something_else", "{host: h, password: p, oauth: {client_secret: s, key: k}}", {"p", "s", "k"}),
        ("something_else", "{api_key: k, list: [{token: t}], nothing: {password: null}}", {"k", "t"}),
    ],
)
def test_what_is_secret(type_id: str, members: str, secret: set[str], loaded) -> None:
    spec, _ = loaded(SHOP.replace("TYPE", type_id).replace("MEMBERS", members))
    assert spec.secrets == secret
    text = f"{spec} {spec.resources['connections/Shop'].body}"
    assert "(sensitive)" in text


def test_a_number_as_password_is_refused_and_hidden(loaded) -> None:
    spec, problems = loaded("connections: {A: {type: something_of_tomorrow, configuration: {password: 12345}}}")
    assert [one.code for one in problems] == ["unknown-connection-type", "wrong-type"]
    assert isinstance(spec.find("connections", "A").body["configuration"]["password"], Secret)
    assert "12345" not in f"{problems}"


def test_unmanaged(loaded) -> None:
    spec, problems = loaded(
        "connections:\n  A: {managed: false, type: mysql}\n  B: {managed: false, configuration: {}}\n"
    )
    assert [(one.code, one.detail, one.severity, one.place) for one in problems] == [
        (
            "no-effect",
            '"configuration" of connections/B has no effect, because it says "managed: false".',
            Severity.WARNING,
            Place("spec.yaml", 3, 23),
        )
    ]
    assert [one.managed for one in spec.resources.values()] == [False, False]


def test_facts() -> None:
    assert len(SHIPPED_TYPES.ids()) > 200
    assert not SHIPPED_TYPES.find("no_such_type").known
    assert not SHIPPED_TYPES.find("../spec.schema").known
    assert not SHIPPED_TYPES.find("index").known
    mysql = SHIPPED_TYPES.find("mysql")
    assert (mysql.name, mysql.oauth, mysql.required) == ("MySQL", False, ("account", "hostname", "passwd", "port"))
    assert SHIPPED_TYPES.find("salesforce").required == ()
    assert mysql.sensitive == {("passwd",), ("ssh_private_key",)}
    assert SHIPPED_TYPES.find("hubspot").read_only == {("hub_domain",), ("hub_user",)}
    assert SHIPPED_TYPES.find("webhook").is_sensitive(("oauth", "client_secret"))
    assert not mysql.is_sensitive(("account",))
