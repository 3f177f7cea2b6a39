"""What has to hold whichever way submissions come in: many at the same moment count as the rules say."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from bench.load import Request, send
from tests.support.crowd import Crowd, each_another
from tests.support.installation import Installation, wait_until
from tests.support.ledger import ids_in_table

Facts = dict[str, Any]


def always_one(_number: int) -> int:
    """Say that every submission is the same person's, or of the same receipt."""
    return 0


def send_all(make: Callable[[int], Request], count: int) -> None:
    """Send so many at once, each on a line of its own; all must be accepted."""
    assert send(make, count=count, connections=count).statuses == {202: count}


def verdicts(installation: Installation, crowd: Crowd, count: int) -> Counter[str]:
    """Wait until so many submissions of a crowd are in Django; count them by status."""
    keys = [crowd.id_of(number).hex for number in range(count)]
    marks = ",".join("?" * count)
    query = f"SELECT status FROM submissions_submission WHERE id IN ({marks})"

    def look() -> list[tuple[str]] | None:
        found = installation.rows(query, keys)
        return found if len(found) == count else None

    found = wait_until(look, what=f"{count} submissions in Django", seconds=90)
    assert found is not None
    return Counter(status for (status,) in found)


def of_a_hundred_identical_one_counts(installation: Installation, facts: Facts) -> None:
    """Fail unless a hundred identical requests leave one submission, which took one of five uses."""
    crowd = Crowd(installation, facts)
    request = crowd.submission(0)
    send_all(lambda _number: request, 100)

    assert verdicts(installation, crowd, 1) == {"pending_review": 1}
    assert Counter(ids_in_table(installation))[crowd.id_of(0)] == 1
    for number in range(1, 5):
        crowd.ids[number] = uuid4()
    # Whatever the hundred took of the limit of five, four more of the same person must fit.
    crowd.person = always_one
    send_all(lambda number: crowd.submission(number + 1), 4)
    assert verdicts(installation, crowd, 5) == {"pending_review": 5}
    send_all(lambda number: crowd.submission(number + 5), 1)
    assert verdicts(installation, crowd, 6) == {"pending_review": 5, "invalid": 1}


def of_fifty_of_one_person_five_count(installation: Installation, facts: Facts) -> None:
    """Fail unless of fifty at once, of one person with a limit of five, exactly five count."""
    crowd = Crowd(installation, facts, person=always_one, receipt=each_another)
    _of_fifty(installation, crowd, counted=5, code="LIMIT_REACHED")


def of_fifty_with_one_receipt_one_counts(installation: Installation, facts: Facts) -> None:
    """Fail unless of fifty at once, of fifty people with one receipt, exactly one counts."""
    crowd = Crowd(installation, facts, person=each_another, receipt=always_one)
    _of_fifty(installation, crowd, counted=1, code="RECEIPT_USED")


def _of_fifty(installation: Installation, crowd: Crowd, *, counted: int, code: str) -> None:
    send_all(crowd.submission, 50)

    assert verdicts(installation, crowd, 50) == {"pending_review": counted, "invalid": 50 - counted}
    keys = [crowd.id_of(number).hex for number in range(50)]
    told = installation.rows(
        "SELECT reasons FROM submissions_submission WHERE status = 'invalid' "
        f"AND id IN ({','.join('?' * 50)})",
        keys,
    )
    assert {json.loads(reasons)[0]["code"] for (reasons,) in told} == {code}


ALL = (
    of_a_hundred_identical_one_counts,
    of_fifty_of_one_person_five_count,
    of_fifty_with_one_receipt_one_counts,
)
