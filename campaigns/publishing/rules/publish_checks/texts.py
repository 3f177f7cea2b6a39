"""Texts of the page in every language: what must be there, and what has gaps."""

from collections.abc import Iterator

from campaigns.publishing.rules.publish_checks.facts import CampaignFacts, Texts
from campaigns.publishing.rules.publish_checks.finding import Finding

LANGUAGES = {"en": "English", "es": "Spanish", "de": "German", "fr": "French"}


def language_name(code: str) -> str:
    """Return a language as staff read it."""
    return LANGUAGES.get(code, code)


def gaps(texts: Texts, languages: list[str], *, needed: bool) -> list[str]:
    """Return the languages in which a text is missing; an optional one may be missing in all."""
    missing = [code for code in languages if not str(texts.get(code) or "").strip()]
    return [] if not needed and len(missing) == len(languages) else missing


def problems(facts: CampaignFacts) -> Iterator[Finding]:
    """Say what is missing in which language."""
    languages = list(facts.languages)
    for field, name, texts, needed, tab in (
        ("headline", "headline", facts.headline, True, "Page"),
        ("supporting", "supporting sentence", facts.supporting, False, "Page"),
        ("prizes", "text on the prizes", facts.prizes, False, "Page"),
        ("rules", "text of the official rules", facts.rules, True, "Rules & legal"),
    ):
        for code in gaps(texts, languages, needed=needed):
            yield Finding(
                code=f"{field}_missing",
                tab=tab,
                field=field,
                language=code,
                message=f"The {name} is missing in {language_name(code)}.",
            )
    for field, name, shown, texts in (
        ("hero_alt", "hero image", facts.has_hero, facts.hero_alt),
        ("logo_alt", "logo", facts.has_logo, facts.logo_alt),
    ):
        for code in gaps(texts, languages, needed=True) if shown else ():
            yield Finding(
                code=f"{field}_missing",
                tab="Page",
                field=field,
                language=code,
                message=f"Describe the {name} in {language_name(code)} for who can't see it.",
            )
    for reason in sorted({code for texts in facts.reason_texts.values() for code in texts}):
        words = {code: str(facts.reason_texts.get(code, {}).get(reason, "")) for code in languages}
        for code in gaps(words, languages, needed=False):
            yield Finding(
                code="reason_text_missing",
                tab="Mails",
                field="reason_texts",
                row=reason,
                language=code,
                message=f"Your own sentence for {reason} is missing in {language_name(code)}.",
            )
