"""A page's files: HTML per language and view, the stylesheet, the script's modules, the images."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import get_template, render_to_string

from campaigns.rendering.colours import dark_palette, palette_of
from campaigns.rendering.content import PageContent
from campaigns.rendering.fields import in_order, minimum_age, shown_field
from campaigns.rendering.legal import legal_lines, promoter_of
from campaigns.rendering.offsets import offsets_of
from campaigns.rendering.pictures import Picture, hashed, place_pictures
from campaigns.rendering.policy import page_policy
from campaigns.rendering.prose import blocks
from campaigns.rendering.words import page_words, script_words
from campaigns.setup.rules.words import who_in_words
from ingest_lambda.contract import Route
from ingest_lambda.contract.dates import day_in_words, place_of
from ingest_lambda.contract.grammar.page import page_grammar
from ingest_lambda.contract.photos import MOST_PIXELS, PAGE_BRANDS

SCRIPTS = (
    "page.js",
    "answers.js",
    "ground.js",
    "keep.js",
    "photos.js",
    "pictures.js",
    "server.js",
)
"""The modules of the page's script; the first is the one that the page names."""
SCRIPTS_LOADED_LATER = (
    "arrivals.js",
    "challenge.js",
    "codes.js",
    "drafts.js",
    "embedded.js",
    "grammar.js",
    "matching.js",
    "outcome.js",
    "pattern_worker.js",
    "prizes.js",
    "quality.js",
    "reveal.js",
    "sha256.js",
    "smaller.js",
)
"""Beside them: a page loads those that it turns out to need, and none ahead."""
EMBED_SCRIPT = "embed.js"
"""What a client's own site names; it keeps its address, so it is no asset."""
PREVIEW_SCRIPT = "preview.js"
"""Named by the page of a preview beside the first; no published page has it."""
_REGIONS = {"en": "en-GB", "es": "es-ES", "de": "de-DE", "fr": "fr-FR"}


def render_page(
    content: PageContent,
    *,
    api_url: str,
    upload_origin: str,
    images: Mapping[str, bytes],
    embed_origins: Sequence[str] = (),
    preview: bool = False,
) -> dict[str, bytes]:
    """Return the files of a page by path: a page per language, the status page, the assets.

    ``images`` maps ``hero`` and ``logo`` to their bytes, where there are such. A
    ``preview`` is marked, keeps nothing and sends nothing. Assets carry a hash
    of their content in the name, so that a browser may keep them for ever and a
    new release is still seen at once. ``embed_origins`` are the sites that may show
    the page within their own.
    """
    files: dict[str, bytes] = {}
    pictures = place_pictures(images, files, shrink=not preview)
    shared = {
        "page": content,
        "embed_origins": embed_origins,
        "preview": preview,
        "pictures": pictures,
        "scripts": _place_scripts(files, preview=preview),
        "style": _place_style(content, files),
        "policy": page_policy(api_url, upload_origin, challenge=content.challenge_provider),
    }
    if embed_origins:
        files[EMBED_SCRIPT] = _COMMENT.sub("", _source(EMBED_SCRIPT)).encode()
    for number, language in enumerate(content.languages):
        for view, folder in (("index", ""), ("status", "status/")):
            path = folder if number == 0 else f"{language}/{folder}"
            root = "../" * path.count("/") or "./"
            own = "" if number == 0 else f"{language}/"
            targets = {
                "rules": "#rules" if preview else f"{root}{own}rules/{content.release}/",
                "privacy": content.privacy_of(language),
            }
            files[f"{path}index.html"] = render_to_string(
                f"campaign_page/{view}.html",
                {
                    **shared,
                    **_context(content, language, api_url, targets, pictures),
                    "root": root,
                    "own": "../" if folder else "./",
                    "folder": folder,
                },
            ).encode()
    return files


def _source(name: str) -> str:
    source: str = get_template(f"campaign_page/script/{name}").template.source  # type: ignore[attr-defined]
    return source


@dataclass(frozen=True)
class Script:
    """A module that a page loads at once."""

    path: str
    integrity: str
    """Its hash: a browser runs no module that came in part, or with something put into it."""
    is_named: bool
    """Run by the page; the others are imported, and only fetched ahead."""


