"""Receipts per store: counted by receipt, for one person at one store, together with everything else."""

from datetime import timedelta
from typing import Any

import pytest

from ingest_lambda.contract import (
    Decision,
    Purpose,
    Reason,
    ReasonCode,
    Route,
    Suspicion,
    TokenPayload,
    sentence,
)
from ingest_lambda.contract import SubmissionStatus as Status
from ingest_lambda.functions.decide import apply_decision
from tests.ingest_lambda.writing import EMAIL_FIELD, NOON, Desk, make_payload, make_upload

pytestmark = pytest.mark.usefixtures("account")

FIELDS = (
    EMAIL_FIELD,
    {"name": "shop", "kind": "text", "meaning": "store", "required": False},
    {
        "name": "receipt",
        "kind": "receipt_image",
        "max_receipts": 4,
        "required": False,
        "routes": ("purchase", "free"),
    },
)
MIDNIGHT = timedelta(hours=11)
"""From noon in UTC to midnight in a London summer."""


def three(window: str = "day", **more: Any) -> dict[str, Any]:
    return {
        "name": f"store_{window}",
        "scope": "store",
        "count": 3,
        "window": {"kind": window, "hours": 24 if window == "rolling" else None},
        **more,
    }


@pytest.fixture(params=["day", "rolling"])
def desk(request: pytest.FixtureRequest) -> Desk:
    return Desk(fields=FIELDS, limits=(three(request.param),), routes=(Route.PURCHASE, Route.FREE))


def with_receipts(many: int, *, begun_with: str = "a", **payload: Any) -> TokenPayload:
    """Make the token of an entry that shows so many receipts, none of which was seen before."""
    uploads = tuple(
        make_upload(f"{begun_with}{number}".ljust(64, "0"), f"{begun_with}{number}").model_copy(
            update={"receipt": number}
        )
        for number in range(1, many + 1)
    )
    return make_payload(uploads=uploads, **payload)


def send(desk: Desk, many: int, begun_with: str, *, shop: str = "Corner", **how: Any) -> str:
    answers = {"email": how.pop("email", "ann@example.com"), "shop": shop}
    return desk.send(with_receipts(many, begun_with=begun_with), answers=answers, **how)


def test_receipts_are_counted_and_not_submissions(desk: Desk) -> None:
    assert send(desk, 2, "a") == "pending_review"
    assert send(desk, 2, "b") == "invalid"
    assert send(desk, 1, "c") == "pending_review"
    assert send(desk, 1, "d") == "invalid"


def test_another_store_another_person_and_the_next_day_have_their_own_three(desk: Desk) -> None:
    assert send(desk, 3, "a") == "pending_review"
    assert send(desk, 1, "b", shop="  CORNER ") == "invalid"
    assert send(desk, 3, "c", shop="Market") == "pending_review"
    assert send(desk, 3, "d", email="bob@example.com") == "pending_review"
    assert send(desk, 3, "e", at=NOON + timedelta(hours=24)) == "pending_review"


def test_more_receipts_than_ever_fit_are_refused_with_no_time_at_which_they_would(
    desk: Desk,
) -> None:
    payload = with_receipts(4)
    assert desk.send(payload, answers={"email": "ann@example.com", "shop": "Corner"}) == "invalid"
    (reason,) = desk.stored(payload.submission_id).reasons
    assert (reason.code, reason.again_at) == (ReasonCode.LIMIT_REACHED, None)
    assert send(desk, 3, "b") == "pending_review"


def test_who_shows_no_receipt_or_names_no_store_uses_nothing(desk: Desk) -> None:
    assert desk.send(make_payload(route="free"), answers={"email": "ann@example.com"}) != "invalid"
    assert send(desk, 3, "a", shop="") == "pending_review"
    assert send(desk, 3, "b") == "pending_review"


def test_the_same_again_takes_nothing_more(desk: Desk) -> None:
    payload, answers = with_receipts(2), {"email": "ann@example.com", "shop": "Corner"}
    assert [desk.send(payload, answers=answers) for _ in "abc"] == [
        "pending_review",
        "seen",
        "seen",
    ]
    assert send(desk, 1, "b") == "pending_review"


