"""Tell which packages moved since the lock, and which of them made the tests red.

    python .ci/moved.py LOCK FOLDER     run by the Python of the environment in FOLDER, right after a red pytest in it

Each package that moved is put back to its locked version for a moment, alone, those that applier names itself first;
when the failed tests pass then, it was that one. It stops after `LONGEST` seconds.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

LONGEST = 600
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def plain(name: str) -> str:
    """A package's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def moved(lock: str) -> dict[str, tuple[str, str]]:
    """By name: the locked version and the one that is installed; "nothing" for what was not there."""
    locked = {plain(name): version for name, version in LOCKED.findall(lock)}
    here = {plain(one.metadata["Name"]): one.version for one in metadata.distributions()}
    others = ("pip", "setuptools", "polytomic-applier")
    return {
        name: (locked.get(name, "nothing"), version)
        for name, version in sorted(here.items())
        if locked.get(name) != version and name not in others
    }


def named() -> set[str]:
    """The packages that applier's own metadata names."""
    return {plain(re.split(r"[^\w.-]", one, maxsplit=1)[0]) for one in metadata.requires("polytomic-applier") or ()}


def install(name: str, version: str) -> bool:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    return subprocess.run([*command, "--", f"{name}=={version}"], check=False).returncode == 0


def failed_tests_pass(folder: str) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "--lf", "-x", "-o", f"cache_dir={folder}/cache"]
    return subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def culprit(found: dict[str, tuple[str, str]], folder: str) -> str | None:
    ends, direct = time.monotonic() + LONGEST, named()
    for name in sorted(found, key=lambda one: (one not in direct, one)):
        locked, newest = found[name]
        if time.monotonic() > ends:
            return None
        if locked == "nothing" or not install(name, locked):
            continue
        passes = failed_tests_pass(folder)
        install(name, newest)
        if passes:
            return name
    return None


def main(lock: str, folder: str) -> None:
    found = moved(Path(lock).read_text("utf-8"))
    if not found:
        print("The newest versions are the locked ones: the failure is not theirs.")
        return
    print("The default suite is red with the newest versions. Moved since the lock:\n")
    for name, (locked, newest) in found.items():
        print(f"- {name}: {locked} → {newest}")
    print(flush=True)
    guilty = culprit(found, folder)
    if guilty:
        print(f"It is **{guilty}**: with {found[guilty][0]} the failed tests pass.")
    else:
        print("None of them alone: with no single one put back did the failed tests pass.")


if __name__ == "__main__":
    main(*sys.argv[1:])