def _place_scripts(files: dict[str, bytes], *, preview: bool) -> list[Script]:
    """Put the modules into a folder named by the content of all: they import each other by name."""
    named = (*SCRIPTS[1:], SCRIPTS[0], *((PREVIEW_SCRIPT,) if preview else ()))
    sources = {
        name: _COMMENT.sub("", _source(name)).encode() for name in (*named, *SCRIPTS_LOADED_LATER)
    }
    digest = hashlib.sha256(b"".join(sources.values())).hexdigest()[:12]
    folder = f"assets/script.{digest}"
    files.update({f"{folder}/{name}": source for name, source in sources.items()})
    return [
        Script(f"{folder}/{name}", _integrity(sources[name]), name in (SCRIPTS[0], PREVIEW_SCRIPT))
        for name in named
    ]


_COMMENT = re.compile(r"^\s*//.*\n", re.MULTILINE)
"""A line of its own that is for readers of the source; a phone need not load a sixth more for it."""


def _integrity(content: bytes) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content).digest()).decode()}"


def _place_style(content: PageContent, files: dict[str, bytes]) -> str:
    chosen = {
        "brand": content.brand_colour,
        "accent": content.accent_colour,
        "surface": content.surface_colour,
    }
    light = palette_of(**chosen, text=content.text_colour)
    colours = {"page": content, "light": light, "dark": dark_palette(**chosen)}
    style = render_to_string("campaign_page/page.css", colours).encode()
    path = hashed("page", "css", style)
    files[path] = style
    return path


def _context(
    content: PageContent,
    language: str,
    api_url: str,
    targets: Mapping[str, str],
    pictures: Mapping[str, Picture],
) -> dict[str, Any]:
    """Return what one language's page says."""
    first, text = content.languages[0], partial(content.text, language=language)
    return {
        "language": language,
        "place": "" if language == first else f"{language}/",
        "others": [
            (code, "" if code == first else f"{code}/")
            for code in content.languages
            if code != language
        ],
        "words": page_words(language),
        "headline": text(content.headline) or content.name,
        "supporting": text(content.supporting),
        "prizes": text(content.prizes),
        "rules": blocks(content.rules_of(language), targets),
        "until": text(content.until),
        "who": who_in_words(content.countries, minimum_age(content.fields), language=language)
        if content.countries
        else "",
        "limits": content.limits.get(language, []),
        "privacy_url": content.privacy_of(language),
        "hero_alt": text(content.hero_alt),
        "logo_alt": text(content.logo_alt) or content.client_name,
        "promoter": promoter_of(content),
        "legal": legal_lines(content, language),
        "notes": [(_day(note.at, content, language), text(note.text)) for note in content.notes],
        "routes": [
            (route, page_words(language)["by_purchase" if route == Route.PURCHASE else "by_form"])
            for route in content.routes
        ],
        "fields": [
            shown_field(
                field,
                text,
                targets=targets,
                words=page_words(language),
                client=content.client_name,
            )
            for field in in_order(content.fields)
        ],
        "data": {
            "settings": {
                **_settings(content, language, api_url),
                "prizes": _shown_prizes(content, language, pictures),
            },
            "words": script_words(language),
        },
    }


def _shown_prizes(
    content: PageContent, language: str, pictures: Mapping[str, Picture]
) -> dict[str, dict[str, Any]]:
    """Return what the page says of each prize once it is won: how to use it, and its picture."""
    shown: dict[str, dict[str, Any]] = {}
    for row in content.prize_rows:
        shown[row.key] = {"text": content.text(row.won_text, language)}
        if picture := pictures.get(f"prize_{row.key}"):
            alt = content.text(row.picture_alt, language)
            size = {"width": picture.width, "height": picture.height}
            shown[row.key]["picture"] = {"src": picture.path, "alt": alt, **size}
    return shown


def _day(at: datetime, content: PageContent, language: str) -> str:
    return day_in_words(at.astimezone(ZoneInfo(content.timezone)).date(), language)


def _countries(content: PageContent) -> list[str]:
    """Return the campaign's countries, then those of single fields."""
    every = [*content.countries, *(one for field in content.fields for one in field.countries)]
    return list(dict.fromkeys(every))


def _settings(content: PageContent, language: str, api_url: str) -> dict[str, Any]:
    """Return what the script works by; no key of any kind."""
    return {
        "api": f"{api_url}/v1/campaigns/{content.slug}",
        "slug": content.slug,
        "release": content.release,
        "route": content.route,
        "locale": language,
        "region": _REGIONS.get(language, language),
        "offsets": offsets_of(content),
        "place": place_of(content.timezone, language),
        "opens": content.opens_at.isoformat() if content.opens_at else None,
        "closes": content.closes_at.isoformat() if content.closes_at else None,
        "help": content.help_email,
        "reveal": content.reveal,
        "brands": PAGE_BRANDS,
        "pixels": MOST_PIXELS,
        "countries": content.countries,
        "grammar": page_grammar(_countries(content), language),
    }
