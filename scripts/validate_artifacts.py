#!/usr/bin/env python3
"""Reads artifacts with dbt-artifacts-parser, which holds them to dbt's published schemas.

    scripts/validate_artifacts.py TARGET      the folder; needs dbt-artifacts-parser from PyPI

Ends with 1 when an artifact that is there does not fit.
"""

import json
import sys
from pathlib import Path

NAMES = ("manifest", "run_results", "catalog", "sources")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    from dbt_artifacts_parser import parser

    failed = False
    for name in NAMES:
        file = Path(sys.argv[1]) / f"{name}.json"
        if not file.exists():
            print(f"{name}: not there")
            continue
        try:
            read = getattr(parser, f"parse_{name}")(**{name: json.loads(file.read_text())})
            print(f"{name}: {type(read).__name__}")
        except Exception as error:
            failed = True
            print(f"{name}: {error}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
