"""What a moderator reads of an entry gives no way to reach the person, however the form is built or changed."""

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign, FormField
from ingest_lambda.contract import FieldKind, Meaning
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import Submission
from submissions.mirror.rules.masking import hidden_meaning
from tests.campaigns.factories import make_draft, make_user
from tests.security.two_clients import signed_in
from tests.submissions.factories import make_record, streamed

pytestmark = pytest.mark.django_db
CONTACT = {
    "email": ("ada@lovelace.example", "email", "email"),
    "friend": ("charles@babbage.example", "email", ""),
    "phone": ("+447700900123", "phone", "phone"),
    "other_phone": ("+447700900456", "phone", ""),
    "born": ("1985-12-10", "birth_date", "birth_date"),
    "born_too": ("1991-12-26", "birth_date", ""),
    "last": ("Lovelace", "text", "family_name"),
    "home": ("12 Analytical Row", "text", "address"),
}


def desk_of(entry: Submission, role: Role) -> str:
    """Return the desk with an entry, as one in a role sees it."""
    browser = signed_in(make_user((entry.campaign.client, role)))
    return browser.get(
        reverse("admin:submissions_submission_change", args=[entry.pk])
    ).content.decode()


def make_entry(campaign: Campaign) -> Submission:
    said = make_record(campaign, answers={name: value for name, (value, *_) in CONTACT.items()})
    assert not mirror_stream_records([streamed(said)], at=timezone.now()).refused
    return Submission.objects.get(pk=said.id)


@pytest.fixture
def campaign() -> Campaign:
    made = make_draft()
    for name, (_, kind, meaning) in CONTACT.items():
        FormField.objects.update_or_create(
            campaign=made, name=name, defaults={"kind": kind, "meaning": meaning}
        )
    return made


def test_the_second_address_of_a_form_has_no_meaning_and_is_masked_all_the_same(
    campaign: Campaign,
) -> None:
    entry = make_entry(campaign)
    moderator, manager = (desk_of(entry, role) for role in (Role.MODERATOR, Role.CAMPAIGN_MANAGER))
    for value, *_ in CONTACT.values():
        assert value in manager.replace("&#x27;", "'")
        assert value not in moderator


def test_a_meaning_that_a_later_form_lacks_still_masks_what_was_sent_with_the_earlier(
    campaign: Campaign,
) -> None:
    entry = make_entry(campaign)
    FormField.objects.filter(campaign=campaign, name__in=CONTACT).update(kind="text", meaning="")
    page = desk_of(entry, Role.MODERATOR)
    assert "•••" in page
    for value, *_ in CONTACT.values():
        assert value not in page


@pytest.mark.parametrize(
    ("meaning", "kind", "masked"),
    [
        ("", FieldKind.TEXT, ""),
        ("store", "text", ""),
        ("", "email", Meaning.EMAIL),
        ("store", "phone", Meaning.PHONE),
        ("family_name", "email", Meaning.FAMILY_NAME),
        ("address", "long_text", Meaning.ADDRESS),
    ],
)
def test_meaning_or_kind_can_hide_an_answer(meaning: str, kind: str, masked: str) -> None:
    assert hidden_meaning(meaning, kind) == masked
