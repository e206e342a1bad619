"""The long runs, one part after the other: `python -m tests.soak [--seconds 300] [--output build/soak.json] [PART…]`.

A part is a module of this folder whose `run` gives plain figures; its short form is a test beside it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.soak import kills, load

PARTS: dict[str, Callable[[float], dict[str, Any]]] = {
    "load": lambda seconds: load.run(seconds=seconds),
    "kills": lambda _: kills.run(),
}


def main() -> None:
    """Run the parts named, all when none is, and write the figures after each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--output", type=Path, default=Path("build/soak.json"))
    given = parser.parse_args()
    given.output.parent.mkdir(parents=True, exist_ok=True)
    figures: dict[str, Any] = {}
    for name in given.parts or PARTS:
        figures[name] = PARTS[name](given.seconds)
        given.output.write_text(json.dumps(figures, indent=2) + "\n")
        print(json.dumps({name: figures[name]}, indent=2), flush=True)


if __name__ == "__main__":
    main()
