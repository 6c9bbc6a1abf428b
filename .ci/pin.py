"""Look up what the tags in .github/pins.txt name today, and write it there and wherever it is used.

    python .ci/pin.py            needs git and a network that reaches GitHub and Docker Hub (`make pin`)

To move to another version, write its tag into .github/pins.txt first. What cannot be reached stays, and is told.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[1]
PINS = ROOT / ".github/pins.txt"
USERS = (
    *sorted((ROOT / ".github/workflows").glob("*.yml")),
    ROOT / ".github/actions/applier/action.yml",
    *sorted((ROOT / "examples/ci").rglob("*.yml")),
    ROOT / "examples/ci/Containerfile",
)
PATIENCE = 60  # seconds for one answer


def commit_of(name: str, tag: str) -> str:
    """The commit that a tag of a repository at GitHub names; an annotated tag is followed to it."""
    command = ["git", "ls-remote", "--", f"https://github.com/{name}", f"refs/tags/{tag}", f"refs/tags/{tag}^{{}}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    return max(lines, key=lambda line: len(line[1]))[0] if lines else ""


def digest_of(image: str, tag: str) -> str:
    """The digest of the index of an image at Docker Hub."""
    name = image.removeprefix("docker.io/")
    scope = f"service=registry.docker.io&scope=repository:{name}:pull"
    with urllib.request.urlopen(f"https://auth.docker.io/token?{scope}", timeout=PATIENCE) as answer:
        token = json.load(answer)["token"]
    request = urllib.request.Request(
        f"https://registry-1.docker.io/v2/{name}/manifests/{tag}",
        method="HEAD",
        headers={"Authorization": f"Bearer {token}", "Accept": "application/vnd.oci.image.index.v1+json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return str(answer.headers["Docker-Content-Digest"])


def looked_up(name: str, tag: str) -> str:
    """What the tag names, empty when nobody can be asked."""
    try:
        return digest_of(name, tag) if name.startswith("docker.io/") else commit_of(name, tag)
    except (OSError, ValueError, KeyError, subprocess.SubprocessError):
        return ""


def used(text: str, name: str, tag: str, pin: str) -> str:
    """A workflow or container file with every use of a name at this tag."""
    if name.startswith("docker.io/"):
        return re.sub(rf"{re.escape(name)}:{re.escape(tag)}(@sha256:\w+)?(?![\w.-])", f"{name}:{tag}@{pin}", text)
    return re.sub(rf"(uses: {re.escape(name)}(?:/\S+)?)@\S+(?: # v\S+)?", rf"\1@{pin} # {tag}", text)


def main() -> int:
    lines, missing = [], []
    for line in PINS.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            lines.append(line)
            continue
        name, tag, before = line.split()
        pin = looked_up(name, tag)
        if not pin:
            missing.append(f"{name} {tag}")
        pin = pin or before
        lines.append(f"{name:<29} {tag:<20} {pin}")
        if pin != "-":
            for file in USERS:
                file.write_text(used(file.read_text("utf-8"), name, tag, pin), "utf-8", newline="\n")
    PINS.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")
    for one in missing:
        print(f"not found: {one}", file=sys.stderr)
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
