"""A pytest plugin that runs dbt's adapter test-suite through a command line.

The suite calls dbt inside its own process. Here every call becomes a run of the program that
ADAPTER_TEST_PROGRAM names, and what the tests look at is read from the program's exit code, output
and artifacts. The suite's fixtures still use dbt-postgres to prepare and to look at the database.
"""

import json
import os
import subprocess
import types
from datetime import datetime
from pathlib import Path

import click.testing
import dbt.adapters.exceptions
import dbt.cli.main
import dbt.deprecations
import dbt.exceptions
import dbt.tests.util as util
import dbt_common.exceptions
import yaml
from dbt.adapters.factory import FACTORY
from dbt.artifacts.exceptions import IncompatibleSchemaError
from dbt.artifacts.schemas.catalog import CatalogArtifact
from dbt.artifacts.schemas.freshness import FreshnessResult
from dbt.artifacts.schemas.batch_results import BatchResults
from dbt.artifacts.schemas.manifest import WritableManifest
from dbt.artifacts.schemas.results import FreshnessStatus, RunStatus, TestStatus, TimingInfo
from dbt.artifacts.schemas.run import RunExecutionResult, RunResult
from dbt.cli.exceptions import DbtUsageException
from dbt.contracts.graph.manifest import Manifest
from dbt.flags import get_flags
from dbt_common.dataclass_schema import ValidationError
from program_clock import at_time, clock

PROGRAM = os.environ.get("ADAPTER_TEST_PROGRAM", "dbt")
PROGRAM_TIMEOUT = 300


def most_derived(kinds):
    """Without those that another one derives from, which Python's order of bases does not allow."""
    return tuple(kind for kind in kinds
                 if not any(other is not kind and issubclass(other, kind) for other in kinds))


def kinds_of_errors():
    """Every exception that dbt raises inside its process."""
    kinds = {DbtUsageException, IncompatibleSchemaError, ValidationError, ValueError}
    for module in (dbt.exceptions, dbt_common.exceptions, dbt.adapters.exceptions):
        kinds.update(value for value in vars(module).values()
                     if isinstance(value, type) and issubclass(value, dbt_common.exceptions.DbtBaseException))
    return most_derived(sorted(kinds, key=lambda kind: kind.__name__))


class ProgramFailed(*kinds_of_errors()):
    """The program ended with code 2, where dbt raises an exception inside its own process.

    Of which kind, a command line does not say; the tests that look at the text find the output.
    """

    def __init__(self, text):
        Exception.__init__(self, text)
        self.msg = text
        self.text = text

    def __str__(self):
        return self.text

    __repr__ = __str__


class Sequence:
    """dbt's results can be counted and gone through."""

    def __len__(self):
        return len(self.results)

    def __iter__(self):
        return iter(self.results)

    def __getitem__(self, index):
        return self.results[index]


class Attributes(dict):
    """A part of an event; as in dbt's own events, what is not there is empty."""

    def __getattr__(self, name):
        return self.get(name, Attributes())


class Rows(list):
    """Rows that `show` printed, which the suite also reads as a table of agate's."""

    @property
    def rows(self):
        return [types.SimpleNamespace(values=lambda row=row: list(row.values())) for row in self]


class Results(Sequence, RunExecutionResult):
    """What dbt's command returned, as far as run_results.json tells it."""

    def __init__(self, results, args, elapsed_time=0.0):
        RunExecutionResult.__init__(self, results=results, elapsed_time=elapsed_time, args=args)


class FreshnessResults(Sequence, FreshnessResult):
    """What `source freshness` returned, as far as sources.json tells it."""

    def __init__(self, results, elapsed_time):
        FreshnessResult.__init__(self, results=results, elapsed_time=elapsed_time, metadata=None)


def option(args, name):
    """The value of --name VALUE or --name=VALUE."""
    for index, arg in enumerate(args):
        if arg == name and index + 1 < len(args):
            return args[index + 1]
        if arg.startswith(name + "="):
            return arg[len(name) + 1:]
    return None


def configured(project):
    """The target folder that the project file names."""
    path = project / "dbt_project.yml"
    settings = yaml.safe_load(path.read_text()) if path.exists() else None
    return (settings or {}).get("target-path") or "target"


def target_folder(args):
    project = Path(option(args, "--project-dir") or os.getcwd())
    named = option(args, "--target-path") or os.environ.get("DBT_TARGET_PATH") or configured(project)
    return project / named


def read_manifest(folder):
    path = Path(folder) / "manifest.json"
    if not path.exists():
        return None
    written = WritableManifest.upgrade_schema_version(json.loads(path.read_text()))
    return Manifest.from_writable_manifest(written)


def stamp(path):
    return path.stat().st_mtime_ns if path.exists() else None


def node_of(result, manifest):
    unique_id = result["unique_id"]
    for nodes in (
            manifest.nodes, manifest.sources, manifest.unit_tests, manifest.functions,
            manifest.exposures, manifest.saved_queries, manifest.metrics) if manifest else ():
        if unique_id in nodes:
            node = nodes[unique_id]
            if result.get("compiled_code") is not None and hasattr(node, "compiled_code"):
                node.compiled_code = result["compiled_code"]
            return node
    name = unique_id.split(".")[2] if unique_id.count(".") >= 2 else unique_id
    return types.SimpleNamespace(
        unique_id=unique_id, name=name, compiled_code=result.get("compiled_code"))


