"""The runbook: each number of operations leads to a section that is there and says the same three things."""

import re

import pytest
from django.urls import reverse

from campaignhub.env import ROOT
from submissions.operations.rules.runbook import Part, sections
from submissions.operations.services.samples import LINES
from tests.submissions.factories import make_campaign
from tests.submissions.operations.operators import manager, operator

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
TEMPLATES = ROOT / "templates" / "admin" / "operations"


def linked() -> set[str]:
    """Return the anchors that the pages of operations, or other sections, lead to."""
    named = set(re.findall(r"\(#([a-z-]+)\)", RUNBOOK))
    for file in TEMPLATES.glob("*.html"):
        named |= set(re.findall(r'runbook_link.html" with anchor="([^"]+)"', file.read_text()))
    return named | {anchor for _, _, _, anchor, _ in LINES}


def test_each_number_leads_to_a_section_and_each_section_is_led_to() -> None:
    there = {section.anchor for section in sections(RUNBOOK)[1:]}
    assert linked() == there


def test_each_section_says_what_it_means_what_to_do_and_what_waiting_costs() -> None:
    for section in sections(RUNBOOK)[1:]:
        begins = [paragraph[0] for paragraph in section.paragraphs]
        assert begins == [
            Part(words, "strong")
            for words in ("What it means.", "What to do.", "What it costs to wait.")
        ], section.title


def test_links_within_it_lead_somewhere() -> None:
    found = sections(RUNBOOK)
    anchors = {f"#{section.anchor}" for section in found}
    hrefs = {
        part.href
        for section in found
        for paragraph in section.paragraphs
        for part in paragraph
        if part.href
    }
    assert hrefs <= anchors


@pytest.mark.django_db
def test_it_is_for_those_who_see_operations() -> None:
    page = operator().get(reverse("admin:runbook")).content.decode()
    assert 'id="dead-letters"' in page
    assert "<code>make up</code>" in page
    assert manager(make_campaign()).get(reverse("admin:runbook")).status_code == 200
