"""A submission is read by its release: what managers do to the draft meanwhile changes nothing about it."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.http import QueryDict
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaignhub import ingest
from campaignhub.env import env
from campaigns.accounts.rules.roles import Role
from campaigns.publishing.services.consents import settle_consents
from campaigns.publishing.services.releases import read_release
from campaigns.setup.models import Campaign, FormField
from ingest_lambda.adapters.releases import Releases
from ingest_lambda.contract import Current, Reason, ReasonCode, SubmissionStatus
from ingest_lambda.functions.status import StatusReader
from submissions.intake.services.mirroring import mirror_records, mirror_stream_records
from submissions.mail.models import Mail
from submissions.mail.services.composing import compose
from submissions.mail.services.status_link import link_of
from submissions.mirror.admin.person import shown_answers, shown_consents
from submissions.mirror.models import Submission, SubmissionAnswers
from submissions.review.admin.verdicts import preview
from submissions.review.admin.wording import history, why_here
from submissions.review.services.decisions import request_resubmission
from submissions.review.services.outbox import propagate_decisions
from tests.campaigns.factories import make_draft, make_release, make_user
from tests.security.two_clients import signed_in
from tests.submissions.factories import NOON, make_record, streamed
from tests.support.examples import examples
from tests.support.simulated_aws import simulated_aws

pytestmark = pytest.mark.django_db
ANSWERS = {
    "email": "ada@example.com",
    "first": "Ada",
    "last": "Lovelace",
    "mobile": "+447700900123",
}


def make_campaign() -> Campaign:
    """Make a campaign in two languages whose every promise is told to somebody."""
    campaign = make_draft(
        languages=["en", "de"],
        headline={"en": "Win a weekend", "de": "Gewinne ein Wochenende"},
        decide_within_days=3,
        resubmit_within_hours=168,
        reason_texts={"de": {"ILLEGIBLE": "Wir können Ihren Beleg nicht lesen."}},
        brand_colour="#0f4c5c",
    )
    for name, kind, meaning in (
        ("first", "text", "given_name"),
        ("last", "text", "family_name"),
        ("mobile", "phone", "phone"),
    ):
        FormField.objects.create(
            campaign=campaign, name=name, kind=kind, meaning=meaning, label={"en": name.title()}
        )
    FormField.objects.filter(campaign=campaign, name="accept_rules").update(
        label={"en": "I accept [the rules](rules).", "de": "Ich akzeptiere [die Regeln](rules)."},
        routes=campaign.routes,
    )
    return campaign


def enter(campaign: Campaign, *, in_table: bool = False, **overrides: Any) -> UUID:
    """Mirror an entry of release 1 that is sent in German and asked for another photo."""
    record = make_record(
        campaign, answers=ANSWERS, consents={"accept_rules": True}, locale="de", **overrides
    )
    if in_table:
        ingest.clients.submissions_table().submissions.create(record)
    assert not mirror_stream_records([streamed(record)], at=NOON).refused
    reason = Reason(code=ReasonCode.ILLEGIBLE)
    request_resubmission(record.id, reasons=[reason], actor=None, at=NOON)
    return record.id


def all_about(pk: UUID) -> dict[str, Any]:
    """Return what staff and the entrant are shown of an entry, and what they were promised."""
    entry = Submission.objects.select_related("campaign__client", "personal").get(pk=pk)
    mail = Mail.objects.select_related("submission__campaign__client").get(
        submission=entry, event="received:1"
    )
    answers = SubmissionAnswers.objects.values().get(pk=pk)
    return {
        "answers": {**answers, "submission_id": None},
        "masked": shown_answers(entry, masked=True),
        "in full": shown_answers(entry, masked=False),
        "consents": shown_consents(entry),
        "why": why_here(entry),
        "worded": preview(entry, QueryDict("reason=ILLEGIBLE&reason=CARD_SLIP")),
        "history": history(entry),
        "promised": (entry.decide_by, entry.resubmit_until),
        "reasons": entry.decision_reasons,
        "mail": str(compose(mail, at=NOON).body).replace(entry.reference, ""),
        "look": str(compose(mail, at=NOON).alternatives[0][0]).replace(entry.reference, ""),
        "page": link_of(mail).split("status")[0],
    }


def enter_the_table(campaign: Campaign, *, release: int = 1) -> UUID:
    """Enter as :func:`enter` does, where the status page reads as well, and carry what was asked."""
    manifest = read_release(campaign.pk, is_test=False, number=release).manifest
    dates = {"opens_at": manifest.opens_at, "closes_at": manifest.closes_at}
    ingest.publish_release(manifest, Current(slug=manifest.slug, release=release, **dates))
    pk = enter(campaign, in_table=True, release=release)
    assert propagate_decisions(at=NOON) == 1
    return pk


def status_page(pk: UUID) -> dict[str, Any]:
    """Return what the function answers to the page that the entrant's mail leads to."""
    table, mail = (
        ingest.clients.submissions_table(),
        Mail.objects.get(submission=pk, event="asked_again:1"),
    )
    reader = StatusReader(table, ingest.clients.stock_table(), Releases(table), env().token_keys)
    token = link_of(mail).split("#")[1]
    answer = reader.read(mail.submission.campaign.slug, pk, token, at=NOON)
    return answer.model_dump(exclude={"submission_id", "reference"})


