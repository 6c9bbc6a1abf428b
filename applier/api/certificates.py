"""The trusted certificates: SSL_CERT_FILE, SSL_CERT_DIR, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, or those of certifi."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Mapping
from pathlib import Path

import httpx

from applier.api.errors import BadSetting
from applier.system import describe_os_error, exists, is_file, is_folder

FILE, FOLDER = "SSL_CERT_FILE", "SSL_CERT_DIR"
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
CERTIFICATE_VARIABLES = (FILE, FOLDER, *BUNDLES)
NO_CERTIFICATE = "it holds no certificate in PEM form"
_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+")
"""A name that OpenSSL looks for in a folder; `openssl rehash` makes them."""


def trusted_certificates(variables: Mapping[str, str]) -> ssl.SSLContext:
    """Return a context with the certificates that the variables name, else with those of certifi.

    SSL_CERT_FILE and SSL_CERT_DIR count together, as for OpenSSL; the bundles only without them. Raises `BadSetting`
    for a variable that names no certificate.
    """
    chosen = [name for name in (FILE, FOLDER) if variables.get(name)]
    chosen = chosen or [name for name in BUNDLES if variables.get(name)][:1]
    if not chosen:
        return httpx.create_ssl_context(trust_env=False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # it has no certificates yet
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # as in curl, a certificate is trusted whoever issued it
    for name in chosen:
        _add(context, name, variables[name])
    return context


def _add(context: ssl.SSLContext, name: str, value: str) -> None:
    """Add the certificates that one variable names."""
    paths = [Path(one) for one in (value.split(os.pathsep) if name == FOLDER else [value]) if one]
    paths = [one for one in paths if exists(one)] or paths[:1]  # of several folders some may be missing
    if name in (FILE, FOLDER) and any(exists(one) and is_folder(one) is (name == FILE) for one in paths):
        kind, other = ("a folder", FOLDER) if name == FILE else ("not a folder", FILE)
        raise BadSetting(name, value, f"it is {kind}", f"name it in {other}")
    hint = f"set {name} to {'a folder' if name == FOLDER else 'a file'} of certificates in PEM form, or unset it"
    try:
        found = [_load(context, one) for one in paths]
    except ssl.SSLError:
        raise BadSetting(name, value, NO_CERTIFICATE, hint) from None
    except OSError as error:
        raise BadSetting(name, value, describe_os_error(error), hint) from None
    if not any(found):
        raise BadSetting(name, value, NO_CERTIFICATE, hint)


def _load(context: ssl.SSLContext, path: Path) -> bool:
    """Add the certificates of a file or a folder; return False for a folder without any. Raises OSError.

    OpenSSL reads only files with hashed names in a folder; in one without such names every file is read, as in Go.
    """
    if not is_folder(path):
        context.load_verify_locations(cafile=path)
        return True
    files = sorted(path.iterdir())
    if any(_HASHED.fullmatch(one.name) for one in files):
        context.load_verify_locations(capath=path)
        return True
    loaded = [_try_file(context, one) for one in files if is_file(one)]  # all of them
    return any(loaded)


def _try_file(context: ssl.SSLContext, file: Path) -> bool:
    try:
        context.load_verify_locations(cafile=file)
    except OSError:
        return False
    return True
