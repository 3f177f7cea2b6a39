"""The parts of a transaction, by name, so that no caller counts positions in a cancelled one."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from ingest_lambda.contract import MOST_PARTS as MOST_PARTS
from ingest_lambda.errors import TryAgain


class PartKind(StrEnum):
    """What a part of a transaction writes or checks."""

    SUBMISSION = "submission"
    LIMIT = "limit"
    """A use of a limit that is taken; its part is ``LimitUse.part``."""
    GUARD = "guard"
    """A guard that is taken; its part is made by ``guard_part``."""
    LIMIT_GIVEN_BACK = "limit given back"
    GUARD_GIVEN_BACK = "guard given back"
    PHOTO = "photo"
    RELEASE = "release"
    CURRENT = "current release"
    AWARD = "award"
    """The award of the prize that its name says."""
    AWARD_LIMIT = "award limit"
    HELD = "held"
    UNIT = "unit"
    """A unit of a prize that is taken out of the stock."""
    GIVEN = "given"
    """What makes that unit given once."""
    GIVEN_BACK = "given back"
    UNIT_RETURNED = "unit returned"


ON_UNITS = frozenset({PartKind.UNIT, PartKind.GIVEN})
"""Parts that another unit of the prize does not have."""
ON_PRIZES = ON_UNITS | {PartKind.AWARD, PartKind.AWARD_LIMIT}
"""Parts that refuse a prize, not the submission."""


class Part(NamedTuple):
    """One write of a transaction, known by its kind and, where there are several, its name."""

    kind: PartKind
    name: str = ""


SUBMISSION = Part(PartKind.SUBMISSION)
"""The submission itself: there already, or of another version by now."""

Operation = dict[str, dict[str, Any]]
"""One entry of ``TransactItems``, such as ``{"Put": {…}}``; without a ``TableName`` it is of the store's own."""
Write = tuple[Part, Operation]


class Cancelled(Exception):
    """Conditions of a transaction did not hold: those of the parts in ``refused``."""

    def __init__(self, refused: tuple[Part, ...]) -> None:
        super().__init__(_counted(refused))
        self.refused = refused


class InConflict(TryAgain):
    """Another transaction was at the items of ``in_conflict``; conditions of ``refused`` failed too."""

    def __init__(self, in_conflict: tuple[Part, ...], *, refused: tuple[Part, ...] = ()) -> None:
        super().__init__(f"in conflict: {_counted(in_conflict)}")
        self.in_conflict = in_conflict
        self.refused = refused


class TooManyParts(Exception):
    """A transaction with more parts than DynamoDB takes. Its message counts them by kind."""

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__(f"{len(parts)} parts, at most {MOST_PARTS}: {_counted(parts)}")
        self.parts = tuple(parts)


def _counted(parts: Sequence[Part]) -> str:
    """Count parts by kind, without their names: these hold hashes of people."""
    return ", ".join(f"{count} {kind}" for kind, count in Counter(p.kind for p in parts).items())
