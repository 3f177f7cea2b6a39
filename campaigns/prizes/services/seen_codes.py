"""Which codes a pool has, while more are added: kept in memory between the steps of one process.

A step is written in a transaction, so memory may be ahead of the database: it is used only by
who goes on exactly where it stands, and read again from the pool otherwise.
"""

import hashlib
from array import array

from campaigns.prizes.models import CodeBlock, Prize

_SLOTS = 1 << 22
"""At 1,500,000 codes a third of them are full, so a look meets one or two."""


class SeenCodes:
    """64 bits of a hash of each code, of 1,500,000 none collide by chance but once in ten million pools.

    An open table of plain numbers: a set of as many takes several times the memory, and more while it grows.
    """

    def __init__(self, stands_at: tuple[int, ...] = ()) -> None:
        self.stands_at = stands_at
        self._hashes = array("Q", bytes(8 * _SLOTS)) if stands_at else array("Q")

    def add(self, code: str) -> bool:
        """Add a code; tell whether it is new."""
        digest = int.from_bytes(hashlib.blake2b(code.encode(), digest_size=8).digest()) or 1
        slots, slot = self._hashes, digest & (_SLOTS - 1)
        while (found := slots[slot]) != 0:
            if found == digest:
                return False
            slot = (slot + 1) & (_SLOTS - 1)
        slots[slot] = digest
        return True


_kept = SeenCodes()


def seen_codes(prize: Prize, *, stands_at: tuple[int, ...], begun: list[str]) -> SeenCodes:
    """Return the codes of a prize; ``stands_at`` names the place of the job that asks, and is not empty."""
    global _kept
    if _kept.stands_at == stands_at:
        return _kept
    _kept = SeenCodes(stands_at)
    blocks = CodeBlock.objects.filter(batch__prize=prize).values_list("codes", flat=True)
    for codes in blocks.order_by().iterator(1000):
        for code in codes.split("\n"):
            _kept.add(code)
    for code in begun:
        _kept.add(code)
    return _kept


def drop_seen() -> None:
    """Forget them: the job has ended, or its step failed."""
    global _kept
    _kept = SeenCodes()
