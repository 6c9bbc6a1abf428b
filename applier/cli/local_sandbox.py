"""The sandbox in this process, and what it is given to rehearse a spec: its tables, and what people make by hand."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from applier.cli.console import Console, Unusable
from applier.kinds.base import mapping
from applier.system import path_text

if TYPE_CHECKING:
    from applier.api import Client
    from applier.resources import Spec


def package() -> Any:
    """The sandbox. Raises `Unusable` when its extra is not installed."""
    try:
        from applier import sandbox
        from applier.sandbox import app, inprocess  # noqa: F401
    except ImportError as error:
        if (error.name or "").partition(".")[0] == "applier":
            raise  # not something that an extra would bring
        raise Unusable(
            "no-sandbox",
            f"The sandbox is not installed: {error.name} is missing.",
            "pip install 'polytomic-applier[sandbox]'",
        ) from None
    return sandbox


def failure() -> type[Exception]:
    """What the sandbox raises when it cannot use a data folder."""
    from applier.sandbox.session import StoreError

    return StoreError


def transport(given: Mapping[str, Any]) -> Any:
    """The sandbox inside this process, on the state in `--sandbox-data`. Raises `Unusable`."""
    inprocess, data = package().inprocess, given["sandbox_data"]
    try:
        return inprocess.transport(Path(data), databases=_databases())
    except (OSError, ValueError, failure()) as error:
        hint = "choose another folder with --sandbox-data, or empty it: applier sandbox reset"
        raise Unusable("bad-sandbox", f"The sandbox cannot use {path_text(data)}: {error}", hint) from None


def _databases() -> str:
    """Which databases the sandbox in this process opens; not worth a flag of every command."""
    return os.environ.get("APPLIER_DATABASES", "embedded")


def prepare(given: Mapping[str, Any], console: Console, spec: Spec, paths: Sequence[str], client: Client) -> None:
    """Give the sandbox what a spec finds elsewhere: the tables of its `seed` folder, and the connections made by hand.

    Live databases have what they have; nothing would read the loaded tables. Raises `Unusable` and `ApiError`.
    """
    if _databases() != "live":
        _seed(given, console, paths)
    _make_by_hand(console, spec, client)


def _seed(given: Mapping[str, Any], console: Console, paths: Sequence[str]) -> None:
    """Load the tables that the sandbox does not have yet."""
    from applier.render.parts.words import count

    for path in paths or ["."]:
        folder = (Path(path) if Path(path).is_dir() else Path(path).parent) / "seed"
        if folder.is_dir():
            loaded = seeded(package(), folder, Path(given["sandbox_data"]), only_missing=True)
            if loaded:
                tables, rows = count(len(loaded), "table"), count(sum(one.rows for one in loaded), "row")
                console.note(f"sandbox: loaded {tables} with {rows} from {path_text(folder)}")


def _make_by_hand(console: Console, spec: Spec, client: Client) -> None:
    """Make and authorize what the spec expects people to have made; a type that asks for more is left to them."""
    from applier.api import Refused

    expected = [one for one in spec.resources.values() if one.kind == "connections" and not one.managed and not one.id]
    there = {one.get("name") for one in client.pages("/api/connections")} if expected else set()
    for one in expected:
        if one.name in there or not one.body.get("type"):
            continue
        wish = {"name": one.name, "type": one.body["type"], "configuration": one.body.get("configuration") or {}}
        try:
            made = mapping(client.post("/api/connections", wish).get("data"))
        except Refused:
            continue  # linking says that it is missing
        client.post(f"/_sandbox/authorize/{made['id']}")
        console.note(f"sandbox: made {one.address}, since people make it by hand elsewhere (managed: false)")


def seeded(sandbox: Any, folder: Path, data: Path, *, only_missing: bool) -> list[Any]:
    """The tables that were loaded. Raises `Unusable` when a file cannot be."""
    from applier.sandbox.databases import DatabaseError

    try:
        loaded: list[Any] = sandbox.seed(folder, data, only_missing=only_missing)
        return loaded
    except (DatabaseError, OSError) as error:
        raise Unusable("bad-seed", str(error), "see examples/mysql-to-snowflake/seed for the form") from None
