"""Proxies, certificates and locales of the surroundings, and URLs as people write them.

Every setting is understood as curl, requests and Go tools understand it, and a fault in one names that one.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import ipaddress
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applier.api.addresses import normalize_url
from applier.api.errors import ApiError
from applier.api.proxies import find_proxy, parse_exemption
from tests.cli.forward_proxy import ForwardProxy, forward_proxy
from tests.system import minimal_environment
from tests.workspace import KEY, ROOT, Result, Sandbox, Workspace

SPEC = "version: 1\nroles: {Ä €: {}}\n"
SERVICE = "service.invalid"


@pytest.fixture
def proxy(served: Sandbox) -> Iterator[ForwardProxy]:
    with forward_proxy(served.url) as running:
        yield running


@pytest.fixture
def far(tmp_path: Path) -> Workspace:
    """The command line for a service that only a proxy can reach: every name below .invalid is unknown."""
    environment = {"POLYTOMIC_API_KEY": KEY, "POLYTOMIC_DEPLOYMENT_URL": f"http://{SERVICE}", "APPLIER_INSECURE": "1"}
    far = Workspace(tmp_path, environment)
    far.write("spec.yaml", SPEC)
    return far


def plan(applier: Workspace, **environment: str) -> Result:
    return applier("plan", "spec.yaml", "--timeout", "1", "--detailed-exitcode", **environment)


def error(text: str, hint: str, code: str) -> Result:
    return Result(1, "", f"error: {text} [{code}]\n  hint: {hint}\n")


CHECK = "check the URL (--url or POLYTOMIC_DEPLOYMENT_URL) and the network"
NOT_FOUND = error(f"http://{SERVICE} cannot be reached: host name not found", CHECK, "service")


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("scheme", ["http://", ""])
def test_a_proxy_is_asked_for_everything(far: Workspace, proxy: ForwardProxy, variable: str, scheme: str) -> None:
    asked = plan(far, **{variable: f" {scheme}{proxy.host}/ "})
    assert (asked.code, asked.err, set(proxy.asked), proxy.users) == (2, "", {SERVICE}, {None})


def test_a_whole_apply_goes_through_a_proxy_with_a_password(
    far: Workspace, proxy: ForwardProxy, sandbox: Sandbox
) -> None:
    settings = {"HTTP_PROXY": f"http://me:geh%40eim@{proxy.host}"}
    assert far("apply", "spec.yaml", "--yes", **settings).code == 0
    assert plan(far, **settings).code == 0
    sandbox.reset()
    assert proxy.users == {"Basic bWU6Z2VoQGVpbQ=="}  # me:geh@eim


@pytest.mark.parametrize(
    ("no_proxy", "is_asked"),
    [
        ("", True),
        ("localhost,fd00::/8", True),
        ("[::1],127.0.0.1", True),
        ("10.0.0.0/8, fe80::/10 ,::1", True),
        (f"x{SERVICE}", True),
        ("ervice.invalid", True),
        (f"{SERVICE}:443", True),
        (f"*.{SERVICE}", True),
        ("[::1,10.0.0.0/99,a/b,", True),
        (SERVICE, False),
        ("a.example, Service.INVALID.", False),
        ("a.example service.invalid", False),
        ("invalid", False),
        (".invalid", False),
        ("*.invalid", False),
        (f".{SERVICE}", False),
        (f"{SERVICE}:80", False),
        ("http://service.invalid/", False),
        ("*", False),
        ("a.example,*", False),
    ],
)
def test_no_proxy_lists_the_hosts_that_need_none(
    far: Workspace, proxy: ForwardProxy, no_proxy: str, is_asked: bool
) -> None:
    seen = plan(far, HTTP_PROXY=proxy.host, NO_PROXY=no_proxy)
    assert bool(proxy.asked) is is_asked
    assert (seen.code, seen.err) == (2, "") if is_asked else seen == NOT_FOUND


@pytest.mark.parametrize(
    ("host", "entry", "expected"),
    [
        ("10.1.2.3", "10.0.0.0/8", True),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.3:80", True),
        ("10.1.2.3", "10.1.2.3:81", False),
        ("10.1.2.3", "2.3", False),
        ("[fd00::1]", "fd00::/8", True),
        ("[fd00::1]", "[fd00::]/8", True),
        ("[fd00::1]", "[FD00:0::1]", True),
        ("[fd00::1]", "[fd00::1]:80", True),
        ("[fd00::1]", "fd00::2", False),
        ("[::ffff:10.1.2.3]", "10.0.0.0/8", True),
        ("bücher.example", "xn--bcher-kva.example", True),
        ("xn--bcher-kva.example", "BÜCHER.example", True),
    ],
)
def test_addresses_and_names_of_no_proxy(host: str, entry: str, expected: bool) -> None:
    found = find_proxy(f"http://{host}", {"HTTP_PROXY": "proxy:1", "no_proxy": entry})
    assert (found is None) is expected


@given(st.text(st.sampled_from("a.:*[]/ ,%1f-@ü\x00"), max_size=12))
def test_any_no_proxy_is_read(entry: str) -> None:
    """A law: no text makes an error, and one that says nothing about a host leaves it to the proxy."""
    read = parse_exemption(entry)
    assert read is None or isinstance(read.covers("service.example", 80), bool)
    without_host = not any(one in entry for one in "*")
    assert not without_host or find_proxy("http://service.example", {"HTTP_PROXY": "p", "NO_PROXY": entry}) is not None


@pytest.mark.parametrize(
    ("environment", "is_asked"),
    [
        ({"HTTPS_PROXY": "{proxy}"}, False),  # it is for https
        ({"HTTPS_PROXY": "gopher://x"}, False),
        ({"http_proxy": "", "HTTP_PROXY": "{proxy}"}, False),  # small letters first, even empty
        ({"http_proxy": "{proxy}", "HTTP_PROXY": "gopher://x"}, True),
        ({"HTTP_PROXY": "{proxy}", "ALL_PROXY": "gopher://x"}, True),
        ({"HTTP_PROXY": "{proxy}", "REQUEST_METHOD": "GET"}, False),  # a header of a request to a web server
        ({"http_proxy": "{proxy}", "REQUEST_METHOD": "GET"}, True),
        ({"HTTP_PROXY": "{proxy}", "no_proxy": "", "NO_PROXY": "*"}, True),
        ({"HTTP_PROXY": "{proxy}", "SSL_CERT_FILE": "/no/such/file"}, True),  # without TLS
    ],
)
def test_which_variable_counts(
    far: Workspace, proxy: ForwardProxy, environment: dict[str, str], is_asked: bool
) -> None:
    seen = plan(far, **{name: value.replace("{proxy}", proxy.host) for name, value in environment.items()})
    assert bool(proxy.asked) is is_asked
    assert seen.code == 2 if is_asked else seen == NOT_FOUND


def test_this_machine_needs_no_proxy(applier: Workspace, proxy: ForwardProxy) -> None:
    applier.write("spec.yaml", SPEC)
    settings = {"HTTP_PROXY": proxy.host, "ALL_PROXY": "socks://x", "NO_PROXY": "localhost,fd00::/8,[::1]"}
    assert plan(applier, **settings).code == 2
    assert proxy.asked == []


WRITE = "write it as in http://proxy.example:3128, or unset HTTPS_PROXY"


@pytest.mark.parametrize(
    ("value", "shown", "why"),
    [
        (
            "gopher://me:geheim@proxy:1",
            "gopher://(sensitive)@proxy:1",
            'the scheme "gopher" is none of http, https, {}',
        ),
        ("socks://proxy", "socks://proxy", 'the scheme "socks" is none of http, https, {}'),
        ("http://[::1", "http://[::1", "it is not a URL"),
        ("http://", "http://", "it has no host"),
        ("http:/proxy:1", "http:/proxy:1", 'its scheme is written "http:/" and not "http://"'),
        ("HTTP//proxy:1", "HTTP//proxy:1", 'its scheme is written "HTTP//" and not "http://"'),
        ("https:proxy:1", "https:proxy:1", 'its scheme is written "https:" and not "https://"'),
        ("http:/me:geheim@proxy:1", "http:/(sensitive)@proxy:1", 'its scheme is written "http:/" and not "http://"'),
        ("http://a..b", "http://a..b", "its host or port is impossible"),
        ("127.0.0.1:99999", "127.0.0.1:99999", "its host or port is impossible"),
    ],
)
def test_a_proxy_that_cannot_be_is_named(far: Workspace, value: str, shown: str, why: str) -> None:
    said = f"HTTPS_PROXY={shown} cannot be used: {why.format('socks5, socks5h')}."
    refused = plan(far, HTTPS_PROXY=value, POLYTOMIC_DEPLOYMENT_URL=f"https://{SERVICE}")
    assert refused == error(said, WRITE, "bad-setting")


@pytest.mark.parametrize("password", ["ge/heim", "ge#heim", "ge?heim", "12#geheim", "1/geheim"])
@pytest.mark.parametrize("scheme", ["http://", ""])
def test_a_password_of_a_proxy_has_to_be_encoded(far: Workspace, scheme: str, password: str) -> None:
    """The URL would lead to another host, whose name and port are a part of the password."""
    said = "HTTPS_PROXY=http://(sensitive)@proxy:1 cannot be used: it has a /, ? or # before an @."
    hint = "write /, ? and # of the user name and password as %2F, %3F and %23, or unset HTTPS_PROXY"
    refused = plan(far, HTTPS_PROXY=f"{scheme}me:{password}@proxy:1", POLYTOMIC_DEPLOYMENT_URL=f"https://{SERVICE}")
    assert refused == error(said, hint, "bad-setting")


def test_a_proxy_without_an_answer_is_named(far: Workspace) -> None:
    refused = plan(far, ALL_PROXY="http://me:geheim@127.0.0.1:9", NO_PROXY="[::1,x")
    said = f"http://{SERVICE} cannot be reached through ALL_PROXY=http://(sensitive)@127.0.0.1:9: connection refused"
    hint = 'check the proxy; NO_PROXY lists hosts to reach without it; "[::1" in NO_PROXY is no host and has no effect'
    assert refused == error(said, hint, "service")


def test_socks_says_what_it_needs(far: Workspace) -> None:
    if importlib.util.find_spec("socksio"):
        pytest.skip("the package is there")
    refused = plan(far, ALL_PROXY="socks5://me:geheim@127.0.0.1:9")
    said = "ALL_PROXY=socks5://(sensitive)@127.0.0.1:9 cannot be used: SOCKS needs the Python package socksio."
    assert refused == error(said, "run pip install 'httpx[socks]', or use an http:// proxy", "bad-setting")


# Certificates


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate for localhost, `certificate.pem`, and its key; nobody else has signed it."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    folder = tmp_path_factory.mktemp("authority")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), x509.DNSName(SERVICE), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    )
    today = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    return folder


class _Empty(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b'{"data": []}'
        self.send_response_only(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def over_tls(authority: Path) -> Iterator[str]:
    """The URL of a workspace without anything in it, over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "certificate.pem", authority / "key.pem")
    server = HTTPServer(("127.0.0.1", 0), _Empty)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    "environment",
    [
        {"SSL_CERT_FILE": "certificate.pem"},
        {"SSL_CERT_DIR": "."},  # without hashed names
        {"SSL_CERT_DIR": "/no/such/folder:."},
        {"REQUESTS_CA_BUNDLE": "certificate.pem"},
        {"REQUESTS_CA_BUNDLE": "."},
        {"CURL_CA_BUNDLE": "certificate.pem"},
        {"SSL_CERT_FILE": "certificate.pem", "REQUESTS_CA_BUNDLE": "/no/such/file"},
        {"SSL_CERT_FILE": "", "SSL_CERT_DIR": "", "CURL_CA_BUNDLE": "certificate.pem"},
        {"SSL_CERT_FILE": "certificate.pem", "SSL_CERT_DIR": "."},
    ],
    ids=str,
)
def test_certificates_of_the_environment_are_trusted(
    far: Workspace, authority: Path, over_tls: str, environment: dict[str, str]
) -> None:
    if sys.platform == "win32":
        environment = {name: value.replace(":.", ";.") for name, value in environment.items()}
    seen = Workspace(authority, far.environment)("status", "--url", over_tls, "--timeout", "2", **environment)
    assert (seen.code, seen.err) == (0, "")


