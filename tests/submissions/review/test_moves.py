"""Who may move a submission from where: the table itself, without a page around it."""

import pytest

from ingest_lambda.contract import SubmissionStatus as Status
from submissions.review.rules.moves import MOVES, By

FIRST_VERDICTS_START_AT = {Status.RECEIVED, Status.PENDING_REVIEW}


@pytest.mark.parametrize("start", list(Status))
def test_a_moderator_gives_first_verdicts_only(start: Status) -> None:
    moves = {target for target, by in MOVES.get(start, {}).items() if By.MODERATOR in by}
    assert bool(moves) == (start in FIRST_VERDICTS_START_AT), moves