def test_a_rejection_gives_back_as_many_as_it_took_and_once(desk: Desk) -> None:
    payload = with_receipts(2)
    assert desk.send(payload, answers={"email": "ann@example.com", "shop": "Corner"}) != "invalid"
    rejected = Decision(
        submission_id=payload.submission_id,
        decision_no=1,
        status=Status.REJECTED,
        reasons=(Reason(code=ReasonCode.STORE_NOT_ELIGIBLE),),
        decided_at=NOON,
        gives_back=True,
    )
    assert apply_decision(rejected, table=desk.table, giver=desk.writer.giver)
    assert not apply_decision(rejected, table=desk.table, giver=desk.writer.giver)
    assert send(desk, 3, "b") == "pending_review"
    assert send(desk, 1, "c") == "invalid"

    taken_back = rejected.model_copy(
        update={"decision_no": 2, "status": Status.PENDING_REVIEW, "reasons": ()}
    )
    assert apply_decision(taken_back, table=desk.table, giver=desk.writer.giver)
    stored = desk.stored(payload.submission_id)
    assert stored.limits_taken == ()
    assert [str(suspicion) for suspicion in stored.suspicions] == ["slot_taken"]


def test_what_is_let_in_again_takes_all_of_its_receipts_again(desk: Desk) -> None:
    payload = with_receipts(2)
    desk.send(payload, answers={"email": "ann@example.com", "shop": "Corner"})
    rejected = Decision(
        submission_id=payload.submission_id,
        decision_no=1,
        status=Status.REJECTED,
        reasons=(Reason(code=ReasonCode.STORE_NOT_ELIGIBLE),),
        decided_at=NOON,
        gives_back=True,
    )
    apply_decision(rejected, table=desk.table, giver=desk.writer.giver)
    back = rejected.model_copy(
        update={"decision_no": 2, "status": Status.PENDING_REVIEW, "reasons": ()}
    )
    apply_decision(back, table=desk.table, giver=desk.writer.giver)
    assert [taken.amount for taken in desk.stored(payload.submission_id).limits_taken] == [2]
    assert send(desk, 2, "b") == "invalid"
    assert send(desk, 1, "c") == "pending_review"


def asked_again(desk: Desk, payload: TokenPayload) -> None:
    """Ask the entrant for a new photo."""
    asks = Decision(
        submission_id=payload.submission_id,
        decision_no=1,
        status=Status.NEEDS_RESUBMISSION,
        reasons=(Reason(code=ReasonCode.ILLEGIBLE),),
        decided_at=NOON,
        resubmit_until=NOON + timedelta(days=7),
    )
    assert apply_decision(asks, table=desk.table, giver=desk.writer.giver)


def answered(payload: TokenPayload, many: int, begun_with: str) -> TokenPayload:
    """Answer with so many receipts, whose photos are new."""
    uploads = with_receipts(many, begun_with=begun_with).uploads
    changes = {"attempt": 2, "purpose": Purpose.RESUBMIT, "uploads": uploads}
    return payload.model_copy(update=changes)


def amounts(desk: Desk, payload: TokenPayload) -> list[int]:
    return [taken.amount for taken in desk.stored(payload.submission_id).limits_taken]


def test_what_a_new_attempt_shows_beyond_the_first_is_counted_too_and_given_back_with_it(
    desk: Desk,
) -> None:
    payload = with_receipts(1)
    desk.send(payload, answers={"email": "ann@example.com", "shop": "Corner"})
    asked_again(desk, payload)
    assert [desk.send(answered(payload, 3, "b")) for _ in "ab"] == ["resubmitted", "seen"]
    assert amounts(desk, payload) == [3]
    assert send(desk, 1, "c") == "invalid"

    rejected = Decision(
        submission_id=payload.submission_id,
        decision_no=2,
        attempt=2,
        status=Status.REJECTED,
        reasons=(Reason(code=ReasonCode.STORE_NOT_ELIGIBLE),),
        decided_at=NOON,
        gives_back=True,
    )
    assert apply_decision(rejected, table=desk.table, giver=desk.writer.giver)
    assert send(desk, 3, "d") == "pending_review"


def test_a_new_attempt_with_more_than_there_is_room_for_is_looked_at(desk: Desk) -> None:
    payload = with_receipts(1)
    desk.send(payload, answers={"email": "ann@example.com", "shop": "Corner"})
    asked_again(desk, payload)
    assert send(desk, 2, "b") == "pending_review"
    assert desk.send(answered(payload, 2, "c")) == "resubmitted"
    assert desk.stored(payload.submission_id).suspicions == (Suspicion.OVER_LIMIT,)
    assert amounts(desk, payload) == [1]


