#!/usr/bin/env python3
"""Records what dbt makes of warnings: for options of --warn-error-options, what becomes of some.

    scripts/record_warnings_with_dbt.py

Run it with the Python of an environment that has dbt-core; writes
Tests/RedstartCLITests/Fixtures/warnings.json.
"""

import itertools
import json
from pathlib import Path

import dbt.events.types as events
from dbt.config.utils import normalize_warn_error_options
from dbt.events import ALL_EVENT_NAMES
from dbt_common.helper_types import WarnErrorOptionsV2

EVENTS = {
    "unused-config": events.UnusedResourceConfigPath(unused_config_paths=[]),
    "warned-by-template": events.JinjaLogWarning(msg=""),
    "duplicate-key": events.DuplicateYAMLKeysDeprecation(duplicate_description="", file=""),
}
ERRORS = [None, "all", "*", "some", [], ["UnusedResourceConfigPath"],
          ["UnusedResourceConfigPath", "DuplicateYAMLKeysDeprecation"], ["Deprecations"]]
WARNS = [None, [], ["UnusedResourceConfigPath"], ["Deprecations"], ["DuplicateYAMLKeysDeprecation"],
         ["NoSuchEvent"]]
SILENCED = [None, [], ["UnusedResourceConfigPath"], ["Deprecations"],
            ["DuplicateYAMLKeysDeprecation", "JinjaLogWarning"]]


def outcome(given):
    """What becomes of each event; None where dbt refuses the options."""
    options = dict(given)
    try:
        normalize_warn_error_options(options)
        read = WarnErrorOptionsV2(
            error=options.get("error", []), warn=options.get("warn", []),
            silence=options.get("silence", []), valid_error_names=set(ALL_EVENT_NAMES))
    except Exception:
        return None
    return {
        code: "error" if read.errors(event) else "silent" if read.silenced(event) else "told"
        for code, event in EVENTS.items()
    }


def main():
    cases = []
    for (first, second), error, warn, silence in itertools.product(
            [("error", "warn"), ("include", "exclude")], ERRORS, WARNS, SILENCED):
        options = {first: error, second: warn, "silence": silence}
        options = {key: value for key, value in options.items() if value is not None}
        cases.append({"options": options, "outcome": outcome(options)})
    cases.append({"options": {"error": "all", "include": "all"},
                  "outcome": outcome({"error": "all", "include": "all"})})
    file = (Path(__file__).resolve().parent.parent
            / "Tests/RedstartCLITests/Fixtures/warnings.json")
    file.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
    refused = sum(case["outcome"] is None for case in cases)
    print(f"{len(cases)} options, {refused} of them refused")


if __name__ == "__main__":
    main()
