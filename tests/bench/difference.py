"""Which answers pass in one run and not in another: `python tests/bench/difference.py A.json B.json`.

Takes two `_eval_results.json` of the same samples, such as a run of a model's own words sanitised here and
one of the answers that another sanitiser left, and names the answers that each saves.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def passing(path: Path) -> dict[str, bool]:
    """Whether each answer passed, by ``task#number``."""
    results = json.loads(path.read_text(encoding="utf-8"))["eval"]
    return {
        f"{task_id}#{number}": row["status"] == "pass"
        for task_id, rows in results.items()
        for number, row in enumerate(rows)
    }


def main() -> None:
    """Print how many answers both, one or neither passed, and which."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    options = parser.parse_args()
    first, second = passing(options.first), passing(options.second)
    common = sorted(first.keys() & second.keys())
    only_first = [name for name in common if first[name] and not second[name]]
    only_second = [name for name in common if second[name] and not first[name]]
    both = sum(first[name] and second[name] for name in common)
    print(f"{len(common)} answers: {both} pass in both")  # noqa: T201 - a command's output
    print(f"only in the first: {len(only_first)} {' '.join(only_first)}")  # noqa: T201
    print(f"only in the second: {len(only_second)} {' '.join(only_second)}")  # noqa: T201


if __name__ == "__main__":
    main()
