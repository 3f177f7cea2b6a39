"""The desk offers reasons by short labels, those given most first, under keys that stay while a page does."""

import re
from functools import partial
from typing import Any

import pytest
from django.urls import reverse

from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from campaigns.setup.rules.reasons import LABELS
from ingest_lambda.contract import Mode, Reason, ReasonCode
from submissions.mail.models import Mail
from submissions.mail.services.composing import compose
from submissions.mirror.models import Submission
from submissions.review.models import ReasonUse, Review
from submissions.review.services.decisions import reject_submission, undo_decision
from submissions.review.services.outbox import propagate_decisions
from submissions.review.services.reason_uses import ranked
from tests.campaigns.factories import make_release, make_user
from tests.submissions.factories import NOON, make_campaign, make_stored
from tests.submissions.review.at_the_desk import desk_of, given, make_staff, make_submission, show
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db
HOSTILE = '<img src=x onerror="alert(1)"> {sentence}'


def reject(campaign: Campaign, *codes: ReasonCode, **overrides: Any) -> Submission:
    """Reject an entry of a campaign in a moderator's name."""
    entry = make_submission(campaign, **overrides)
    reasons = [Reason(code=code) for code in codes]
    return reject_submission(entry.pk, reasons=reasons, actor=make_user(), at=NOON)


def offered(page: str, verdict: str = "reject") -> list[str]:
    """Return the codes that a desk offers for a verdict, in their order."""
    panel = re.search(rf'<details class="reasons" id="{verdict}">.*?</details>', page, re.S)
    assert panel is not None
    return re.findall(r'name="reason" value="(\w+)"', panel[0])


def test_reasons_are_labels_and_the_sentence_is_the_entrants_alone() -> None:
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    page = show(browser, make_submission(campaign))
    assert LABELS[ReasonCode.STORE_NOT_ELIGIBLE] in page
    assert "This store isn&#x27;t part of the promotion." not in page


def test_what_is_given_most_in_this_campaign_comes_first_and_equals_as_in_the_catalogue() -> None:
    campaign, other = make_campaign(), make_campaign()
    for codes in (
        [ReasonCode.REFUND_OR_ZERO],
        [ReasonCode.REFUND_OR_ZERO, ReasonCode.WRONG_VARIANT],
        [ReasonCode.STORE_NOT_ELIGIBLE],
    ):
        reject(campaign, *codes)
    for _ in range(5):
        reject(other, ReasonCode.DUPLICATE_OWN)
    browser, _ = make_staff(campaign)
    first = offered(show(browser, make_submission(campaign)))[:4]
    assert first == [
        "REFUND_OR_ZERO",
        "STORE_NOT_ELIGIBLE",
        "WRONG_VARIANT",
        "BEFORE_PURCHASE_WINDOW",
    ]


def test_neither_rules_nor_tests_nor_what_is_taken_back_are_counted_as_use() -> None:
    campaign = make_campaign()
    decided = reject(campaign, ReasonCode.WRONG_VARIANT)
    actor = Review.objects.get(submission=decided).actor
    assert actor is not None
    undo_decision(decided.pk, actor=actor, at=NOON, after=1)
    reject(campaign, ReasonCode.WRONG_VARIANT, mode=Mode.TEST)
    entry = make_submission(campaign)
    expired = [Reason(code=ReasonCode.RESUBMISSION_EXPIRED)]
    reject_submission(entry.pk, reasons=expired, actor=None, at=NOON)
    assert [(use.code, use.times) for use in ReasonUse.objects.all()] == [("WRONG_VARIANT", 1)]


def test_ranking_reads_the_counter_alone_however_many_verdicts_there_are(
    django_assert_num_queries: Any,
) -> None:
    campaign = make_campaign()
    reject(campaign, ReasonCode.WRONG_VARIANT)
    with django_assert_num_queries(1) as queries:
        assert ranked([campaign.pk])[0] is ReasonCode.WRONG_VARIANT
    assert "reasonuse" in queries.captured_queries[0]["sql"]


def test_a_page_keeps_its_keys_whatever_is_given_meanwhile() -> None:
    campaign = make_campaign()
    browser, _ = make_staff(campaign)
    page = show(browser, make_submission(campaign))
    before, kept = offered(page), re.search(r'data-ranked="([\w.]+)"', page)
    assert kept is not None
    for _ in range(3):
        reject(campaign, ReasonCode.INAPPROPRIATE_IMAGE)
    make_submission(campaign)
    asked = {"part": "1", "ranked": [f"{campaign.pk}:{kept[1]}", "nonsense", ":" * 9]}
    part = browser.get(reverse("admin:submissions_review_next"), asked, follow=True)
    assert offered(part.content.decode()) == before
    assert offered(show(browser, make_submission(campaign)))[0] == "INAPPROPRIATE_IMAGE"


