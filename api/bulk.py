"""Work on many rows: what a process does differently while it lasts."""

import gc
from collections.abc import Generator
from contextlib import contextmanager

YOUNG = 200_000


@contextmanager
def bulk_work() -> Generator[None]:
    """Collect garbage rarely while rows by the ten thousand live for the length of a batch.

    Rows are lists in lists, all reachable until their batch is written: at the usual threshold the
    collector walks them again and again, which took 20 to 45 % of the Python time of a write.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
