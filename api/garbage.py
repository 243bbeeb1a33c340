"""When Python looks for garbage: rarely, in work on many rows and in a server that answers.

What this program makes is freed when nothing points to it any more; the collector is for cycles,
of which there are few. Its usual thresholds have it walk everything alive again and again.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager

# Containers made before the youngest generation is looked at.
BULK = 200_000
SERVING = 50_000
# Looks at one generation before the next older one is looked at too.
SERVING_OLDER = (20, 100)


@contextmanager
def bulk_work() -> Generator[None]:
    """Collect garbage rarely while rows by the ten thousand live for the length of a batch.

    Rows are lists in lists, all reachable until their batch is written: at the usual threshold the
    collector walks them again and again, which took 20 to 45 % of the Python time of a write.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(BULK, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def settle() -> None:
    """Look rarely from now on, and never again at what is alive: schema, plans and modules.

    Call it when a server has warmed up. With the usual thresholds an answer of the 360 query
    collects several times, and once in a while walks the whole schema: at 64 connections that took
    a quarter of the CPU and doubled p99.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(SERVING, *SERVING_OLDER)
