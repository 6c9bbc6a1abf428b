"""Plan, look, apply, from Python: refuses to delete anything, writes a page for the reviewers, then rolls out.

Try it without an account: python examples/python-api/rollout.py examples/mysql-to-snowflake --sandbox /tmp/rollout
"""

import argparse
import sys
from pathlib import Path

from applier import Invalid, apply, connect, load, plan, render
from applier.api import ApiError


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", type=Path)
    parser.add_argument("--env")
    parser.add_argument("--sandbox", type=Path, help="a folder for a local Polytomic, instead of the real one")
    parser.add_argument("--page", type=Path, default=Path("plan.html"))
    options = parser.parse_args()
    try:
        spec = load(options.project, env=options.env)
        with connect(spec, sandbox=options.sandbox) as workspace:
            planned = plan(spec, workspace)
            options.page.write_text(render(planned, "html"), "utf-8")
            print(render(planned))
            if any(change.action == "delete" for change in planned.changes):
                print("This plan deletes something: somebody has to look at it.", file=sys.stderr)
                return 3
            done = apply(planned)
            print(render(done))
            return int(done.exit_code)
    except (Invalid, ApiError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