def fields(campaign: Campaign, **names: str) -> Any:
    return FormField.objects.filter(campaign=campaign, **names)


def change(**values: Any) -> Callable[[Campaign], Any]:
    return lambda campaign: Campaign.objects.filter(pk=campaign.pk).update(**values)


def swap_meanings(campaign: Campaign) -> None:
    fields(campaign, name="mobile").update(meaning="")
    fields(campaign, name="email").update(meaning="", kind="text")
    meaning = {"kind": "email", "meaning": "email"}
    FormField.objects.update_or_create(campaign=campaign, name="friend", defaults=meaning)


EDITS: dict[str, Callable[[Campaign], Any]] = {
    "a field renamed": lambda c: fields(c, name="first").update(name="forename"),
    "a field removed": lambda c: fields(c, name="last").delete(),
    "every field removed": lambda c: fields(c).delete(),
    "meanings moved": swap_meanings,
    "a label reworded": lambda c: fields(c, name="mobile").update(label={"en": "Fax"}),
    "a consent reworded": lambda c: fields(c, kind="consent").update(
        label={"en": "Sell my data"}, version=2
    ),
    "a language removed": change(languages=["en"]),
    "languages turned round": change(languages=["de", "en"]),
    "another headline": change(headline={"en": "Lose", "de": "Verliere"}),
    "a longer promise": change(decide_within_days=30),
    "less time for a photo": change(resubmit_within_hours=72),
    "another zone": change(timezone="Pacific/Auckland"),
    "other sentences": change(reason_texts={"de": {"ILLEGIBLE": "Nein."}}),
    "no sentences": change(reason_texts={}),
    "other labels": change(reason_labels={"en": {"ILLEGIBLE": "Dark"}}),
    "reasons hidden": change(hidden_reasons=["ILLEGIBLE"]),
    "a consent for something else": lambda c: fields(c, kind="consent").update(purpose="privacy"),
    "a consent to somebody else": lambda c: fields(c, kind="consent").update(party="Data Ltd"),
    "a consent renamed": lambda c: fields(c, name="accept_rules").update(name="rules"),
    "a consent for the other route": lambda c: fields(c, kind="consent").update(routes=["free"]),
    "a consent added": lambda c: FormField.objects.get_or_create(
        campaign=c, name="news", defaults={"kind": "consent", "label": {"en": "News?"}}
    ),
    "nobody told": change(notices=[]),
    "no review": change(review_mode="none"),
    "dates moved": change(opens_at=NOON - timedelta(days=60), closes_at=NOON + timedelta(days=90)),
    "another look": change(brand_colour="#ff0000", radius=0),
}


def desk_says(pk: UUID, browser: Any) -> str:
    """Return what the desk says of an entry, but for what is about the desk and other entries."""
    page = browser.get(reverse("admin:submissions_submission_change", args=[pk])).content.decode()
    facts = re.search(r'<aside class="facts".*?</aside>', page, re.S)
    assert facts is not None
    return re.sub(r'<p class="quiet">.*?</p>|name="csrf\w+" value="\w+"', "", facts[0])


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with simulated_aws(monkeypatch):
        yield


@pytest.mark.parametrize("edit", EDITS)
def test_no_edit_of_the_draft_changes_anything_about_an_entry(edit: str) -> None:
    campaign = make_campaign()
    before = enter(campaign)
    browser = signed_in(make_user((campaign.client, Role.MODERATOR)))
    known, said = all_about(before), desk_says(before, browser)
    EDITS[edit](campaign)
    assert all_about(before) == known
    assert desk_says(before, browser) == said
    meanwhile = all_about(enter(campaign))
    assert meanwhile | {"history": ()} == known | {"history": ()}, "of who enters meanwhile"


