"""On the embedded stack, what became of a mail comes back by the queue, as on AWS."""

from functools import partial
from uuid import uuid4

import pytest

from tests.support.installation import Installation, wait_until
from tests.support.visitor import Visitor

pytestmark = pytest.mark.flow


def test_the_worker_learns_what_became_of_the_mails_that_it_sent(embedded: Installation):
    at = f"@{uuid4().hex[:8]}.simulator.amazonses.com"
    ends = {"success": "delivered", "bounce": "bounced", "complaint": "complained"}
    visitors = {
        end: Visitor(embedded, "quick-draw", email=f"{name}{at}") for name, end in ends.items()
    }
    for visitor in visitors.values():
        visitor.enter()
    for end, visitor in visitors.items():
        assert visitor.id is not None
        wait_until(partial(_ended, embedded, visitor.id.hex, end), what=f"a mail that is {end}")


def _ended(embedded: Installation, submission: str, state: str) -> bool:
    query = "SELECT 1 FROM mail_mail WHERE submission_id = ? AND state = ?"
    return bool(embedded.rows(query, (submission, state)))
