#!/usr/bin/env python3
"""Measures how fast templates are rendered, beside Jinja2 and MiniJinja on the same machine.

    swift build -c release --product template-benchmark
    scripts/bench_templates.py

Jinja2 and MiniJinja are measured where they are installed: pip install jinja2 minijinja. MiniJinja
cannot run what appends to lists, and is left out there.
"""

import json
import pathlib
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / ".build" / "release" / "template-benchmark"
TEMPLATES = sorted((ROOT / "scripts" / "benchmarks" / "templates").glob("*.sql"))
ROW = dict(zip("abcdefghij", range(1, 11)))
CONTEXT = {
    "source_relation": '"db"."raw"."orders"',
    "this_relation": '"db"."m"."t"',
    "payments_relation": '"db"."raw"."payments"',
    "incremental": True,
    "table": [dict(ROW) for _ in range(1000)],
}


def fastest(body):
    """The least time one round computes, in microseconds: other programs do not count.

    Rounds are timed in batches of about a millisecond, so that reading the clock does not count.
    """
    best = None
    rounds = 1
    end = time.thread_time() + 1
    while best is None or time.thread_time() < end:
        start = time.thread_time()
        for _ in range(rounds):
            body()
        spent = (time.thread_time() - start) * 1e6
        best = spent / rounds if best is None else min(best, spent / rounds)
        if spent < 500:
            rounds *= 2
    return best


def jinja(text):
    try:
        from jinja2.sandbox import SandboxedEnvironment
    except ImportError:
        return None
    environment = SandboxedEnvironment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
    template = environment.from_string(text)
    render = fastest(lambda: template.render(CONTEXT))
    return render, fastest(lambda: environment.from_string(text))


def minijinja(text):
    try:
        import minijinja
    except ImportError:
        return None
    environment = minijinja.Environment()
    try:
        environment.add_template("x", text)
        environment.render_template("x", **CONTEXT)
    except minijinja.TemplateError:
        return None
    render = fastest(lambda: environment.render_template("x", **CONTEXT))
    return render, fastest(lambda: environment.add_template("x", text))


def main():
    output = subprocess.run([PROGRAM, *TEMPLATES], capture_output=True, check=True).stdout
    ours = [json.loads(line) for line in output.decode().splitlines()]
    print("microseconds: parse + render = the cost of a file rendered once")
    for path, measured in zip(TEMPLATES, ours):
        text = path.read_text()
        row = [("redstart", (measured["render"], measured["parse"]))]
        row += [("Jinja2", jinja(text)), ("MiniJinja", minijinja(text))]
        parts = [
            f"{name} {times[1]:.1f} + {times[0]:.1f}" for name, times in row if times is not None
        ]
        print(f"{path.stem:8}", "   ".join(parts))


if __name__ == "__main__":
    main()
