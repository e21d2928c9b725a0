"""Who gets which variant of a test: decided by the ids alone, so that it is the same whenever and wherever it is asked."""

import hashlib

#: Steps into which people are divided; far finer than any share that can be given.
STEPS = 2**64


def variant_for(test_id: int, lead_id: int, variants: int, test_share: float) -> int | None:
    """The position of the variant (from 0) that this lead gets, or None for the rest that is held back for the winner.

    A pure function: SHA-256 of both ids, read as a number between 0 and 1, falls below `test_share` or not, and there
    into one of `variants` equal parts. So every lead's variant is drawn alike and on its own, which the decision rule
    rests on (see tools.experimenting.deciding), and other tests divide the same people in another way.
    """
    digest = hashlib.sha256(f"{test_id}:{lead_id}".encode()).digest()
    place, end = int.from_bytes(digest[:8], "big"), int(test_share * STEPS)
    return place * variants // end if place < end else None