@pytest.mark.usefixtures("table")
@settings(max_examples=examples(100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(*[st.lists(st.sampled_from(sorted(EDITS)), max_size=5, unique=True)] * 2)
def test_nor_do_many_before_and_after_another_release_of_them(
    first: list[str], then: list[str]
) -> None:
    """Of entries before, between and after, each is what its own release made it."""
    campaign = make_campaign()
    make_release(campaign)

    def everything(pk: UUID) -> dict[str, Any]:
        return {**all_about(pk), "status page": status_page(pk)}

    known = {pk: everything(pk) for pk in [enter_the_table(campaign)]}
    for edit in first:
        EDITS[edit](campaign)
    between = enter_the_table(campaign)
    known[between] = everything(between)
    (before, *_), same = known.values(), {"history": ()}
    assert known[between] | same == before | same
    campaign = Campaign.objects.get(pk=campaign.pk)
    if FormField.objects.filter(campaign=campaign).exclude(kind="consent").exists():
        settle_consents(campaign)
        make_release(campaign, number=2)
        for pk in known:
            known[pk]["page"] = all_about(pk)["page"]  # the pages that are online now
        after = enter_the_table(campaign, release=2)
        known[after] = everything(after)
    for edit in then:
        EDITS[edit](campaign)
    assert {pk: everything(pk) for pk in known} == known


def test_lists_and_mails_show_each_entry_in_the_zone_of_its_release() -> None:
    campaign = make_campaign()
    entry = enter(campaign)
    change(timezone="Pacific/Auckland")(campaign)
    campaign.refresh_from_db()
    browser = signed_in(make_user((campaign.client, Role.CAMPAIGN_MANAGER)))
    mail = Mail.objects.get(submission=entry, event="received:1")
    lists = [reverse(f"admin:{one}_changelist") for one in ("submissions_submission", "mail_mail")]
    for address in (*lists, reverse("admin:mail_mail_read", args=[mail.pk])):
        page = browser.get(address).content.decode()
        assert "3 June 2026, 13:00:00 (London)" in page, address
        assert "Auckland" not in page, address
    make_release(campaign, number=2)
    enter(campaign, release=2)
    for address in lists:
        page = browser.get(address).content.decode()
        assert "(London)" in page, address
        assert "4 June 2026, 00:00:00 (Auckland)" in page, address


def test_what_is_known_of_an_entry_is_what_was_asked_and_agreed_to() -> None:
    known = all_about(enter(make_campaign()))
    assert known["answers"]["email"] == "ada@example.com"
    assert (known["answers"]["given_name"], known["answers"]["family_name"]) == ("Ada", "Lovelace")
    (consent,) = known["consents"]
    assert (consent.wording, consent.version) == ("Ich akzeptiere die Regeln.", 1)
    assert (consent.is_given, consent.is_required) == (True, True)
    assert "Gewinne ein Wochenende" in known["mail"]
    assert "ada@" not in str(known["masked"])
    assert known["reasons"][0]["message"] == "Wir können Ihren Beleg nicht lesen."


def test_the_desk_shows_what_was_agreed_to_in_the_words_that_were_read() -> None:
    campaign = make_campaign()
    entry = enter(campaign)
    fields(campaign, kind="consent").update(label={"en": "<b>Sell</b> my data"}, version=7)
    browser = signed_in(make_user((campaign.client, Role.MODERATOR)))
    page = browser.get(reverse("admin:submissions_submission_change", args=[entry]))
    words = page.content.decode()
    assert "Ich akzeptiere die Regeln." in words
    assert "version 1" in words
    assert "Sell" not in words


def test_a_release_that_is_not_here_leaves_its_entry_to_the_queue_and_takes_the_others() -> None:
    campaign = make_campaign()
    here = make_record(campaign, answers=ANSWERS)
    gone = make_record(campaign, answers=ANSWERS).model_copy(update={"release": 9})
    result = mirror_stream_records([streamed(gone), streamed(here)], at=NOON)
    assert result.refused == [(0, "unknown_release")]
    assert result.taken == 1
    assert Submission.objects.filter(pk=here.id).exists()
    make_release(campaign, number=9)
    assert mirror_stream_records([streamed(gone)], at=NOON).taken == 1


def test_answers_that_were_read_wrongly_are_derived_anew_from_the_table() -> None:
    campaign = make_campaign()
    record = make_record(campaign, answers=ANSWERS)
    mirror_records([record], at=NOON, notify=False)
    SubmissionAnswers.objects.filter(pk=record.id).update(email="", given_name="", phone="")
    mirror_records([record], at=NOON + timedelta(days=1), notify=False)
    found = SubmissionAnswers.objects.get(pk=record.id)
    assert (found.email, found.given_name, found.phone) == (
        "ada@example.com",
        "Ada",
        "+447700900123",
    )
    assert Submission.objects.get(pk=record.id).status == SubmissionStatus.PENDING_REVIEW
