"""A process that runs for weeks, once all is loaded: what stands is left alone by the garbage collector."""

import ctypes
import gc
import sys

#: New objects between two looks at the young ones, and how many such looks before the older ones are looked at. The usual
#: 700 cost a workflow's steps an eighth of their time; a thousand people of a batch are some ten thousand objects.
YOUNG, OLDER, OLD = 50_000, 20, 100


def settle() -> None:
    """Call it once, when everything is loaded. Memory that only the loading needed goes back to the system (glibc)."""
    gc.collect()
    gc.freeze()  # the code and what it holds: a look through it takes a tenth of a second, and finds nothing
    gc.set_threshold(YOUNG, OLDER, OLD)
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)
