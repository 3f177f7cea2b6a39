"""Publish a campaign, for everyone or as a test. See :mod:`campaigns.publishing.services.propagate` for what follows."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from campaignhub import ingest
from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.rules.lines import is_blank
from campaigns.accounts.services import audit, sender
from campaigns.prizes.services.stock import seal_named, settle_stock
from campaigns.publishing.models import Placement, Release
from campaigns.publishing.rules.publish_checks import Finding
from campaigns.publishing.rules.publish_checks.texts import gaps, language_name
from campaigns.publishing.services import checks
from campaigns.publishing.services.consents import settle_consents
from campaigns.publishing.services.lifecycle import MoveNotAllowed, change_state, decided
from campaigns.publishing.services.manifest import manifest_of, page_content
from campaigns.publishing.services.propagate import propagate
from campaigns.publishing.services.releases import keep_release
from campaigns.publishing.services.seen import EDITS_AND_RELEASES, refuse_unseen
from campaigns.rendering import PageNote
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from campaigns.setup.services.campaign import locked
from ingest_lambda.contract import Current

TEST_DAYS = 14
"""How long a test stays open at least, whatever the campaign's dates."""


class CannotPublish(DomainError):
    """Something is missing; ``problems`` is the list."""

    def __init__(self, problems: list[Finding]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


class CautionsNotAccepted(DomainError):
    """Something is unusual and nobody has said that it is meant; ``cautions`` is the list."""

    def __init__(self, cautions: list[Finding]) -> None:
        super().__init__("Accept what is unusual, or change it.")
        self.cautions = cautions


class CautionsNotTyped(DomainError):
    """Something is so unusual that a tick is not enough, and the campaign's address was not typed."""


class AmendmentReasonMissing(DomainError):
    """An amendment needs a reason for the record."""


class AmendmentNoteHasGaps(DomainError):
    """A public note is written in some of the campaign's languages and not in others."""


def is_amendment(campaign: Campaign) -> bool:
    """Tell whether publishing changes something that people have entered under already."""
    return campaign.state in (CampaignState.LIVE, CampaignState.PAUSED)


def publish_campaign(
    campaign: Campaign,
    *,
    actor: User | None,
    at: datetime,
    accepted: Collection[str] = (),
    typed: str = "",
    reason: str = "",
    public_note: Mapping[str, str] | None = None,
    looked_at: str = "",
) -> Release:
    """Publish a campaign as its next release; in force everywhere within 30 seconds.

    The row is locked, so that two who press at once get two numbers. The
    release is committed before it is carried to table and host: if they are
    away, the earlier one stays live and the clock tries again.

    ``accepted`` are the keys of the cautions that were ticked; ``typed`` is the
    campaign's address, where a caution wants it typed (``Finding.is_typed``). Once the
    campaign is live a release is an amendment: it needs ``reason``, for the
    record, and may carry ``public_note``, which the page shows with its date.
    ``looked_at`` is what the page showed (:mod:`campaigns.publishing.services.seen`):
    a manager cannot publish what another saved since then without having seen it.

    Raises:
        CampaignChanged: another manager saved or published it since ``looked_at``.
        CannotPublish: with the whole list of what is missing.
        CautionsNotAccepted: with what nobody has accepted yet.
        CautionsNotTyped: a caution wants the campaign's address typed, and it was not.
        AmendmentReasonMissing, AmendmentNoteHasGaps: an amendment lacks its words.
        StockTooLow: an amendment takes back prizes that are won or due.
        MoveNotAllowed: it is closed or archived.
    """
    sender.check_sender(campaign.client, at=at)
    seen = _in_table(campaign.slug)
    note = {code: text.strip() for code, text in (public_note or {}).items() if text.strip()}
    with transaction.atomic(durable=True):
        campaign = locked(campaign)
        _refuse_if_over(campaign)
        refuse_unseen(
            campaign,
            EDITS_AND_RELEASES,
            seen=looked_at,
            actor=actor,
            undone="Nothing was published. Look through what this changes now, then publish.",
        )
        if problems := checks.publish_problems(campaign, at=at):
            raise CannotPublish(problems)
        cautions = checks.publish_cautions(campaign, at=at)
        _refuse_unconfirmed(campaign, cautions, accepted=accepted, typed=typed)
        amends = is_amendment(campaign)
        if amends:
            _check_words(campaign, reason, note)
        release = _add_release(
            campaign,
            actor=actor,
            at=at,
            seen=seen,
            amendment_reason=reason.strip() if amends else "",
            public_note=note if amends else {},
            accepted_warnings=[caution.key for caution in cautions],
        )
        if not amends:
            assert campaign.opens_at is not None
            opened = campaign.opens_at <= at
            after = CampaignState.LIVE if opened else CampaignState.SCHEDULED
            if campaign.state != after:
                change_state(campaign, after, actor=actor, at=at)
        audit.record(
            campaign,
            "campaign.amended" if amends else "campaign.published",
            actor=actor,
            at=at,
            after={
                "release": release.number,
                "accepted": release.accepted_warnings,
                **({"reason": release.amendment_reason} if amends else {}),
            },
        )
    propagate(campaign, is_test=False, at=at)
    return release


def publish_test(campaign: Campaign, *, actor: User | None, at: datetime) -> Release:
    """Publish a campaign at its unlisted address, to try it out with limits and stock of its own.

    It is the same path with the same checks; only cautions are not asked for.
    A test is open at once and for two weeks at least.

    Raises:
        CannotPublish: with the whole list of what is missing.
        MoveNotAllowed: the campaign is closed or archived.
    """
    seen = _in_table(campaign.test_slug)
    with transaction.atomic(durable=True):
        campaign = locked(campaign)
        _refuse_if_over(campaign)
        if problems := checks.publish_problems(campaign, at=at):
            raise CannotPublish(problems)
        release = _add_release(campaign, actor=actor, at=at, seen=seen, is_test=True)
        audit.record(
            campaign,
            "campaign.published_as_test",
            actor=actor,
            at=at,
            after={"release": release.number},
        )
    propagate(campaign, is_test=True, at=at)
    return release


def _refuse_if_over(campaign: Campaign) -> None:
    if campaign.state in (CampaignState.CLOSED, CampaignState.ARCHIVED):
        raise MoveNotAllowed("A closed campaign is not published again. Clone it instead.")


def _refuse_unconfirmed(
    campaign: Campaign, cautions: list[Finding], *, accepted: Collection[str], typed: str
) -> None:
    ticked = [caution for caution in cautions if not caution.is_typed]
    if open_ones := [caution for caution in ticked if caution.key not in accepted]:
        raise CautionsNotAccepted(open_ones)
    if len(ticked) < len(cautions) and typed.strip() != campaign.slug:
        raise CautionsNotTyped(f"Nothing was published. Type {campaign.slug} to confirm.")


def _check_words(campaign: Campaign, reason: str, note: Mapping[str, str]) -> None:
    if is_blank(reason):
        raise AmendmentReasonMissing(
            "People have entered already. Say for the record why this changes."
        )
    if missing := gaps(note, list(campaign.languages), needed=False):
        names = " and ".join(language_name(code) for code in missing)
        raise AmendmentNoteHasGaps(f"The public note is missing in {names}.")


def _add_release(
    campaign: Campaign,
    *,
    actor: User | None,
    at: datetime,
    seen: Current | None,
    is_test: bool = False,
    **words: object,
) -> Release:
    """Add the next release to a locked campaign, and count it on its placement."""
    assert campaign.opens_at is not None
    assert campaign.closes_at is not None
    settle_consents(campaign)
    dates = {"opens_at": campaign.opens_at, "closes_at": campaign.closes_at}
    if is_test:
        dates = {
            "opens_at": min(campaign.opens_at, at),
            "closes_at": max(campaign.closes_at, at + timedelta(days=TEST_DAYS)),
        }
    earlier = campaign.releases.filter(is_test=is_test)
    last = earlier.aggregate(last=Max("number"))["last"] or 0
    number = max(last, seen.release if seen else 0) + 1
    notes = [
        PageNote(release=release.number, at=release.published_at, text=release.public_note)
        for release in earlier.exclude(public_note={}).order_by("-number")
    ]
    if text := words.get("public_note"):
        notes.insert(0, PageNote.model_validate({"release": number, "at": at, "text": text}))
    prize_plan = settle_stock(campaign, is_test=is_test, actor=actor, at=at, **dates)
    seal = seal_named(prize_plan)
    content = page_content(campaign, release=number, is_test=is_test, notes=notes, seal=seal)
    manifest = manifest_of(
        campaign,
        release=number,
        page_sha256=content.sha256(),
        is_test=is_test,
        prize_plan=prize_plan,
        **dates,
    )
    release = keep_release(
        campaign, content, manifest, published_at=at, published_by=actor, **words
    )
    placement = decided(campaign, is_test=is_test, beyond=seen.revision if seen else 0)
    Placement.objects.filter(pk=placement.pk).update(**dates)
    return release


def _in_table(slug: str) -> Current | None:
    """Read what the table holds, so that a database from a backup uses no number twice."""
    try:
        return ingest.read_current(slug)
    except ingest.IngestBusy:
        return None
