"""What the sandbox does on Windows and macOS; the branch of a system is chosen by its name."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from datetime import datetime, tzinfo
from pathlib import Path
from threading import Timer
from typing import Any, Self

import httpx
import pytest

from applier.sandbox import reset, seed, system
from applier.sandbox.catalogues.record_store import delete_records
from applier.sandbox.databases import EmbeddedDatabase, NewColumn, open_database
from applier.sandbox.databases.sqlite_files import database_file
from applier.sandbox.databases.systems import SYSTEMS
from applier.sandbox.inprocess import transport
from applier.sandbox.process_locks import Owner, in_use
from applier.sandbox.rules import context
from applier.sandbox.session import StoreError
from applier.sandbox.store import FILE_NAME, NewerFormat, Store

OPEN_FILES = Path("/proc/self/fd")
TABLES = {"mysql/company/people.csv": "id\n1\n"}


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "SYSTEM", "win32")
    monkeypatch.setattr(system, "PAUSE", 0)
    monkeypatch.setattr(system, "SLICE", 0.01)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Names of files that cannot be deleted, as Windows has it for those that are open."""
    names: set[str] = set()
    unlink, os_unlink = Path.unlink, os.unlink

    def refusing(path: Path, missing_ok: bool = False) -> None:
        if path.name in names:
            raise PermissionError(13, "in use", str(path))
        unlink(path, missing_ok=missing_ok)

    def refusing_too(path: Any, **given: Any) -> None:
        if Path(os.fsdecode(path)).name in names:
            raise PermissionError(13, "in use", path)
        os_unlink(path, **given)

    monkeypatch.setattr(Path, "unlink", refusing)
    monkeypatch.setattr(os, "unlink", refusing_too)
    return names


def seed_table(folder: Path, tables: dict[str, str | bytes] | dict[str, str]) -> Path:
    for name, content in tables.items():
        (folder / "seed" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "seed" / name).write_bytes(content.encode() if isinstance(content, str) else content)
    seed(folder / "seed", folder / "data")
    return folder / "data"


def tables_of(type: str, database: str, data: Path) -> list[str]:
    with EmbeddedDatabase(SYSTEMS[type], database, data) as opened:
        return [*opened.tables(), *opened.views()]


class Listener:
    def __init__(self) -> None:
        self.options: list[tuple[int, int, int]] = []

    def setsockopt(self, *option: int) -> None:
        self.options.append(option)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "option"), [("win32", "SO_EXCLUSIVEADDRUSE"), ("darwin", "SO_REUSEADDR")])
def test_a_port_is_never_shared(name: str, option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The option with which a port is had at once after a restart lets two servers take it on Windows."""
    monkeypatch.setattr(system, "SYSTEM", name)
    monkeypatch.setattr(socket, "SO_EXCLUSIVEADDRUSE", -5, raising=False)
    listener: Any = Listener()
    system.claim_port(listener)
    assert listener.options == [(socket.SOL_SOCKET, getattr(socket, option), 1)]


@pytest.mark.usefixtures("windows")
def test_paths_are_shown_alike_and_reasons_too(tmp_path: Path) -> None:
    assert system.path_text(r"data\databases") == "data/databases"
    assert system.reason(OSError(errno.EADDRINUSE, "Only one usage of each socket address")) == "Address already in use"
    assert system.reason(OSError(9999, "Something else")) == "Something else"


def broken(data: Path) -> None:
    (data / FILE_NAME).write_bytes(b"no database at all" * 100)


def newer(data: Path) -> None:
    with closing(Store(data)) as store:
        store.session().write("UPDATE meta SET value = '999' WHERE key = 'format'")
        store.session().commit()


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="the system does not list open files")
@pytest.mark.parametrize(("spoil", "error"), [(broken, StoreError), (newer, NewerFormat)])
def test_a_state_that_cannot_be_used_is_not_kept_open(
    spoil: Callable[[Path], None], error: type[Exception], tmp_path: Path
) -> None:
    """Windows deletes no file that is open, so `reset` could not take it away."""
    spoil(tmp_path)
    with pytest.raises(error):
        Store(tmp_path)
    opened = [one.resolve() for one in OPEN_FILES.iterdir()]
    assert [
        one for one in opened if one.parent == tmp_path.resolve()
    ] == []  # other tests of the process may have theirs
    reset(tmp_path)
    with closing(Store(tmp_path)) as store:
        assert store.session().read("SELECT count(*) FROM objects") == [(0,)]


@pytest.mark.usefixtures("windows")
def test_what_a_run_has_open_does_not_fail_a_request_that_is_done(tmp_path: Path, held: set[str]) -> None:
    with httpx.Client(transport=transport(tmp_path), base_url="http://sandbox") as client:
        body = {"name": "One", "type": "hubspot", "configuration": {}}
        id = client.post("/api/connections", json=body).json()["data"]["id"]
        assert client.get(f"/_sandbox/records/{id}", params={"object": "contacts"}).is_success
        held.add(f"{id}.sqlite")
        assert client.delete(f"/api/connections/{id}").is_success
        assert client.get("/api/connections").json()["data"] == []
    assert (tmp_path / "databases" / "hubspot" / f"{id}.sqlite").exists()
    held.clear()
    delete_records("hubspot", id, tmp_path)
    assert list((tmp_path / "databases" / "hubspot").iterdir()) == []


@pytest.mark.usefixtures("windows")
def test_reset_empties_tables_that_a_run_has_open(tmp_path: Path, held: set[str]) -> None:
    data = seed_table(tmp_path, {**TABLES, "postgresql/one/public/t.csv": "id\n1\n"})
    held.add("server.sqlite")
    reset(data)
    assert [file.name for file in (data / "databases").rglob("*.sqlite")] == ["server.sqlite"]
    assert tables_of("mysql", "company", data) == []


@pytest.mark.usefixtures("windows")
def test_a_reset_that_cannot_be_is_refused_as_a_whole(tmp_path: Path, held: set[str]) -> None:
    data = seed_table(tmp_path, TABLES)
    (file,) = (data / "databases").rglob("server.sqlite")
    with httpx.Client(transport=transport(data), base_url="http://sandbox") as client:
        client.post("/api/connections", json={"name": "One", "type": "hubspot", "configuration": {}})
        file.write_bytes(b"no database at all" * 100)
        held.add("server.sqlite")
        refused = client.post("/_sandbox/reset")
        assert (refused.status_code, refused.json()["message"]) == (409, "tables cannot be deleted: Permission denied")
        assert len(client.get("/api/connections").json()["data"]) == 1
        held.clear()
        assert client.post("/_sandbox/reset").is_success
        assert client.get("/api/connections").json()["data"] == []


@pytest.mark.usefixtures("windows")
def test_an_owner_that_somebody_looks_at_goes_all_the_same(tmp_path: Path, held: set[str]) -> None:
    owner = Owner(tmp_path)
    held.add(owner.token)
    assert in_use(tmp_path)
    owner.release()
    assert not in_use(tmp_path)
    held.clear()
    assert not in_use(tmp_path)
    assert list((tmp_path / "owners").iterdir()) == []


def test_a_file_that_is_free_again_is_deleted(tmp_path: Path, windows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    file, tries = tmp_path / "file", iter([True, True, False])
    file.touch()
    unlink = Path.unlink

    def at_last(path: Path, missing_ok: bool = False) -> None:
        if next(tries):
            raise PermissionError(13, "in use", str(path))
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", at_last)
    system.remove(file)
    assert not file.exists()


@pytest.mark.parametrize("error", [OSError(1, "no such function"), PermissionError(1, "not permitted")])
def test_a_disk_without_second_names_for_files(error: OSError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FAT, exFAT and network drives cannot link; what is there already is left alone there, too."""

    def link(*_: object) -> None:
        raise error

    monkeypatch.setattr(os, "link", link)
    for content in ("first", "second"):
        (tmp_path / "made").write_text(content, "utf-8")
        system.give_name(tmp_path / "made", tmp_path / "name")
    assert (tmp_path / "name").read_text("utf-8") == "first"
    with httpx.Client(transport=transport(tmp_path / "data"), base_url="http://sandbox") as client:
        body = {"name": "One", "type": "hubspot", "configuration": {}}
        id = client.post("/api/connections", json=body).json()["data"]["id"]
        assert client.get(f"/_sandbox/records/{id}", params={"object": "contacts"}).json()["data"]
    assert [one.name for one in (tmp_path / "data/databases/hubspot").glob("*.sqlite")] == [f"{id}.sqlite"]


def file_name(database: str, data: Path) -> str:
    return database_file(SYSTEMS["postgresql"], database, data).name


def test_files_of_databases_differ_by_more_than_case_and_are_no_devices(tmp_path: Path) -> None:
    databases = (
        "sales",
        "Sales",
        "SALES",
        "con",
        "Con",
        "con.x",
        "com1",
        "nul",
        "aux",
        "lpt9",
        "größe",
        "Größe",
        "x@y",
    )
    names = [file_name(database, tmp_path) for database in databases]
    assert len({name.casefold() for name in names}) == len(databases)
    assert {name.partition(".")[0].casefold() for name in names}.isdisjoint({"con", "com1", "nul", "aux", "lpt9"})
    assert (names[0], names[1]) == ("sales.sqlite", "Sales@8de4e0ea.sqlite")
    for name in ("sales", "Sales", "con"):  # not from files: there they would be one, and a device
        with EmbeddedDatabase(SYSTEMS["postgresql"], name, tmp_path) as opened:
            opened.create_table(f"public.{name}", [NewColumn("id", "integer")])
    assert [tables_of("postgresql", name, tmp_path) for name in ("sales", "Sales", "con")] == [
        ["public.sales"],
        ["public.Sales"],
        ["public.con"],
    ]


def test_a_state_from_before_keeps_its_files(tmp_path: Path) -> None:
    data = seed_table(tmp_path, {"postgresql/Sales/public/t.csv": "id\n1\n"})
    folder = data / "databases" / "postgresql"
    (file,) = folder.glob("*.sqlite")
    file.rename(folder / "Sales.sqlite")
    assert file_name("Sales", data) == "Sales.sqlite"
    assert file_name("SALES", data) != "SALES.sqlite"
    assert tables_of("postgresql", "Sales", data) == ["public.t"]


def test_the_path_of_a_database_is_shown_with_slashes(tmp_path: Path) -> None:
    (tmp_path / "databases").write_text("", "utf-8")
    with pytest.raises(
        Exception,
        match=r"cannot open .*/databases/postgresql/x.sqlite: (Not a directory|File exists|No such file or directory)",
    ):
        open_database("postgresql", {"hostname": "h", "database": "x"}, tmp_path, live=False)


def test_no_timestamp_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of Windows stands still for 16 ms at a time."""

    class Standing(datetime):
        @classmethod
        def now(cls, zone: tzinfo | None = None) -> Self:
            return cls(2026, 1, 1, tzinfo=zone)

    monkeypatch.setattr(context, "datetime", Standing)
    moments = [context.now() for _ in range(1000)]
    assert sorted(set(moments)) == moments
    assert all(len(moment) == len("2026-01-01T00:00:00.000000Z") for moment in moments)


def test_seeds_from_other_editors_and_file_systems(tmp_path: Path) -> None:
    """Windows editors begin a file with a mark, and a Mac may spell an umlaut as two characters."""
    tables: dict[str, str | bytes] = {
        "mysql/company/leute-gro\u0308\u00dfe.csv": b"\xef\xbb\xbfid\n1\n",
        "mysql/company/view.sql": b"\xef\xbb\xbfSELECT id FROM `leute-gr\xc3\xb6\xc3\x9fe`\r\n",
    }
    data = seed_table(tmp_path, tables)
    assert tables_of("mysql", "company", data) == ["company.leute-gr\u00f6\u00dfe", "company.view"]


def test_a_view_in_another_encoding_is_reported(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"^seed/mysql/company/view.sql, line 1: not UTF-8 text$"):
        seed_table(tmp_path, {"mysql/company/view.sql": "SELECT 1".encode("utf-16")})


@pytest.mark.usefixtures("windows")
def test_waiting_wakes_now_and_then_and_ends_as_the_future_does() -> None:
    later: Future[int] = Future()
    timer = Timer(0.1, later.set_result, [7])
    timer.start()
    assert system.result_of(later) == 7
    timer.join()
    failed: Future[int] = Future()
    failed.set_exception(TimeoutError("its own"))
    with pytest.raises(TimeoutError, match="its own"):
        system.result_of(failed)


@pytest.mark.usefixtures("windows")
def test_requests_in_this_process_are_answered_on_windows(tmp_path: Path) -> None:
    with httpx.Client(transport=transport(tmp_path), base_url="http://sandbox") as client:
        assert client.get("/api/me").is_success
