"""What is published and where from: the name that people install, locks, pins, what a release says of itself."""

from __future__ import annotations

import re
import runpy
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
import yaml

import applier
from applier.cli.version import DISTRIBUTION
from tests.locks import MOVED, plain, requirements, versions

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
FOLDERS = ("applier", "schemas", "examples", "docs", ".ci", ".github", ".locks")
LINE = 400  # characters; what is longer is data

# `applier` on PyPI is somebody else's. A word behind one of these commands is a package.
INSTALLERS = re.compile(
    r"""(?x)
    (?:
        \b(?:pip3?|pipx|uv\s+pip|uv\s+tool|poetry|pdm|conda|rye)\s+(?:install|add|inject|run|upgrade|download)
        | \b(?:uvx|uv\s+add|pipx\s+run|uv\s+run\s+--with|additional_dependencies:)
    )
    (?:[^|;&\n`#]*?[\s\["'=,])??
    ["'\[]? applier (?![\w-]) (?!/) (?!\.) (?!\s*=\s*\w)
    """
)
REQUIREMENT = re.compile(r"""(?:^|[\s"'\[,])applier(?:\[[a-z,]+\])?\s*(?:==|>=|~=|<)\s*[0-9]""")


def texts() -> Iterator[Path]:
    """Every text that people read or programs run."""
    yield from (path for path in ROOT.glob("*") if path.suffix in (".md", ".toml") or path.name == "Makefile")
    yield ROOT / ".pre-commit-hooks.yaml"
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and ".applier" not in path.parts:
                yield path


def bare_names(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if len(line) < LINE and "--from polytomic-applier applier" not in line]
    return [line for line in lines if INSTALLERS.search(line) or REQUIREMENT.search(line)]


@pytest.mark.parametrize(
    "line",
    [
        "pip install applier",
        "pip install 'applier[sandbox]'",
        'python -m pip install -q "applier[sandbox]"',
        "pipx install applier",
        "uv tool install applier",
        "uvx applier plan",
        "pip install --upgrade applier==0.1.0",
        "additional_dependencies: [applier==0.1.0]",
        '    "applier[sandbox,snowflake]>=1",',
        "uv add applier",
        "poetry add applier",
    ],
)
def test_the_bare_name_is_found(line: str) -> None:
    assert bare_names(line) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "pip install 'polytomic-applier[sandbox]'",
        "uvx --from polytomic-applier applier plan",
        "pipx install 'polytomic-applier[sandbox]' && applier --version",
        "pip install -e . && .venv/bin/applier apply examples",
        "    entry: applier fmt pipelines",
        "podman run --rm polytomic-applier plan",
    ],
)
def test_ours_is_no_bare_name(line: str) -> None:
    assert bare_names(line) == []


def test_no_text_names_a_package_of_somebody_else() -> None:
    found = {}
    for path in texts():
        try:
            lines = bare_names(path.read_text("utf-8"))
        except UnicodeDecodeError:
            continue
        if lines:
            found[path.relative_to(ROOT).as_posix()] = lines
    assert found == {}


def test_one_name_and_one_version() -> None:
    assert PROJECT["project"]["name"] == DISTRIBUTION == "polytomic-applier"
    assert PROJECT["project"]["scripts"] == {"applier": "applier.cli:main"}
    sections = re.findall(r"^## \[(.+?)\](.*)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert sections[0] == ("Unreleased", "")
    assert all(re.fullmatch(r" - 20\d\d-\d\d-\d\d", rest) for _, rest in sections[1:])
    assert applier.__version__ in [name for name, _ in sections]


# Locks


LOCKS = sorted(path.stem for path in (ROOT / ".locks").glob("*.txt"))


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_has_one_version_and_hashes(name: str) -> None:
    held = requirements(name)
    assert held
    for package, hashes in held.items():
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*(\[[a-z,]+\])?==[^\s=]+", package), package
        assert hashes, package
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in hashes), package


def test_the_smaller_locks_hold_what_was_tested() -> None:
    everything = requirements("dev")
    for name in ("sandbox", "runtime"):
        assert requirements(name).items() <= everything.items()
    assert requirements("runtime").keys() < requirements("sandbox").keys()


def test_the_lock_holds_everything_that_is_named() -> None:
    project, groups = PROJECT["project"], PROJECT["dependency-groups"]
    extras = project["optional-dependencies"]
    named = [*project["dependencies"], *(one for extra in extras.values() for one in extra), *groups["build"]]
    assert {plain(name_of(one)) for one in named} - {DISTRIBUTION} <= versions("dev").keys()
    assert {plain(name_of(one)) for one in groups["ci"]} <= versions("ci").keys()


def name_of(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0]


