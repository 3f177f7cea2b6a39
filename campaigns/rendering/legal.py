"""The legal block: what the settings already say, in words, before the rules that staff wrote."""

from campaigns.rendering.content import PageContent
from campaigns.rendering.fields import minimum_age
from campaigns.rendering.words import page_words
from campaigns.setup.rules.words import countries_in_words, last_minute
from ingest_lambda.contract import Route
from ingest_lambda.contract.dates import time_in_words


def legal_lines(content: PageContent, language: str) -> list[tuple[str, str]]:
    """Return the lines of the legal block as (what, words); what a draft lacks is left out."""
    words = page_words(language)
    lines = [
        (words["promoter"], promoter_of(content)),
        (words["open_to"], _open_to(content, language)),
        (words["period"], _period(content, language)),
        (
            words["how"],
            words["by_purchase" if content.route == Route.PURCHASE else "by_form"],
        ),
        (words["limits"], " · ".join(content.limits.get(language, []))),
        (words["decision"], _decision(content, language)),
    ]
    return [(name, said) for name, said in lines if said]


def promoter_of(content: PageContent) -> str:
    """Return legal name and address of who runs the promotion."""
    address = ", ".join(line.strip() for line in content.address.splitlines() if line.strip())
    return ", ".join(part for part in (content.legal_name, address) if part)


def _open_to(content: PageContent, language: str) -> str:
    if not content.countries:
        return ""
    words = page_words(language)
    countries = countries_in_words(content.countries, language=language)
    age = minimum_age(content.fields)
    if age is None:
        return words["residents"].format(countries=countries)
    return words["residents_aged"].format(countries=countries, age=age)


def _period(content: PageContent, language: str) -> str:
    if content.opens_at is None or content.closes_at is None:
        return ""
    return page_words(language)["from_to"].format(
        opens=time_in_words(content.opens_at, timezone=content.timezone, language=language),
        closes=last_minute(content.closes_at, timezone=content.timezone, language=language),
    )


def _decision(content: PageContent, language: str) -> str:
    days = content.decide_within_days
    if days is None:
        return ""
    words = page_words(language)
    return words["decided_in_a_day"] if days == 1 else words["decided"].format(days=days)
