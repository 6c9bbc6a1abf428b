"""What all tests share: assertions of helpers, how much is tried, temporary files, and the number of workers."""

import os
import signal
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.effort import EXTENDED  # the first import decides for all generated cases
from tests.system import allow_many_files

# Failed assertions of helpers show their values as those of tests do, if this is said before the first import.
pytest.register_assert_rewrite(
    "tests.golden",
    "tests.workspace",
    "tests.export.support",
    "tests.pipelines.support",
    "tests.resilience.support",
)

MEMORY = Path("/dev/shm")
ENOUGH = 2 << 30  # bytes; a container may have a few megabytes only

# What a shell without a terminal puts into the background is deaf to Ctrl-C, and so would be all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A worker has hundreds of small databases and sockets open.
allow_many_files()

# The tests speak to servers of this machine only, whatever proxy it has for others.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"


def _in_memory() -> bool:
    """Whether there is room in memory for files, of which some are programs."""
    if os.environ.get("TMPDIR") or not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK)):
        return False
    found = os.statvfs(MEMORY)
    return found.f_bavail * found.f_frsize > ENOUGH and not found.f_flag & os.ST_NOEXEC


# Thousands of small databases are made and deleted, and a disk that syncs each of them takes most of the time.
if _in_memory():
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None


class Keys:
    """The keys of saved plans: each follows from the name of the test and from its place in it.

    The digest of a secret is so short that one change of 256 is not named, and the key decides which.
    """

    def __init__(self) -> None:
        self.test, self.number = "", 0

    def begin(self, test: str) -> None:
        self.test, self.number = test, 0

    def next(self, size: int) -> str:
        self.number += 1
        return sha256(f"{self.test} {self.number}".encode()).hexdigest()[: 2 * size]


KEYS = Keys()


@pytest.fixture(scope="session", autouse=True)
def constant_keys_of_saved_plans() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("secrets.token_hex", KEYS.next)
        yield


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What asks the package registry, and what takes minutes, runs only when asked for."""
    KEYS.begin(item.nodeid.partition("[")[0])  # ids of parameters differ between versions
    if item.get_closest_marker("packaging") and os.environ.get("APPLIER_TEST_PACKAGING") != "1":
        pytest.skip("APPLIER_TEST_PACKAGING is not 1")
    if item.get_closest_marker("extended") and not EXTENDED:
        pytest.skip("takes minutes: runs in CI and with APPLIER_TEST_EXTENDED=1")


def pytest_xdist_auto_num_workers() -> int:
    """`-n auto`: some tests only wait, so a few more at once than there are processors."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + (cores + 1) // 2
