"""A voucher and a sticker on their whole way: entered, provisional, confirmed with the code, or back in the stock."""

from typing import Any

import pytest

from tests.support.installation import Installation, wait_until
from tests.support.receipts import receipt_bytes
from tests.support.visitor import Visitor

pytestmark = [pytest.mark.flow, pytest.mark.long]

DECIDE = """
from uuid import UUID
from campaigns.accounts.models import User
from ingest_lambda.contract import Reason, ReasonCode
from submissions.review.services.decisions import approve_submission, reject_submission
actor = User.objects.filter(is_active=True).order_by("pk").first()
at = timezone.now()
approve_submission(UUID("{approved}"), actor=actor, at=at)
reason = Reason(code=ReasonCode.OTHER, message="It is not a receipt of this promotion.")
reject_submission(UUID("{rejected}"), reasons=[reason], actor=actor, at=at)
"""


def states(shown: dict[str, Any]) -> dict[str, str]:
    return {award["prize"]: award["state"] for award in shown["awards"]}


def test_a_provisional_win_is_confirmed_with_its_code_or_rolls_to_the_next(
    embedded: Installation,
) -> None:
    visitors = []
    for number in (701, 702):
        visitor = Visitor(embedded, "instant-win")
        visitor.enter(receipt_bytes(number))
        shown = visitor.status("pending_review")
        assert states(shown) == {"voucher": "provisional", "sticker": "provisional"}
        assert all("code" not in award for award in shown["awards"])
        visitor.row("status")
        visitor.images(1)
        visitors.append(visitor)
    approved, rejected = visitors
    embedded.python(DECIDE.format(approved=approved.id, rejected=rejected.id))
    shown = approved.status("approved")
    assert states(shown) == {"voucher": "confirmed", "sticker": "confirmed"}
    assert next(award for award in shown["awards"] if award["prize"] == "voucher")["code"]
    assert states(rejected.status("rejected")) == {"voucher": "released", "sticker": "released"}

    def mirrored() -> bool:
        found = embedded.rows(
            "SELECT prize, state FROM submissions_award WHERE submission_id IN (?, ?)",
            (approved.id.hex if approved.id else "", rejected.id.hex if rejected.id else ""),
        )
        return sorted(found) == [
            ("sticker", "confirmed"),
            ("sticker", "released"),
            ("voucher", "confirmed"),
            ("voucher", "released"),
        ]

    wait_until(mirrored, what="the awards in Django")
