"""The official rules of one release as a page of their own, which keeps its address for ever."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string

from campaigns.rendering.content import PageContent
from campaigns.rendering.prose import blocks
from campaigns.rendering.words import page_words
from ingest_lambda.contract.dates import day_in_words

MOMENTS = "moments.txt"


def render_rules(
    content: PageContent,
    *,
    published_at: datetime,
    page: Mapping[str, bytes],
    revealed: str = "",
) -> dict[str, bytes]:
    """Return the files of one release's rules, ``rules/{n}/index.html`` and one per further language.

    They wear the stylesheet of ``page``, the files of the page that is live now. ``revealed``
    are the winning moments with their nonce, once the campaign is over: a file beside the rules.
    """
    style = next(path for path in page if path.startswith("assets/") and path.endswith(".css"))
    day = published_at.astimezone(ZoneInfo(content.timezone)).date()
    first = content.languages[0]
    files = {}
    for language in content.languages:
        words = page_words(language)
        since = day_in_words(day, language)
        folder = "" if language == first else f"{language}/"
        own = f"{folder}rules/{content.release}/"
        up = "../" * own.count("/")
        targets = {"rules": "./", "privacy": content.privacy_of(language)}
        files[f"{own}index.html"] = render_to_string(
            "campaign_page/rules.html",
            {
                "page": content,
                "language": language,
                "words": words,
                "version": words["rules_version"].format(number=content.release, day=since),
                "rules": blocks(content.rules_of(language), targets),
                "style": up + style,
                "home": up + folder,
                "moments": MOMENTS if revealed else "",
            },
        ).encode()
        if revealed:
            files[f"{own}{MOMENTS}"] = revealed.encode()
    return files