def test_changes_since_the_lock_are_reported() -> None:
    """As a red run with the newest versions tells it."""
    moved = MOVED["moved"]
    here = {plain(one.metadata["Name"]): one.version for one in metadata.distributions()}
    same = {name: version for name, version in here.items() if name not in ("pip", "setuptools", DISTRIBUTION)}
    assert moved("".join(f"{name}=={version} \\\n    --hash=sha256:0\n" for name, version in same.items())) == {}
    older = {**same, "pyyaml": "0.1", "gone": "1"}
    del older["httpx"]
    expected = {"httpx": ("nothing", here["httpx"]), "pyyaml": ("0.1", here["pyyaml"])}
    assert moved("".join(f"{name}=={version}\n" for name, version in older.items())) == expected


def test_an_upper_bound_has_its_reason_beside_it() -> None:
    """A bound keeps the product out of environments that hold something newer."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    start = text.index("dependencies = [")
    lines = text[start : text.index("[tool.", start)].splitlines()
    bounded = [line for line in lines if re.search(r'"[\w\[\],.-]+[^"#]*(<|==|~=)[^"]*"', line)]
    assert [line for line in bounded if "#" not in line.rpartition('"')[2]] == []
    required = [one for one in PROJECT["project"]["dependencies"] if re.search(r"<|==|~=|!=", one)]
    assert required == []


# Pins


def pins() -> dict[str, list[tuple[str, str]]]:
    """By name the tags and what they named; "-" for what nobody could look up."""
    rows = [line.split() for line in (ROOT / ".github/pins.txt").read_text("utf-8").splitlines()]
    found: dict[str, list[tuple[str, str]]] = {}
    for name, tag, pin in (row for row in rows if row and not row[0].startswith("#")):
        found.setdefault(name, []).append((tag, pin))
    return found


PIN = runpy.run_path(str(ROOT / ".ci/pin.py"))
FILES = PIN["USERS"]
USES = re.compile(r"uses: ([\w.-]+/[\w.-]+)(?:/[\w./-]+)?@(\S+)(?: # (\S+))?")
IMAGE = re.compile(r"(docker\.io/[\w/.-]+):([\w.-]+)(?:@(\S+))?")


def test_all_that_comes_from_elsewhere_is_pinned_as_the_list_says() -> None:
    known, seen = pins(), set()
    for file in FILES:
        text = file.read_text("utf-8")
        for name, pin, tag in USES.findall(text):
            row = (tag, pin) if tag else (pin, "-")
            assert row in known.get(name, []), f"{file.name}: {name}@{pin} {tag}"
            seen.add(name)
        for name, tag, digest in IMAGE.findall(text):
            assert (tag, digest or "-") in known.get(name, []), f"{file.name}: {name}:{tag}"
            seen.add(name)
    assert seen == known.keys()
    # Of what is not ours everything could be looked up.
    assert [name for name, rows in known.items() if any(pin == "-" for _, pin in rows)] == [
        "your--organization/applier"
    ]
    for rows in known.values():
        assert all(re.fullmatch(r"-|[0-9a-f]{40}|sha256:[0-9a-f]{64}", pin) for _, pin in rows)


def test_no_file_with_pins_is_left_out() -> None:
    found = [*(ROOT / ".github").rglob("*.yml"), *(ROOT / "examples/ci").rglob("*")]
    having = {path for path in found if path.is_file() and path.suffix != ".md" and _names_something(path)}
    assert having == set(FILES) - {ROOT / ".github/actions/applier/action.yml"}


def _names_something(path: Path) -> bool:
    text = path.read_text("utf-8")
    return bool(USES.search(text) or IMAGE.search(text))


def test_a_new_pin_is_written_wherever_the_tag_is_used() -> None:
    used = PIN["used"]
    new = "1" * 40
    before = "- uses: a/b/c@v1 # v1\n- uses: a/b@0123 # v0.9\n- uses: a/bc@v1\n"
    assert used(before, "a/b", "v1", new) == f"- uses: a/b/c@{new} # v1\n- uses: a/b@{new} # v1\n- uses: a/bc@v1\n"
    digest = "sha256:" + "2" * 64
    image = "docker.io/library/python"
    images = f"FROM {image}:3.13\nFROM {image}:3.13@sha256:00 AS b\nFROM {image}:3.13-slim\n"
    expected = f"FROM {image}:3.13@{digest}\nFROM {image}:3.13@{digest} AS b\nFROM {image}:3.13-slim\n"
    assert used(images, image, "3.13", digest) == expected


# Workflows


@pytest.mark.parametrize("name", ["ci", "release"])
def test_no_job_may_do_more_than_it_says(name: str) -> None:
    workflow = yaml.load((ROOT / f".github/workflows/{name}.yml").read_text("utf-8"), Loader=yaml.BaseLoader)
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert "permissions" in job
        assert "uses" in job or "timeout-minutes" in job


def test_the_suite_runs_on_every_system_and_python_that_is_promised() -> None:
    workflow = yaml.load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"), Loader=yaml.BaseLoader)
    matrix = workflow["jobs"]["suite"]["strategy"]["matrix"]
    assert matrix["system"] == ["ubuntu-latest", "macos-latest", "windows-latest"]
    said = [one.rpartition(" ")[2] for one in PROJECT["project"]["classifiers"] if re.search(r":: 3\.\d", one)]
    assert matrix["python"] == said