def test_an_unknown_certificate_is_refused(far: Workspace, authority: Path, over_tls: str) -> None:
    refused = far("status", "--url", over_tls, "--timeout", "1")
    assert (refused.code, refused.out) == (1, "")
    assert "CERTIFICATE_VERIFY_FAILED" in refused.err
    assert refused.err.endswith(
        "  hint: if a proxy or a private authority signs its certificate, name that of the signer in SSL_CERT_FILE\n"
    )


def test_a_tunnel_leads_to_the_service_behind_a_proxy(far: Workspace, authority: Path, over_tls: str) -> None:
    with forward_proxy(over_tls) as proxy:
        settings = {
            "HTTPS_PROXY": f"http://me:geheim@{proxy.host}",
            "SSL_CERT_FILE": str(authority / "certificate.pem"),
        }
        seen = far("status", "--url", SERVICE, "--timeout", "2", **settings)
    assert (seen.code, seen.err, set(proxy.asked)) == (0, "", {f"{SERVICE}:443"})
    assert proxy.users == {"Basic bWU6Z2VoZWlt"}


@pytest.mark.parametrize(
    ("variable", "value", "why", "hint"),
    [
        ("SSL_CERT_FILE", "missing.pem", "no such file or directory", "set {} to a file"),
        ("SSL_CERT_FILE", "spec.yaml", "it holds no certificate in PEM form", "set {} to a file"),
        ("SSL_CERT_FILE", ".", "it is a folder", "name it in SSL_CERT_DIR"),
        ("SSL_CERT_DIR", "missing", "no such file or directory", "set {} to a folder"),
        ("SSL_CERT_DIR", "spec.yaml", "it is not a folder", "name it in SSL_CERT_FILE"),
        ("SSL_CERT_DIR", ".", "it holds no certificate in PEM form", "set {} to a folder"),
        ("REQUESTS_CA_BUNDLE", "missing.pem", "no such file or directory", "set {} to a file"),
        ("CURL_CA_BUNDLE", "spec.yaml", "it holds no certificate in PEM form", "set {} to a file"),
    ],
)
def test_certificates_that_cannot_be_are_named(far: Workspace, variable: str, value: str, why: str, hint: str) -> None:
    refused = plan(far, POLYTOMIC_DEPLOYMENT_URL=f"https://{SERVICE}", **{variable: value})
    full = f"{hint.format(variable)} of certificates in PEM form, or unset it" if "{}" in hint else hint
    assert refused == error(f"{variable}={value} cannot be used: {why}.", full, "bad-setting")