def test_a_new_attempt_with_as_many_takes_nothing_more(desk: Desk) -> None:
    payload = with_receipts(2)
    desk.send(payload, answers={"email": "ann@example.com", "shop": "Corner"})
    asked_again(desk, payload)
    assert desk.send(answered(payload, 2, "b")) == "resubmitted"
    assert amounts(desk, payload) == [2]
    assert desk.stored(payload.submission_id).suspicions == ()


def test_an_answer_that_beat_the_deadline_takes_again_all_that_it_shows(desk: Desk) -> None:
    payload = with_receipts(1)
    desk.send(payload, answers={"email": "ann@example.com", "shop": "Corner"})
    asked_again(desk, payload)
    expired = Decision(
        submission_id=payload.submission_id,
        decision_no=2,
        status=Status.REJECTED,
        reasons=(Reason(code=ReasonCode.RESUBMISSION_EXPIRED),),
        decided_at=NOON + timedelta(days=8),
        gives_back=True,
    )
    assert apply_decision(expired, table=desk.table, giver=desk.writer.giver)
    assert amounts(desk, payload) == []
    assert desk.send(answered(payload, 2, "b")) == "resubmitted"
    assert amounts(desk, payload) == [2]
    assert desk.stored(payload.submission_id).limits_given_back == ()
    assert send(desk, 2, "c") == "invalid"
    assert send(desk, 1, "d") == "pending_review"


def test_receipts_of_two_fields_are_two_though_both_are_a_first() -> None:
    more = {"name": "more", "kind": "receipt_image", "required": False}
    desk = Desk(fields=(*FIELDS, more), limits=(three(),))
    one, other = make_upload("1" * 64, "n1"), make_upload("2" * 64, "n2")
    both = (one, other.model_copy(update={"field": "more", "part": 2}))
    payload = make_payload(uploads=both)
    desk.send(payload, answers={"email": "ann@example.com", "shop": "Corner"})
    assert amounts(desk, payload) == [2]


SAID = {
    "en": (
        "You've sent 3 receipts from this store today. "
        "You can send the next one from tomorrow, 00:00 (London).",
        "The promotion takes 3 per store today, and the 2 receipts you just sent would be more. "
        "You can send all of them from tomorrow, 00:00 (London).",
    ),
    "es": (
        "Has enviado 3 tickets de esta tienda hoy. "
        "Puedes enviar el siguiente a partir de mañana, 00:00 h (Londres).",
        "La promoción admite 3 por tienda hoy, y con los 2 tickets que acabas de enviar serían "
        "más. Puedes enviarlos todos a partir de mañana, 00:00 h (Londres).",
    ),
    "de": (
        "Du hast heute 3 Bons von diesem Geschäft eingesandt. "
        "Den nächsten kannst du ab morgen, 00:00 Uhr (London) einsenden.",
        "Die Aktion erlaubt heute 3 pro Geschäft; mit den 2 Bons, die du gerade eingesandt "
        "hast, wären es mehr. Alle zusammen kannst du ab morgen, 00:00 Uhr (London) einsenden.",
    ),
    "fr": (
        "Vous avez envoyé 3 tickets de ce magasin aujourd’hui. "
        "Vous pourrez envoyer le suivant à partir de demain, 00:00 (Londres).",
        "L’opération en accepte 3 par magasin aujourd’hui\u00a0; avec les 2 tickets que vous venez "
        "d’envoyer, ce nombre serait dépassé. "
        "Vous pourrez les envoyer tous à partir de demain, 00:00 (Londres).",
    ),
}


@pytest.mark.parametrize("locale", SAID)
@pytest.mark.parametrize("many", [1, 2])
def test_it_is_said_which_limit_and_when_again(locale: str, many: int) -> None:
    desk = Desk(fields=FIELDS, limits=(three(),))
    send(desk, 4 - many, "a")
    payload = with_receipts(many, begun_with="b")
    desk.send(payload, answers={"email": "ann@example.com", "shop": "Corner"})
    (reason,) = desk.stored(payload.submission_id).reasons
    assert reason.again_at == NOON + MIDNIGHT
    manifest = desk.writer.releases.manifest("summer", 1)
    assert manifest is not None
    said = sentence(
        reason,
        locale=locale,
        texts={},
        timezone="Europe/London",
        limits=manifest.limits,
        at=NOON,
    )
    assert said == SAID[locale][many - 1]