def status_of(word, *kinds):
    return next((kind(word) for kind in kinds if word in set(kind)), word)


def result_in_process(result, manifest):
    """The object that dbt keeps for an entry of run_results.json."""
    node = node_of(result, manifest)
    if isinstance(node, types.SimpleNamespace):
        one = types.SimpleNamespace(**result)
        one.node = node
        one.timing = [TimingInfo.from_dict(each) for each in result["timing"]]
        return one
    fields = {name: result.get(name) for name in (
        "thread_id", "execution_time", "adapter_response", "message", "failures")}
    one = RunResult(
        status=status_of(result["status"], RunStatus, TestStatus), node=node,
        timing=[TimingInfo.from_dict(each) for each in result["timing"]], **fields)
    if result.get("batch_results") is not None:
        one.batch_results = BatchResults(
            successful=[tuple(map(datetime.fromisoformat, each)) for each in result["batch_results"]["successful"]],
            failed=[tuple(map(datetime.fromisoformat, each)) for each in result["batch_results"]["failed"]])
    one.unique_id = result["unique_id"]
    return one


def read_results(folder):
    written = json.loads((folder / "run_results.json").read_text())
    manifest = read_manifest(folder)
    return Results([result_in_process(result, manifest) for result in written["results"]],
                   written.get("args", {}), written.get("elapsed_time", 0.0))


def read_freshness(path, folder):
    written = json.loads(path.read_text())
    manifest = read_manifest(folder)
    results = []
    for result in written["results"]:
        one = types.SimpleNamespace(**result)
        one.status = status_of(result["status"], FreshnessStatus)
        one.message = result.get("error")
        one.node = node_of(result, manifest)
        results.append(one)
    return FreshnessResults(results, written["elapsed_time"])


def read_show(output):
    """The rows that `show --output json` printed, as something that has a length."""
    results = []
    for line in output.splitlines():
        if not line.startswith('{"'):
            continue
        event = json.loads(line)
        if event["info"]["name"] == "ShowNode":
            rows = Rows(json.loads(event["data"]["preview"]))
            results.append(types.SimpleNamespace(agate_table=rows, node=types.SimpleNamespace(
                compiled_code=event["data"].get("compiled_code"), name=event["data"].get("node_name"))))
    return results


def error_text(output):
    """The messages of the errors among JSON events."""
    events = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return "\n".join(event["info"]["msg"] for event in events if event["info"]["level"] == "error")


def forget_relations():
    """The program has changed the database behind the back of the adapter in this process."""
    for adapter in FACTORY.adapters.values():
        adapter.cache.clear()


def event_of(line):
    event = json.loads(line, object_hook=Attributes) if line.startswith("{") else {}
    if "info" not in event:  # A line of `list --output json`.
        return None
    return types.SimpleNamespace(info=event.info, data=event.data)


def log_file(args):
    project = Path(option(args, "--project-dir") or os.getcwd())
    named = option(args, "--log-path") or os.environ.get("DBT_LOG_PATH") or "logs"
    return project / named / "dbt.log"


def note_deprecations(log, size):
    """Counts the deprecations that a run has written to its log, as dbt does inside its process."""
    if not log.exists():
        return
    with open(log, "rb") as lines:
        lines.seek(size if size <= log.stat().st_size else 0)
        text = lines.read().decode()
    names = {each._event: name for name, each in dbt.deprecations.deprecations.items()}
    for event, name in names.items():
        told = text.count(f"[WARNING][{event}]")
        if told:
            dbt.deprecations.active_deprecations[name] += told


def invoke(args, callbacks, captures=False):
    args = [str(arg) for arg in args]
    flags = get_flags()
    for name, value in (("--project-dir", getattr(flags, "PROJECT_DIR", None)),
                        ("--profiles-dir", getattr(flags, "PROFILES_DIR", None))):
        if value and not any(arg == name or arg.startswith(name + "=") for arg in args):
            args += [name, str(value)]
    command = next((arg for arg in args if not arg.startswith("-")), "run")
    if command in ("ls", "list") and not callbacks and not {"-q", "--quiet", "--log-format"} & set(args):
        # Warnings would stand between the nodes.
        args = ["--quiet"] + args
    if command == "show" and option(args, "--output") is None and not captures:
        args += ["--output", "json", "--log-format", "json"]
    elif command in ("ls", "list") and not callbacks and not captures:
        args += ["--quiet"]
    elif callbacks and option(args, "--log-format") is None:
        args += ["--log-format", "json", "--log-level", "debug"]
    folder = target_folder(args)
    before = stamp(folder / "run_results.json")
    env = {**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
           "DBT_USE_COLORS": os.environ.get("DBT_USE_COLORS", "false")}
    env.update(clock())
    log = log_file(args)
    size = log.stat().st_size if log.exists() else 0
    done = subprocess.run(
        [PROGRAM] + args, capture_output=True, text=True, timeout=PROGRAM_TIMEOUT, env=env)
    forget_relations()
    note_deprecations(log, size)
    print(f"\n{PROGRAM} {' '.join(args)}\n{done.stdout}{done.stderr}(exit {done.returncode})")
    for line in done.stdout.splitlines() if callbacks else ():
        event = event_of(line)
        for callback in callbacks if event else ():
            callback(event)
    return done, command, folder, before


