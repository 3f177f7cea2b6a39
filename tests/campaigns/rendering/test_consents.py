"""The label of a consent leads to what is agreed to."""

import pytest

from campaigns.rendering import PageField
from campaigns.rendering.consents import consent_line
from campaigns.rendering.prose import plain
from campaigns.rendering.words import page_words
from tests.campaigns.pages import make_content
from tests.campaigns.rendering.test_rendering import render

TARGETS = {"rules": "./rules/1/", "privacy": "https://x.example/p"}


@pytest.mark.parametrize(
    ("language", "purpose", "label", "linked", "shown"),
    [
        ("en", "rules", "I accept the official rules.", "official rules", None),
        ("en", "rules", "I'm 18 or over.", "Official rules", "I'm 18 or over. (Official rules)"),
        ("es", "rules", "Acepto las bases.", "Bases legales", "Acepto las bases. (Bases legales)"),
        ("de", "rules", "Ich nehme die Teilnahmebedingungen an.", "Teilnahmebedingungen", None),
        ("de", "privacy", "Ich kenne die Datenschutzhinweise.", "Datenschutzhinweise", None),
        ("fr", "rules", "J’accepte le règlement.", "règlement", None),
        ("en", "rules", "I accept [these rules](rules).", "these rules", "I accept these rules."),
        ("en", "marketing", "Official rules by mail, please.", None, None),
        ("en", "rules", "I accept <b>.", "Official rules", "I accept <b>. (Official rules)"),
    ],
)
def test_what_is_agreed_to_is_a_link(
    language: str, purpose: str, label: str, linked: str | None, shown: str | None
) -> None:
    line = consent_line(label, purpose=purpose, targets=TARGETS, words=page_words(language))
    assert [run.words for run in line if run.href] == ([linked] if linked else [])
    assert plain(line) == (shown or label)


def test_where_there_is_no_page_there_is_no_link() -> None:
    line = consent_line(
        "I agree.", purpose="privacy", targets={"privacy": ""}, words=page_words("en")
    )
    assert not any(run.href for run in line)


def test_each_page_leads_to_the_rules_of_its_own_language_and_release() -> None:
    consent = PageField(name="ok", kind="consent", purpose="rules", label={"en": "Official rules"})
    files = render(make_content(release=3, fields=(consent,)))
    assert b'<a href="./rules/3/"' in files["index.html"]
    assert b'<a href="../es/rules/3/"' in files["es/index.html"]
    assert (
        b'<a href="#rules"' in render(make_content(fields=(consent,)), preview=True)["index.html"]
    )


def test_each_language_leads_to_the_privacy_notice_that_its_readers_can_read() -> None:
    files = render(
        make_content(
            privacy_url="https://x.example/privacy",
            privacy_urls={"es": "https://x.example/es/priv"},
        )
    )
    assert b'<a href="https://x.example/privacy">' in files["index.html"]
    assert b'<a href="https://x.example/es/priv">' in files["es/index.html"]
    assert b"x.example/privacy" not in files["es/index.html"]


def test_a_label_is_escaped_wherever_it_stands() -> None:
    consent = PageField(
        name="ok",
        kind="consent",
        purpose="rules",
        label={"en": '"><img> [a](https://x.example/"a)'},
    )
    page = render(make_content(fields=(consent,)))["index.html"]
    assert b"<img>" not in page
    assert b'href="https://x.example/"a' not in page
