"""Staff put mails into their own words: checked when saved, in force with a release, never markup."""

from functools import partial
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMultiAlternatives
from hypothesis import given
from hypothesis import strategies as st

from campaigns.accounts.models import AuditEntry
from campaigns.publishing.services.changes import changes_since_release
from campaigns.publishing.services.seen import CampaignChanged
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from campaigns.workbench.services.clone import clone_campaign
from submissions.mail.rules.wording import (
    MOST_CHARS,
    OF_PARAGRAPHS,
    OPTIONAL,
    Part,
    default_wording,
    filled,
    in_plain_text,
    paragraphs,
    placeholders_of,
    problem_of,
    tidied,
    with_wording,
    wording_of,
)
from submissions.mail.rules.words import Message
from submissions.mail.services.delivery import deliver_mails
from submissions.mail.services.wording import (
    WordingIsFinal,
    WordingNotUsable,
    save_wording,
    seen_wording,
)
from tests.campaigns.factories import make_release, make_user
from tests.security.entrants import enter, said
from tests.submissions.factories import NOON, make_campaign
from tests.support.at_once import at_once

REVIEW = Message.RECEIVED_REVIEW
LANGUAGES = ("en", "es", "de", "fr")
OUR_WORDS = {
    Part.SUBJECT: "Danke für {reference}",
    Part.TITLE: "Danke!",
    Part.BEFORE: "Bis {review_day} wissen wir mehr.\n\nMehr im [Blog](https://blog.example/x).",
    Part.AFTER: "",
    Part.BUTTON: "Ansehen",
}


# ---------------------------------------------------------------- rules


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", Message)
def test_every_default_may_be_saved_as_it_is_and_keeps_nothing(message: Message, language: str):
    default = default_wording(message, language)
    for part, text in default.items():
        assert tidied(part, text) == text
        assert not problem_of(message, part, text)
    assert with_wording({}, message, language, default) == {}


@pytest.mark.parametrize(
    ("part", "text", "why"),
    [
        (Part.SUBJECT, "", "enter a text"),
        (Part.SUBJECT, "News\r\nBcc: all@example.com", "one line"),
        (Part.SUBJECT, "News\u202egnp", "hidden characters"),
        (Part.SUBJECT, "x" * (MOST_CHARS[Part.SUBJECT] + 1), "shorten this to 150"),
        (Part.TITLE, "Hello {name}", "has no {name}"),
        (Part.BEFORE, "{deadline}", "Please use {campaign}, {client}, {reference}, {review_day}"),
        (Part.BEFORE, "{campaign.client.pk}", "has no {campaign.client.pk}"),
        (Part.BEFORE, "{}", "has no {}"),
        (Part.BEFORE, "Open { brace", "isn't closed"),
        (Part.BEFORE, "[here](https://x.example/{reference})", "address of a link"),
        (Part.BUTTON, "x" * 41, "shorten this to 40"),
    ],
)
def test_what_no_mail_could_say_is_refused_with_what_to_do(part: Part, text: str, why: str):
    assert why in problem_of(REVIEW, part, text)


def test_only_a_text_below_may_be_empty():
    assert {part for part in Part if not problem_of(REVIEW, part, "")} == OPTIONAL


def test_a_mail_has_the_days_that_it_can_name_and_no_others():
    assert "review_day" in placeholders_of(Message.REOPENED)
    assert "review_day" not in placeholders_of(Message.APPROVED)
    assert {"day", "deadline"} <= set(placeholders_of(Message.REMINDER))


def test_links_of_staff_become_links_and_what_is_filled_in_never_does():
    lines = paragraphs(
        "Read [our blog](https://blog.example/).\nAbout {campaign}",
        {"campaign": "[win](https://evil.example) https://evil.example"},
    )
    assert [run.href for line in lines for run in line if run.href] == ["https://blog.example/"]
    assert in_plain_text(lines[0]) == "Read our blog (https://blog.example/)."
    assert in_plain_text(lines[1]) == "About [win](https://evil.example) https://evil.example"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http:x", "data:text/html,x"])
def test_a_link_to_anything_but_the_web_stays_words(address: str):
    (line,) = paragraphs(f"[here]({address})", {})
    assert not any(run.href for run in line)


def test_what_a_mail_cannot_fill_stays_as_it_is_for_a_mail_must_go_out():
    assert filled("{gone} {campaign}", {"campaign": "{gone}"}) == "{gone} {gone}"


@given(st.sampled_from(list(Part)), st.text())
def test_whatever_is_typed_is_refused_or_fits_its_place(part: Part, typed: str):
    text = tidied(part, typed)
    if problem_of(REVIEW, part, text):
        return
    assert tidied(part, text) == text, "saved twice, it is the same"
    said_of = dict.fromkeys(placeholders_of(REVIEW), "x")
    if part not in OF_PARAGRAPHS:
        assert len(filled(text, said_of).splitlines()) <= 1
    for line in paragraphs(text, said_of):
        assert len(in_plain_text(line).splitlines()) == 1


def test_a_message_is_changed_beside_others_and_reset_leaves_no_trace():
    texts = with_wording({}, REVIEW, "de", {**default_wording(REVIEW, "de"), Part.TITLE: "Danke"})
    both = with_wording(texts, Message.APPROVED, "en", {Part.TITLE: "Yes"})
    assert both == {"de": {"received_review.title": "Danke"}, "en": {"approved.title": "Yes"}}
    assert wording_of(both, REVIEW, "de")[Part.TITLE] == "Danke"
    assert with_wording(both, REVIEW, "de", {}) == {"en": {"approved.title": "Yes"}}