def result_of(done, command, folder, before, args=()):
    if command == "show":
        shown = read_show(done.stdout)
        fresh = folder / "run_results.json"
        if stamp(fresh) not in (None, before):
            recorded = read_results(folder)
            for one, other in zip(shown, recorded):
                one.node = other.node
            return Results(shown or recorded.results, recorded.args)
        return Results(shown, {})
    if command == "docs":
        return CatalogArtifact.from_dict(json.loads((folder / "catalog.json").read_text()))
    if command in ("parse",):
        return read_manifest(folder)
    if command in ("ls", "list"):
        return [line for line in done.stdout.splitlines() if not line.startswith('{"data":')]
    if command == "debug":
        return done.returncode == 0
    if command in ("deps", "clean"):
        return None
    if stamp(folder / "run_results.json") not in (None, before):
        return read_results(folder)
    if command == "source":
        named = option(args, "--output") or option(args, "-o")
        path = folder.parent / named if named else folder / "sources.json"
        if path.exists():
            return read_freshness(path, folder)
    return Results([], {})


def failure_of(done):
    return ProgramFailed(error_text(done.stdout) or done.stdout + done.stderr)


def run(args, expect_pass, callbacks, captures=False):
    done, command, folder, before = invoke(["run"] if args is None else args, callbacks, captures)
    if done.returncode not in (0, 1):
        raise failure_of(done)
    if expect_pass is not None:
        assert (done.returncode == 0) == expect_pass, "exit state did not match expected"
    return result_of(done, command, folder, before, args or ()), done.stdout


def run_dbt(args=None, expect_pass=True, callbacks=None):
    return run(args, expect_pass, callbacks)[0]


def run_dbt_and_capture(args=None, expect_pass=True):
    return run(args, expect_pass, None, captures=True)


def get_manifest(project_root):
    return read_manifest(Path(str(project_root)) / "target")


def flags_of(settings):
    """`log_format="json"` in Python is `--log-format json` on a command line."""
    for name, value in settings.items():
        flag = name.replace("_", "-")
        if isinstance(value, bool):
            yield f"--{flag}" if value else f"--no-{flag}"
        else:
            yield from (f"--{flag}", str(value))


def invoke_runner(self, args, **settings):
    """Stands in for dbtRunner.invoke."""
    done, command, folder, before = invoke(
        [*args, *flags_of(settings)], [*self.callbacks])
    if done.returncode not in (0, 1):
        return dbt.cli.main.dbtRunnerResult(success=False, exception=failure_of(done))
    return dbt.cli.main.dbtRunnerResult(
        success=done.returncode == 0, result=result_of(done, command, folder, before, args))


def invoke_click(self, cli, args=None, **settings):
    """Stands in for click's own runner of command lines, where it is given dbt's."""
    if cli is not dbt.cli.main.cli:
        return click_invoke(self, cli, args, **settings)
    done = invoke(args, None)[0]
    return types.SimpleNamespace(output=done.stdout + done.stderr, exit_code=done.returncode)


click_invoke = click.testing.CliRunner.invoke
click.testing.CliRunner.invoke = invoke_click
dbt.cli.main.dbtRunner.invoke = invoke_runner

util.patch_microbatch_end_time = at_time

# The suite's modules import these names, and are imported after this plugin.
util.run_dbt = run_dbt
util.run_dbt_and_capture = run_dbt_and_capture
util.get_manifest = get_manifest


def pytest_pycollect_makeitem(collector, name, obj):
    """A class that adds nothing to another, or is only imported, is the same tests once more."""
    if isinstance(obj, type) and obj.__module__ != collector.module.__name__:
        return []
    if isinstance(obj, type) and len(obj.__bases__) == 1 and obj.__bases__[0] is not object:
        if not any(not key.startswith("__") for key in vars(obj)):
            return []
    return None


def remember_macros():
    """The adapter's own macros are read once, not for every class."""
    from dbt.parser.manifest import ManifestLoader

    load = ManifestLoader.load_macros
    kept = []

    def load_macros(config, hook, base_macros_only=False):
        if not base_macros_only:
            return load(config, hook, base_macros_only=base_macros_only)
        if not kept:
            kept.append(load(config, hook, base_macros_only=True))
        return kept[0]

    ManifestLoader.load_macros = load_macros


remember_macros()


def pytest_collection_modifyitems(items):
    """Notes the folder of the suite that a test is from, for the report."""
    for item in items:
        base = item.cls.__mro__[-2].__module__ if item.path.name == "test_postgres.py" else ""
        group = base.split(".")[-2] if base else next(
            (part for above, part in zip(item.path.parts, item.path.parts[1:]) if above == "adapter"),
            item.path.parent.name)
        item.user_properties.append(("group", group))