def test_labels_are_the_campaigns_in_the_language_of_the_readers_browser() -> None:
    campaign = make_campaign(
        languages=["en", "de"],
        reason_labels={
            "de": {"WRONG_VARIANT": "Falsche Sorte"},
            "en": {"WRONG_VARIANT": "Not ours"},
        },
    )
    browser, _ = make_staff(campaign)
    entry = make_submission(campaign)
    german = browser.get(desk_of(entry), headers={"accept-language": "de-AT,de;q=0.9"})
    assert "Falsche Sorte" in german.content.decode()
    assert "Not ours" in show(browser, entry)


def test_a_label_applies_at_once_and_a_sentence_to_who_enters_after_the_next_publish() -> None:
    campaign = make_campaign(reason_texts={"en": {"WRONG_VARIANT": "Only lemonade counts."}})
    browser, _ = make_staff(campaign)
    early = make_submission(campaign)
    words = {"en": {"WRONG_VARIANT": "Only tea counts."}}
    Campaign.objects.filter(pk=campaign.pk).update(
        reason_texts=words, reason_labels={"en": {"WRONG_VARIANT": "No tea"}}
    )
    make_release(Campaign.objects.get(pk=campaign.pk), number=2)
    late = make_submission(campaign, release=2)
    assert "No tea" in show(browser, early)
    for entry, said in ((early, "Only lemonade counts."), (late, "Only tea counts.")):
        browser.post(desk_of(entry), given("reject", reason=["WRONG_VARIANT"]))
        assert Review.objects.get(submission=entry).reasons[0]["message"] == said


def test_a_hidden_reason_is_not_offered_and_still_taken_from_a_page_that_was_open() -> None:
    campaign = make_campaign(hidden_reasons=["WRONG_VARIANT", "CARD_SLIP", "OTHER"])
    browser, _ = make_staff(campaign)
    entry = make_submission(campaign)
    page = show(browser, entry)
    assert "WRONG_VARIANT" not in offered(page)
    assert "CARD_SLIP" not in offered(page, "ask_again")
    assert "OTHER" in offered(page), "never hidden: some entry needs it"
    browser.post(desk_of(entry), given("reject", reason=["WRONG_VARIANT"]))
    assert Review.objects.get(submission=entry).reasons[0]["code"] == "WRONG_VARIANT"


def test_deciding_on_many_offers_what_their_campaigns_do() -> None:
    campaign = make_campaign(
        hidden_reasons=["CARD_SLIP"], reason_labels={"en": {"HANDWRITTEN": "By hand"}}
    )
    browser, _ = make_staff(campaign, Role.OWNER)
    reject(campaign, ReasonCode.WRONG_VARIANT)
    entry = make_submission(campaign)
    form = {"act": "ask_again", "id": [f"{entry.pk}.0"]}
    page = browser.post(reverse("admin:submissions_submission_changelist"), form).content.decode()
    assert "CARD_SLIP" not in page
    assert "By hand" in page


def test_hostile_words_are_text_at_the_desk_in_the_mail_and_in_the_log(queues: Any) -> None:
    words = {"en": {"WRONG_VARIANT": HOSTILE}}
    campaign = make_campaign(reason_texts=words, reason_labels=words)
    browser, _ = make_staff(campaign, Role.OWNER)
    entry = Submission.objects.get(pk=make_stored(campaign).id)
    assert "<img src=x" not in show(browser, entry)
    browser.post(desk_of(entry), given("reject", reason=["WRONG_VARIANT"]))
    propagate_decisions(at=Review.objects.get().at.replace(year=2027))
    mail = Mail.objects.select_related("submission__campaign__client").get(kind="rejected")
    assert HOSTILE in str(compose(mail, at=NOON).body)
    html = str(compose(mail, at=NOON).alternatives[0][0])
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html
    assert "<img src=x" not in show(browser, entry)
    log = browser.get(reverse("admin:accounts_auditentry_changelist")).content.decode()
    assert "<img src=x" not in log


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_moderators_who_give_the_same_reasons_at_once_each_is_counted() -> None:
    campaign = make_campaign()
    both = [ReasonCode.WRONG_VARIANT, ReasonCode.BELOW_MIN_SPEND]
    entries = [make_submission(campaign) for _ in range(6)]
    actors = [make_user() for _ in entries]

    def give(place: int) -> Submission:
        codes = both if place % 2 else reversed(both)
        reasons = [Reason(code=code) for code in codes]
        return reject_submission(entries[place].pk, reasons=reasons, actor=actors[place], at=NOON)

    done = at_once(*(partial(give, place) for place in range(len(entries))))
    assert all(isinstance(one, Submission) for one in done)
    assert {use.times for use in ReasonUse.objects.all()} == {len(entries)}
