"""Which codes a pool has, while more are added: kept in memory between the steps of one process.

A step is written in a transaction, so memory may be ahead of the database: it is used only by
who goes on exactly where it stands, and read again from the pool otherwise.
"""

import hashlib
from dataclasses import dataclass, field

from campaigns.prizes.models import CodeBlock, Prize


@dataclass
class SeenCodes:
    """64 bits of a hash of each code: 32 bytes instead of 80, and of 1,500,000 codes none collide by chance but once in ten million pools."""

    stands_at: tuple[int, ...] = ()
    hashes: set[int] = field(default_factory=set)

    def add(self, code: str) -> bool:
        """Add a code; tell whether it is new."""
        digest = int.from_bytes(hashlib.blake2b(code.encode(), digest_size=8).digest())
        before = len(self.hashes)
        self.hashes.add(digest)
        return len(self.hashes) > before


_kept = SeenCodes()


def seen_codes(prize: Prize, *, stands_at: tuple[int, ...], begun: list[str]) -> SeenCodes:
    """Return the codes of a prize; ``stands_at`` names the place of the job that asks."""
    global _kept
    if _kept.stands_at == stands_at:
        return _kept
    _kept = SeenCodes()
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