# URLs


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("app.polytomic.com", "https://app.polytomic.com"),
        ("app.polytomic.com:8443/", "https://app.polytomic.com:8443"),
        ("//app.polytomic.com", "https://app.polytomic.com"),
        (" HTTPS://App.Polytomic.COM.// ", "https://app.polytomic.com"),
        ('"https://app.polytomic.com"', "https://app.polytomic.com"),
        ("'app.polytomic.com' ", "https://app.polytomic.com"),
        ("<https://app.polytomic.com/>", "https://app.polytomic.com"),
        ("\ufeffhttps://app.polytomic.com\u200b", "https://app.polytomic.com"),
        ("https:/app.polytomic.com", "https://app.polytomic.com"),
        ("https//app.polytomic.com", "https://app.polytomic.com"),
        ("https:app.polytomic.com", "https://app.polytomic.com"),
        ("https://app.polytomic.com/api", "https://app.polytomic.com"),
        ("https://app.polytomic.com/api/", "https://app.polytomic.com"),
        ("https://app.polytomic.com/api/connections", "https://app.polytomic.com"),
        ("https://app.polytomic.com/api/bulk/syncs/1/", "https://app.polytomic.com"),
        ("https://gate.example/poly//tomic/", "https://gate.example/poly/tomic"),
        ("https://gate.example/poly/api/me", "https://gate.example/poly"),
        ("https://gate.example/api/api", "https://gate.example/api"),
        ("https://gate.example/api/polytomic", "https://gate.example/api/polytomic"),
        ("localhost:8765", "http://localhost:8765"),
        ("127.0.0.1:8765", "http://127.0.0.1:8765"),
        ("[::1]:8765", "http://[::1]:8765"),
        ("HTTP://LOCALHOST:8765/API", "http://localhost:8765/API"),
        ("https://[2001:DB8::1]:8443/api", "https://[2001:db8::1]:8443"),
    ],
)
def test_urls_are_understood_as_people_write_them(text: str, url: str) -> None:
    assert normalize_url(text) == url


