#!/usr/bin/env python3
"""Records what dbt selects with state: after each of some edits to a project.

    scripts/record_state_with_dbt.py

Run it with the Python of an environment that has dbt-core and dbt-postgres; no database is needed.
Reads Tests/RedstartCLITests/Fixtures/state/, and writes expected.json there: what dbt selects, and
the part of dbt's own manifest that redstart is given as the earlier state.
"""

import contextlib
import io
import json
import os
import shutil
import tempfile
from pathlib import Path

from dbt.cli.main import dbtRunner

FIXTURES = Path(__file__).resolve().parent.parent / "Tests/RedstartCLITests/Fixtures/state"
SELECTORS = [
    "new", "old", "modified", "unmodified", "modified.body", "modified.configs",
    "modified.persisted_descriptions", "modified.relation", "modified.macros", "modified.contract",
]
OWN = ("macro.dbt.", "macro.dbt_postgres.", "doc.dbt.")


def dbt(*words):
    with contextlib.redirect_stdout(io.StringIO()):
        return dbtRunner().invoke([*words, "--profiles-dir", "."])


def edit(root, change):
    path = root / change["file"]
    if "rename" in change:
        path.rename(root / change["rename"])
    elif "old" in change:
        text = path.read_text()
        assert change["old"] in text, change
        path.write_text(text.replace(change["old"], change["new"]))
    elif "text" in change:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(change["text"])
    else:
        path.unlink()


def main():
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "0"
    variants = json.loads((FIXTURES / "variants.json").read_text())
    with tempfile.TemporaryDirectory() as scratch:
        base = Path(scratch) / "base"
        shutil.copytree(FIXTURES / "project", base)
        os.chdir(base)
        assert dbt("parse", "--target", "prod").success
        manifest = json.loads((base / "target/manifest.json").read_text())
        shutil.copytree(base / "target", base / "earlier")
        shutil.rmtree(base / "target")
        expected = {}
        for name, changes in variants.items():
            root = Path(scratch) / "variant"
            shutil.rmtree(root, ignore_errors=True)
            shutil.copytree(base, root)
            os.chdir(root)
            for change in changes:
                edit(root, change)
            expected[name] = {}
            for selector in SELECTORS:
                done = dbt("ls", "--select", f"state:{selector}", "--state", "earlier")
                assert done.success, (name, selector, done.exception)
                expected[name][selector] = sorted(done.result or [])
            print(name, flush=True)
        os.chdir(FIXTURES)
    for section in ("macros", "docs"):
        manifest[section] = {k: v for k, v in manifest[section].items() if not k.startswith(OWN)}
    for section in ("nodes", "sources", "exposures", "unit_tests", "macros"):
        for entry in manifest[section].values():
            entry["created_at"] = 0
            entry.pop("root_path", None)
    manifest["metadata"] = {"dbt_schema_version": manifest["metadata"]["dbt_schema_version"]}
    result = {"manifest": manifest, "selected": expected}
    (FIXTURES / "expected.json").write_text(json.dumps(result, indent=1, sort_keys=True) + "\n")


main()
