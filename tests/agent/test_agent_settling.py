"""A process that is settled: what was loaded is looked through no more, what comes later still is."""

import subprocess
import sys

_SETTLED = """
import gc, weakref
from agent import settle
class Thing: pass
before = gc.get_threshold()
settle()
one = Thing(); one.self = one
gone = weakref.ref(one)
del one
gc.collect()
print(gc.get_freeze_count() > 1_000, gc.get_threshold() > before, gone() is None)
"""


def test_what_is_loaded_is_left_alone_and_rings_are_still_found() -> None:
    done = subprocess.run([sys.executable, "-c", _SETTLED], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["True", "True", "True"], done.stderr