FORM = "write the scheme and the host, as in https://app.polytomic.com"


@pytest.mark.parametrize(
    ("text", "why", "hint"),
    [
        ("htttps//x.example", 'the scheme "htttps" is neither https nor http', FORM),
        ("htps://x.example", 'the scheme "htps" is neither https nor http', FORM),
        ("http", '"http" is a scheme and no host', FORM),
        ("https/x.example", '"https" is a scheme and no host', FORM),
        ("https://https://x.example", '"https" is a scheme and no host', FORM),
        ("ftp://x.example", 'the scheme "ftp" is neither https nor http', FORM),
        ("https://", "it has no host", FORM),
        ("https://x .example", "it contains a blank", FORM),
        ("https://a..example", "a part of the host between dots is empty or too long", FORM),
        ("x.example:99999", "the port is not a number from 1 to 65535", FORM),
        ("x.example:x", "the port is not a number from 1 to 65535", FORM),
        ("http://[::1", "its IPv6 address has brackets that do not fit", FORM),
        ("http://::1:8765", "it has no host", FORM),
        ("http://fd00::1", "an IPv6 address needs brackets", "write it as in http://[::1]:8765"),
        ("https://x.example/#/home", "it has a query or a fragment", FORM),
    ],
)
def test_urls_that_cannot_be_are_explained(far: Workspace, text: str, why: str, hint: str) -> None:
    assert far("status", "--url", text) == error(f'The URL "{text}" from --url cannot be used: {why}.', hint, "service")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://x.example?api_key=geheim&a=1", "https://x.example?api_key=(sensitive)&a=1"),
        ("x.example/?token=geheim", "x.example/?token=(sensitive)"),
    ],
)
def test_a_url_is_shown_without_its_secrets(far: Workspace, text: str, shown: str) -> None:
    said = f'The URL "{shown}" from --url cannot be used: it has a query or a fragment.'
    assert far("status", "--url", text) == error(said, FORM, "service")


