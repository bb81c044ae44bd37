"""The time of day of the program under test, where the suite sets that of dbt's process."""

import calendar
import functools
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import freezegun.api

# The moments that the suite has set for the program, the last of which counts.
MOMENTS = []


@functools.cache
def clock_library():
    """clock.c, compiled: preloaded, it gives the program another time of day."""
    library = Path(tempfile.mkdtemp()) / "clock.so"
    source = Path(__file__).with_name("clock.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return str(library)


def clock():
    """What the environment of the program says about its clock: a moment that a test has set."""
    frozen = [moment() for moment in freezegun.api.freeze_factories]
    moments = MOMENTS + frozen
    if not moments:
        return {}
    settings = {"LD_PRELOAD": clock_library(),
                "CLOCK_TIME": str(calendar.timegm(moments[-1].timetuple()))}
    # Where time is only patched in one place, it passes in all others.
    return settings if frozen else {**settings, "CLOCK_MOVES": "1"}


@contextmanager
def at_time(moment):
    """Stands in for the suite's patch of the moment at which batches end: the program's clock says it."""
    MOMENTS.append(freezegun.api.real_datetime.strptime(moment, "%Y-%m-%d %H:%M:%S"))
    try:
        yield
    finally:
        MOMENTS.pop()
