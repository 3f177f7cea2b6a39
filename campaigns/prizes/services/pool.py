"""The codes of a prize by their place in its pool."""

from collections.abc import Iterator

from django.db.models import Max, Sum

from campaigns.prizes.models import CodeBatch, CodeBlock, Prize
from campaigns.prizes.models.codes import BLOCK_CODES

READ_BLOCKS = 500
FALLBACK_PLACE = 999_999
"""Of the shared code in a test: no test has so many units."""


def codes_between(prize: Prize, first: int, count: int) -> Iterator[str]:
    """Yield ``count`` codes of a prize from place ``first`` on, or fewer where the pool ends."""
    left, at = count, first
    for batch in CodeBatch.objects.filter(prize=prize, is_complete=True).order_by("first"):
        if left <= 0:
            return
        if at >= batch.first + batch.codes:
            continue
        offset = at - batch.first
        blocks = CodeBlock.objects.filter(batch=batch, number__gte=offset // BLOCK_CODES)
        skip = offset % BLOCK_CODES
        for block in blocks.order_by("number").iterator(READ_BLOCKS):
            codes = block.codes.split("\n")[skip:][:left]
            skip = 0
            yield from codes
            left -= len(codes)
            at += len(codes)
            if left <= 0:
                return


def code_at(prize: Prize, place: int) -> str:
    """Return the code at a place of the pool; empty where there is none."""
    return next(codes_between(prize, place, 1), "")


def test_code(prize: Prize, place: int) -> str:
    """Return the code at a place of a test's pool: made up, worth nothing, and the same after a republish."""
    return f"TEST-{prize.pk}-{place:06}"


def next_batch(prize: Prize) -> tuple[int, int]:
    """Return the number and the first place of a prize's next batch of codes. The prize must be locked."""
    found = CodeBatch.objects.filter(prize=prize).aggregate(last=Max("number"), codes=Sum("codes"))
    return (found["last"] or 0) + 1, found["codes"] or 0