# ---------------------------------------------------------------- saving and publishing


def _save(campaign: Campaign, wording: Any = None, **named: Any) -> Campaign:
    asked: dict[str, Any] = {
        "language": "de",
        "wording": OUR_WORDS if wording is None else wording,
        "seen": seen_wording(campaign),
        "actor": make_user(),
        "at": NOON,
        **named,
    }
    return save_wording(campaign, REVIEW, **asked)


def told(campaign: Campaign, **record: Any) -> EmailMultiAlternatives:
    """Let somebody enter; return what they are told."""
    enter(campaign, locale="de", **record)
    deliver_mails(at=NOON, most=10)
    message = outbox.outbox[-1]
    assert isinstance(message, EmailMultiAlternatives)
    return message


@pytest.mark.django_db
def test_a_wording_is_in_force_with_the_release_and_not_before():
    campaign = make_campaign(languages=["en", "de"])
    make_release(campaign, number=1)
    campaign = _save(campaign)
    assert changes_since_release(campaign) == []  # it has no dates yet
    assert told(campaign).subject.startswith("Deine Teilnahme ist")
    make_release(campaign, number=2)
    later = said(email="grace@example.com")
    message = told(campaign, release=2, answers=later)
    assert message.subject.startswith("Danke für ")
    text, html = str(message.body), str(message.alternatives[0][0])
    assert "Mehr im Blog (https://blog.example/x)." in text
    assert '<a href="https://blog.example/x"' in html
    assert "Ansehen</a>" in html
    assert "{" not in text
    again = said(email="hedy@example.com")
    assert told(campaign, release=1, answers=again).subject.startswith("Deine Teilnahme ist")


@pytest.mark.django_db
def test_a_form_of_the_campaign_that_was_read_before_takes_no_wording_back():
    campaign = make_campaign(languages=["en", "de"])
    stale = Campaign.objects.get(pk=campaign.pk)
    saved = _save(campaign).mail_texts
    stale.name = "Renamed"
    stale.save()
    assert Campaign.objects.get(pk=campaign.pk).mail_texts == saved != {}


@pytest.mark.django_db
def test_publishing_says_that_mails_change():
    campaign = make_campaign(
        languages=["en", "de"], opens_at=NOON, closes_at=NOON.replace(year=2027)
    )
    make_release(campaign)
    assert "E-mails" not in changes_since_release(campaign)
    assert "E-mails" in changes_since_release(_save(campaign))


@pytest.mark.django_db
def test_another_language_and_a_clone_keep_what_they_have():
    campaign = _save(make_campaign(languages=["en", "de"]))
    make_release(campaign)
    enter(campaign)
    deliver_mails(at=NOON, most=10)
    assert outbox.outbox[-1].subject.startswith("We have your entry")
    copy = clone_campaign(campaign, actor=None, at=NOON)
    assert copy.mail_texts == campaign.mail_texts


@pytest.mark.django_db
def test_hostile_words_of_staff_stay_words_in_both_bodies():
    script = "<script>alert(1)</script>"
    campaign = make_campaign(languages=["en", "de"])
    campaign = _save(campaign, {**OUR_WORDS, Part.BEFORE: script, Part.TITLE: script})
    make_release(campaign)
    message = told(campaign)
    html = str(message.alternatives[0][0])
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 3, "heading, text and what a mailbox shows of it"
    assert script in str(message.body)


@pytest.mark.django_db
def test_what_changed_is_logged_and_saving_the_same_again_is_not():
    campaign = make_campaign(languages=["en", "de"])
    campaign = _save(campaign)
    _save(campaign)
    line = AuditEntry.objects.get(code="campaign.mails_changed")
    before, after = line.before or {}, line.after or {}
    assert after["de.received_review.title"] == "Danke!"
    assert before["de.received_review.title"] == "Deine Teilnahme ist bei uns angekommen."


@pytest.mark.django_db
@pytest.mark.parametrize("state", [CampaignState.CLOSED, CampaignState.ARCHIVED])
def test_of_a_campaign_that_is_over_nothing_is_changed(state: CampaignState):
    campaign = make_campaign(opens_at=NOON, closes_at=NOON.replace(year=2027), state=state)
    with pytest.raises(WordingIsFinal):
        _save(campaign)


@pytest.mark.django_db
def test_the_service_refuses_what_the_form_would():
    with pytest.raises(WordingNotUsable, match="has no "):
        _save(make_campaign(), {**OUR_WORDS, Part.TITLE: "{name}"})


@pytest.mark.django_db
def test_a_colleague_s_wording_is_not_saved_over_unseen():
    campaign = make_campaign()
    seen = seen_wording(campaign)
    _save(campaign, seen=seen)
    with pytest.raises(CampaignChanged, match="Copy it"):
        _save(campaign, {**OUR_WORDS, Part.TITLE: "Mine"}, seen=seen)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_istold():
    campaign = make_campaign()
    seen, actors = seen_wording(campaign), (make_user(), make_user())
    done = at_once(
        *(
            partial(_save, campaign, {**OUR_WORDS, Part.TITLE: one.username}, seen=seen, actor=one)
            for one in actors
        )
    )
    assert sorted(type(one).__name__ for one in done) == ["Campaign", "CampaignChanged"]
