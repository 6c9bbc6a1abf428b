"""Characters that are shown as nothing, or change what is shown around them, are escaped in JSON."""

from __future__ import annotations

import json
from pathlib import Path

from tests.workspace import Workspace

NAME = "re\udcff\u202egion\x85\u2028\x1b[31m"
DETAIL = f'"{NAME}" is not declared; it is set by --var.'
ESCAPED = r"re\udcff\u202egion\u0085\u2028\u001b[31m"


def test_a_name_of_any_characters_is_escaped(tmp_path: Path) -> None:
    applier = Workspace(tmp_path)
    applier.write("spec.yaml", "version: 1\n")
    result = applier("validate", "--var", f"{NAME}=x", "-o", "json", "--report", "json=report.json")
    assert (result.code, result.err) == (1, "")
    for text in (result.out, applier.read("report.json")):
        assert ESCAPED in text
        assert not set(text) & set("\udcff\u202e\x85\u2028\x1b")
        assert [one["detail"] for one in json.loads(text)["diagnostics"]] == [DETAIL]
