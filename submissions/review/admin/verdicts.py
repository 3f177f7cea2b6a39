"""What a form of the desk says, read into a call of a service."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, QueryDict
from pydantic import ValidationError

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from ingest_lambda.contract import Reason, ReasonCode, sentence
from submissions.mirror.models import Submission
from submissions.mirror.services.releases import release_of
from submissions.review.services import decisions
from submissions.review.services.bulk_verdicts import give_verdict

SAID: Mapping[str, str] = {
    "approve": "{reference} approved.",
    "reject": "{reference} rejected.",
    "ask_again": "{reference} asked again.",
}


class PageOutOfDate(DomainError):
    """A form that doesn't say which decision its page showed; it was made before pages said so."""


def seen_decision(form: QueryDict, submission: Submission) -> int:
    """Return the number of the decision that a form's page showed; 0 where there was none.

    Raises:
        PageOutOfDate: it has none.
    """
    number = form.get("decision_no", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise PageOutOfDate(
            f"This page is out of date. Open {submission.reference} again, then decide."
        )
    return int(number)


def take_verdict(
    submission: Submission, form: QueryDict, *, after: int, actor: User, at: datetime
) -> Submission:
    """Give the verdict that a form asks for, unless another was given since ``after``.

    Raises:
        DomainError: a rule said no; the sentence in it is for the moderator.
    """
    verdict = form.get("verdict", "")
    if verdict not in SAID:
        raise Http404
    return give_verdict(submission.pk, verdict, after=after, actor=actor, at=at, **said(form))


def said(form: QueryDict) -> dict[str, Any]:
    """Read what a form says on its verdict: reasons, note, and the gaps that it approves despite of.

    Raises:
        ReasonsNeeded: one of the reasons is none of ours.
    """
    is_approval = form.get("verdict") == "approve"
    return {
        "note": form.get("note", "").strip()[:1000],
        "reasons": [] if is_approval else read_reasons(form),
        "despite": " ".join(form.getlist("despite")).split() if is_approval else [],
    }


def read_reasons(form: QueryDict) -> list[Reason]:
    """Read the chosen reasons, each with its own found and expected."""
    try:
        return [_reason(ReasonCode(code), form) for code in form.getlist("reason")]
    except (ValueError, ValidationError) as exc:
        raise decisions.ReasonsNeeded("Choose the reasons from the list.") from exc


def _reason(code: ReasonCode, form: QueryDict) -> Reason:
    def said(name: str) -> str | None:
        return form.get(f"{name}-{code.value}", "").strip()[:200] or None

    message = form.get("message", "").strip()[:1000] if code is ReasonCode.OTHER else ""
    return Reason(code=code, message=message, found=said("found"), expected=said("expected"))


def preview(submission: Submission, form: QueryDict) -> list[dict[str, str]]:
    """Return the sentence that the entrant will read for each chosen reason, and the English one."""
    lines = []
    for reason in read_reasons(form):
        theirs = _sentence(reason, submission, submission.locale)
        ours = _sentence(reason, submission, "en")
        lines.append({"code": reason.code.value, "theirs": theirs, "ours": ours})
    return lines


def _sentence(reason: Reason, submission: Submission, locale: str) -> str:
    if reason.code is ReasonCode.OTHER and not reason.message:
        return ""
    manifest = release_of(submission).manifest
    return sentence(reason, locale=locale, texts=manifest.reason_texts, timezone=manifest.timezone)
