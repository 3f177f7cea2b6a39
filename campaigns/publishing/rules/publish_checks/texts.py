"""The page: its texts in every language, what must be there and what has gaps; and colours that can be read."""

from collections.abc import Iterator

from campaigns.publishing.rules.publish_checks.facts import CampaignFacts, Texts
from campaigns.publishing.rules.publish_checks.finding import Finding
from campaigns.setup.rules.contrast import LEAST, contrast, mix, nearest_passing
from campaigns.setup.rules.reasons import LABELS

WASH = 0.07
"""Share of the brand colour in the page's tinted areas, on which text stands too."""
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
            message = f"The {name} is missing in {language_name(code)}."
            yield Finding(f"{field}_missing", tab, field, message, language=code)
    for field, name, shown, texts in (
        ("hero_alt", "hero image", facts.has_hero, facts.hero_alt),
        ("logo_alt", "logo", facts.has_logo, facts.logo_alt),
    ):
        for code in gaps(texts, languages, needed=True) if shown else ():
            message = f"Describe the {name} in {language_name(code)} for who can't see it."
            yield Finding(f"{field}_missing", "Page", field, message, language=code)
    for reason in sorted({code for texts in facts.reason_texts.values() for code in texts}):
        words = {code: str(facts.reason_texts.get(code, {}).get(reason, "")) for code in languages}
        for code in gaps(words, languages, needed=False):
            label = LABELS.get(reason, reason)  # type: ignore[call-overload]
            message = f"Your own sentence for “{label}” is missing in {language_name(code)}."
            yield Finding("reason_text_missing", "Mails", "reason_texts", message, reason, code)


def colour_problems(facts: CampaignFacts) -> Iterator[Finding]:
    """Say which colours can't be read where the page uses them, each with a shade that can."""
    surface = facts.surface_colour
    wash = mix(facts.brand_colour, surface, WASH)
    for field, name, colour, backgrounds in (
        ("text_colour", "text", facts.text_colour, (surface, wash)),
        ("brand_colour", "brand colour", facts.brand_colour, (surface,)),
        ("accent_colour", "accent colour", facts.accent_colour, (surface,)),
    ):
        ratio = min(contrast(colour, background) for background in backgrounds)
        if ratio < LEAST:
            yield Finding(
                f"{field}_hard_to_read",
                "Page",
                field,
                f"The {name} is hard to read on the background ({ratio:.1f}:1, needs "
                f"{LEAST}:1). The nearest shade that works is "
                f"{nearest_passing(colour, *backgrounds)}.",
            )