@pytest.mark.parametrize("text", ["https://me:geheim@x.example", "me:ge/heim@x.example", "https://geheim@x.example"])
def test_a_url_with_a_user_is_refused(far: Workspace, text: str) -> None:
    said = "The URL from --url contains a user name or password, which would replace the API key."
    hint = "remove the part before the @, and set POLYTOMIC_API_KEY"
    assert far("status", "--url", text) == error(said, hint, "service")


def test_a_blank_option_does_not_choose_the_usual_service(far: Workspace) -> None:
    refused = far("status", "--url", " ")
    assert refused == error("--url is empty.", "give it a URL, or leave it out", "service")


@given(st.text(st.sampled_from("htps:/@?#[]. \"'01a%ü\t\u200b-_=&\\"), max_size=20))
def test_any_url_is_understood_or_explained(text: str) -> None:
    """A law: what comes out is a URL that is its own normal form, or a sentence with a hint."""
    refused: ApiError | None = None
    url = ""
    try:
        url = normalize_url(text)
    except ApiError as error:
        refused = error
    if refused is not None:
        assert (str(refused)[-1], refused.hint is None) == (".", False)
    else:
        assert url.startswith(("https://", "http://"))
        assert normalize_url(url + "/api/") == url


# The key is only sent where nobody can read it on the way.

ALLOW = "use https://; --insecure (or APPLIER_INSECURE=1) allows it, as for a sandbox in a network of your own"


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("http://service.example", ALLOW),
        ("HTTP://10.0.0.1:8765/api", ALLOW),
        ("http://192.168.1.2:8765", ALLOW),
        ("http://host.docker.internal:8765", ALLOW),
        ("http://sandbox:8765", ALLOW),
        ("http://x.localhost:8765", ALLOW),
        ("http://localhost.example:8765", ALLOW),
        ("http://[fd00::1]:8765", ALLOW),
        ("http://127.0.0.1.nip.io", ALLOW),
        ("http://0.0.0.0:8765", "use http://127.0.0.1:8765"),
        ("http://[::]:8765", "use http://[::1]:8765"),
    ],
)
def test_a_url_in_clear_is_refused(far: Workspace, proxy: ForwardProxy, url: str, hint: str) -> None:
    settings = {"APPLIER_INSECURE": "0", "HTTP_PROXY": proxy.host}
    refused = far("status", "--url", url, **settings)
    shown = url.lower().removesuffix("/api")
    said = f"The URL {shown} from --url is not encrypted: the API key and all secrets would be readable on the way."
    assert refused == error(said, hint, "insecure-url")
    assert proxy.asked == []


