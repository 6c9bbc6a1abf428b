"""The map of the rooms: CONTRIBUTING and docs/map.md say what each package and module is for, in its own words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.pages import ROOT, UPDATE_DOCS

PACKAGE = ROOT / "applier"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
PAGE = ROOT / "docs/map.md"
ROOMS = re.compile(r"(?<=<!-- rooms: written by `make docs` -->\n).*?(?=<!-- end of rooms -->)", re.DOTALL)
HEAD = """\
# The map of the sources

Every module of `applier/` with the first sentence of its docstring, from the top layer to the bottom one. `make docs`
writes this page. [Architecture](architecture.md) describes how data flows through the rooms.
"""


def layers() -> list[str]:
    """The rooms from top to bottom, as the layers of pyproject.toml have them."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    block = re.search(r'id = "layers".*?layers = \[\n(.*?)\n\]', text, re.DOTALL)
    assert block
    lines = re.findall(r'^\s*"([^"]+)"', block[1], re.MULTILINE)
    return [name for line in lines for name in re.findall(r"\w+", line)]


def summary(path: Path) -> str:
    """The first paragraph of a module's docstring, on one line."""
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert docstring, f"{path.relative_to(ROOT)} has no docstring"
    return re.sub(r"\s+", " ", docstring.split("\n\n")[0]).strip()


def home(room: str) -> Path:
    """The file that says what a room is for."""
    package = PACKAGE / room / "__init__.py"
    return package if package.exists() else PACKAGE / f"{room}.py"


def rooms() -> str:
    """The table of the rooms, the packages inside them under each."""
    lines = ["", "| room | what it is for |", "|---|---|"]
    for room in layers():
        path = home(room)
        where = f"{room}/" if path.name == "__init__.py" else f"{room}.py"
        lines.append(f"| `{where}` | {summary(path)} |")
        for inner in sorted(path.parent.rglob("__init__.py")) if path.name == "__init__.py" else ():
            if inner != path:
                name = inner.parent.relative_to(PACKAGE).as_posix()
                lines.append(f"| &nbsp;&nbsp;`{name}/` | {summary(inner)} |")
    return "\n".join([*lines, "", ""])


def page() -> str:
    """All modules, under a heading for each room."""
    parts = [HEAD]
    for room in layers():
        path = home(room)
        title = f"{room}/" if path.name == "__init__.py" else f"{room}.py"
        parts.append(f"\n## `{title}`\n\n{summary(path)}\n")
        if path.name == "__init__.py":
            modules = [one for one in sorted(path.parent.rglob("*.py")) if one != path]
            rows = [f"| `{one.relative_to(path.parent).as_posix()}` | {summary(one)} |" for one in modules]
            parts.append("\n" + "\n".join(["| module | |", "|---|---|", *rows]) + "\n")
    return "".join(parts)


def test_every_room_is_a_layer() -> None:
    names = {one.stem if one.is_file() else one.name for one in PACKAGE.iterdir() if one.name != "__pycache__"}
    assert names - {"__init__", "__main__", "py"} == set(layers())


def test_contributing_has_the_map_of_the_rooms() -> None:
    text = CONTRIBUTING.read_text("utf-8")
    assert ROOMS.search(text)
    if UPDATE_DOCS:
        CONTRIBUTING.write_text(ROOMS.sub(lambda _: rooms(), text), "utf-8")
    assert ROOMS.search(CONTRIBUTING.read_text("utf-8"))[0] == rooms()  # type: ignore[index]


def test_the_map_page_has_every_module() -> None:
    if UPDATE_DOCS:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(), "utf-8")
    assert PAGE.read_text("utf-8") == page()


def test_a_module_says_in_one_sentence_what_it_is_for() -> None:
    said = {path: summary(path) for path in sorted(PACKAGE.rglob("*.py"))}
    assert [path.as_posix() for path, text in said.items() if not text.endswith(".") or len(text) > 160] == []
