#!/usr/bin/env python3
"""Records what dbt's manifest has of semantic models, metrics, saved queries and exposures.

    scripts/record_semantics_with_dbt.py

Run it with the Python of an environment that has dbt-core and dbt-postgres; no database is needed.
Reads the project in Tests/RedstartCLITests/Fixtures/semantics/, and writes expected.json there.
"""

import contextlib
import io
import json
import os
import shutil
import tempfile
from pathlib import Path

from dbt.cli.main import dbtRunner

FIXTURES = Path(__file__).resolve().parent.parent / "Tests/RedstartCLITests/Fixtures/semantics"
SECTIONS = ["semantic_models", "metrics", "saved_queries", "exposures"]


def main():
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "project"
        shutil.copytree(FIXTURES / "project", root)
        os.chdir(root)
        with contextlib.redirect_stdout(io.StringIO()) as said:
            done = dbtRunner().invoke(["parse", "--profiles-dir", "."])
            listed = dbtRunner().invoke(["ls", "-q", "--profiles-dir", "."])
        assert done.success and listed.success, said.getvalue()
        manifest = json.loads((root / "target/manifest.json").read_text())
        semantics = json.loads((root / "target/semantic_manifest.json").read_text())
    recorded = {section: manifest[section] for section in SECTIONS}
    for section in recorded.values():
        for entry in section.values():
            del entry["created_at"]
    for key in ("parent_map", "child_map"):
        recorded[key] = {name: sorted(ids) for name, ids in manifest[key].items()}
    for section in ("semantic_models", "metrics", "saved_queries"):
        semantics[section].sort(key=lambda entry: entry["name"])
    recorded["semantic_manifest"] = semantics
    recorded["ls"] = sorted(listed.result)
    (FIXTURES / "expected.json").write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
