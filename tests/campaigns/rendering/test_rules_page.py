"""The page of one release's rules, in each language."""

from datetime import UTC, datetime

from campaigns.rendering import render_rules
from tests.campaigns.pages import make_content

LANGUAGES = ("en", "es", "de", "fr")


def test_its_title_its_day_and_its_way_back_are_in_each_language() -> None:
    files = render_rules(
        make_content(languages=LANGUAGES, rules=dict.fromkeys(LANGUAGES, "1. Buy two packs.")),
        # Half past midnight of the day after, in the campaign's zone.
        published_at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC),
        page={"assets/page.css": b""},
    )
    for language, words in {
        "en": ("Official rules", "Version 1, in force from 1 July 2026", "To the campaign"),
        "es": (
            "Bases legales",
            "Versión 1, en vigor desde el 1 de julio de 2026",
            "Volver a la promoción",
        ),
        "de": ("Teilnahmebedingungen", "Fassung 1, gültig ab 1. Juli 2026", "Zur Aktion"),
        "fr": (
            "Règlement",
            "Version 1, en vigueur depuis le 1er juillet 2026",
            "Retour à l’opération",
        ),
    }.items():
        folder = "" if language == "en" else f"{language}/"
        html = files[f"{folder}rules/1/index.html"].decode()
        assert f'<html lang="{language}">' in html
        assert [one for one in words if one not in html] == []