@pytest.mark.parametrize("arguments", [("--insecure",), ()])
def test_insecure_allows_it(far: Workspace, proxy: ForwardProxy, arguments: tuple[str, ...]) -> None:
    allowed = {} if arguments else {"APPLIER_INSECURE": "1"}
    environment = {**far.environment, "APPLIER_INSECURE": "", "HTTP_PROXY": proxy.host, **allowed}
    assert Workspace(far.folder, environment)("status", *arguments).code == 0
    assert set(proxy.asked) == {SERVICE}


def test_the_refusal_says_where_the_url_comes_from(far: Workspace) -> None:
    far.write("spec.yaml", "version: 1\nenvironments:\n  prod:\n    url: http://in.spec.example\n")
    near = Workspace(far.folder, {"POLYTOMIC_API_KEY": KEY})
    sources = {
        "POLYTOMIC_DEPLOYMENT_URL": near("status", POLYTOMIC_DEPLOYMENT_URL="http://x.example").err,
        "APPLIER_URL": near("status", APPLIER_URL="http://x.example").err,
        "--url": near("status", "--url", "http://x.example", POLYTOMIC_DEPLOYMENT_URL="https://y.example").err,
        "environments.prod.url (spec.yaml:4:10)": near("plan", "spec.yaml", "-e", "prod").err,
    }
    assert {name for name, said in sources.items() if f" from {name} is not encrypted: " in said} == {*sources}


@pytest.mark.parametrize("url", [" ", "ftp://x", "http://x.example"])
def test_the_sandbox_of_a_command_needs_no_url(far: Workspace, url: str) -> None:
    said = Workspace(far.folder, {})("plan", "spec.yaml", "--sandbox", POLYTOMIC_DEPLOYMENT_URL=url, APPLIER_URL="")
    assert (said.code, said.out.splitlines()[-1]) == (0, "Plan: 1 to create (1 role).")


def test_the_fault_of_a_url_says_where_it_comes_from(far: Workspace) -> None:
    far.write(
        "spec.yaml", "version: 1\nenvironments:\n  prod:\n    url: ${var:x}\nvariables: {x: {default: 'ftp://x'}}\n"
    )
    refused = Workspace(far.folder, {"POLYTOMIC_API_KEY": KEY})("plan", "spec.yaml", "-e", "prod")
    source = 'The URL "ftp://x" from environments.prod.url (spec.yaml:4:10)'
    assert refused == error(f'{source} cannot be used: the scheme "ftp" is neither https nor http.', FORM, "service")


# Locales


@pytest.mark.parametrize(
    "locale",
    [
        {"LANG": "C"},
        {"LC_ALL": "POSIX"},
        {"LC_ALL": "xx_YY.unknown"},
        {"LANG": "de_DE.ISO-8859-1", "LC_ALL": ""},
        {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"},
        {"PYTHONIOENCODING": "utf-8:strict"},
    ],
    ids=str,
)
def test_output_is_utf_8_in_every_locale(far: Workspace, locale: dict[str, str]) -> None:
    assert _graph(far, locale) == (0, "roles/Ä €\n".encode(), b"")


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("ascii", "roles/Ä €\n".encode()), ("latin-1", b"roles/\xc4 \\u20ac\n"), ("cp1252:strict", b"roles/\xc4 \x80\n")],
)
def test_an_encoding_that_python_is_told_is_used(far: Workspace, encoding: str, expected: bytes) -> None:
    """What it does not have is escaped as in JSON, so that JSON stays JSON."""
    assert _graph(far, {"PYTHONIOENCODING": encoding}) == (0, expected, b"")


def _graph(far: Workspace, environment: dict[str, str]) -> tuple[int, bytes, bytes]:
    """Return exit code, stdout and stderr of a process, in bytes."""
    done = subprocess.run(
        [sys.executable, "-m", "applier", "graph", "spec.yaml"],
        cwd=far.folder,
        env={**minimal_environment(), "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr
