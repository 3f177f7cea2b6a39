"""From a release's content to the files of its page: static HTML, one stylesheet, one module."""

import hashlib
import json
from typing import Any
from urllib.parse import urlsplit

from django.template.loader import get_template, render_to_string

from ingest_lambda.contract import FieldKind, Instant, Shape

Texts = dict[str, str]

WORDS: dict[str, Texts] = {
    "en": {
        "until": "Until",
        "limits": "How often",
        "prizes": "Prizes",
        "promoter": "Promoter",
        "rules": "Official rules",
        "privacy": "Privacy",
        "help": "Help",
        "send": "Send",
        "optional": "optional",
        "take": "Take or choose a photo",
        "photo_help": "JPG, PNG, HEIC or PDF, up to 15 MB. Show the whole receipt.",
        "no_script": "To take part, please turn on JavaScript in your browser.",
        "status_title": "Your entry",
        "errors": "Please look at this again:",
        "preview": "Preview: this page can't send anything.",
    },
    "es": {
        "until": "Hasta el",
        "limits": "Cuántas veces",
        "prizes": "Premios",
        "promoter": "Organizador",
        "rules": "Bases legales",
        "privacy": "Privacidad",
        "help": "Ayuda",
        "send": "Enviar",
        "optional": "opcional",
        "take": "Haz o elige una foto",
        "photo_help": "JPG, PNG, HEIC o PDF, hasta 15 MB. Que se vea el recibo entero.",
        "no_script": "Para participar, activa JavaScript en tu navegador.",
        "status_title": "Tu participación",
        "errors": "Revisa esto, por favor:",
        "preview": "Vista previa: esta página no puede enviar nada.",
    },
}
"""The page's own words, by language; a language that is not here reads English."""

_INPUTS = {
    FieldKind.EMAIL: ("email", "email", "email"),
    FieldKind.PHONE: ("tel", "tel", "tel"),
    FieldKind.DATE: ("date", "off", ""),
    FieldKind.BIRTH_DATE: ("date", "bday", ""),
    FieldKind.NUMBER: ("text", "off", "decimal"),
    FieldKind.POSTAL_CODE: ("text", "postal-code", ""),
}
_AUTOCOMPLETE = {
    "given_name": "given-name",
    "family_name": "family-name",
    "address": "street-address",
}


class PageOption(Shape):
    """One thing to choose."""

    value: str
    label: Texts


class PageField(Shape):
    """A row of the form as the page shows it."""

    name: str
    kind: str
    meaning: str = ""
    label: Texts
    help_text: Texts = {}
    options: tuple[PageOption, ...] = ()
    required: bool = True
    max_length: int | None = None
    minimum: str = ""
    maximum: str = ""
    max_receipts: int = 1
    images_per_receipt: int = 3


class PageContent(Shape):
    """All that one release's page shows; its hash is what a visitor agreed to."""

    slug: str
    release: int
    name: str
    languages: tuple[str, ...]
    countries: tuple[str, ...]
    route: str
    until: Texts
    opens_at: Instant
    closes_at: Instant
    timezone: str
    headline: Texts
    supporting: Texts = {}
    prizes: Texts = {}
    rules: Texts = {}
    limits: dict[str, list[str]] = {}
    client_name: str
    legal_name: str
    address: str
    help_email: str
    privacy_url: str = ""
    brand_colour: str
    accent_colour: str
    surface_colour: str
    text_colour: str
    radius: int
    hero_alt: Texts = {}
    decide_within_days: int | None = None
    fields: tuple[PageField, ...] = ()

    def sha256(self) -> str:
        """Return the hash that a manifest names."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def content_security_policy(api_url: str, upload_origin: str) -> str:
    """Return the page's policy: its own files, the API and the bucket, and nothing inline."""
    hosts = " ".join(dict.fromkeys(_origin(url) for url in (api_url, upload_origin) if url))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        f"font-src 'self'; connect-src 'self' {hosts}; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'self'"
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def render_page(
    content: PageContent, *, api_url: str, upload_origin: str, hero: bytes | None = None
) -> dict[str, bytes]:
    """Return the files of a page by path: a page per language, the status page, the assets.

    Assets carry a hash of their content in the name, so that a browser may keep
    them for ever and a new release is still seen at once.
    """
    script = get_template("campaign_page/page.js").template.source.encode()  # type: ignore[attr-defined]
    style = render_to_string("campaign_page/page.css", {"page": content}).encode()
    files: dict[str, bytes] = {}
    script_path = _hashed("page", "js", script)
    style_path = _hashed("page", "css", style)
    files[script_path] = script
    files[style_path] = style
    hero_path = ""
    if hero:
        hero_path = _hashed("hero", "jpg", hero)
        files[hero_path] = hero
    for number, language in enumerate(content.languages):
        shared = _context(content, language, api_url, upload_origin)
        for status, folder in ((False, ""), (True, "status/")):
            own = folder if number == 0 else f"{language}/{folder}"
            up = "../" * own.count("/") or "./"
            files[f"{own}index.html"] = render_to_string(
                "campaign_page/status.html" if status else "campaign_page/index.html",
                {
                    **shared,
                    "root": up,
                    "script": up + script_path,
                    "style": up + style_path,
                    "hero": up + hero_path if hero_path else "",
                },
            ).encode()
    return files


def _hashed(name: str, kind: str, content: bytes) -> str:
    return f"assets/{name}.{hashlib.sha256(content).hexdigest()[:12]}.{kind}"


def _text(texts: Texts, language: str, fallback: str) -> str:
    return texts.get(language) or texts.get(fallback) or ""


def _context(
    content: PageContent, language: str, api_url: str, upload_origin: str
) -> dict[str, Any]:
    first = content.languages[0]

    def text(texts: Texts) -> str:
        return _text(texts, language, first)

    words = WORDS.get(language, WORDS["en"])
    fields = [_field(field, text) for field in content.fields]
    settings = {
        "api": f"{api_url}/v1/campaigns/{content.slug}",
        "slug": content.slug,
        "release": content.release,
        "route": content.route,
        "locale": language,
        "timezone": content.timezone,
        "decideDays": content.decide_within_days,
    }
    return {
        "page": content,
        "language": language,
        "others": [
            (code, "" if code == first else f"{code}/")
            for code in content.languages
            if code != language
        ],
        "words": words,
        "headline": text(content.headline),
        "supporting": text(content.supporting),
        "prizes": text(content.prizes),
        "rules": text(content.rules),
        "until": text(content.until),
        "limits": content.limits.get(language, []),
        "hero_alt": text(content.hero_alt),
        "fields": [field for field in fields if field["kind"] != "consent"],
        "consents": [field for field in fields if field["kind"] == "consent"],
        "settings": json.dumps(settings),
        "policy": content_security_policy(api_url, upload_origin).replace(
            "; frame-ancestors 'self'", ""
        ),
    }


def _field(field: PageField, text: Any) -> dict[str, Any]:
    kind = FieldKind(field.kind) if field.kind != "consent" else None
    input_type, autocomplete, mode = (
        _INPUTS.get(kind, ("text", "off", "")) if kind else ("", "", "")
    )
    return {
        "name": field.name,
        "kind": field.kind,
        "label": text(field.label),
        "help": text(field.help_text),
        "options": [(option.value, text(option.label)) for option in field.options],
        "required": field.required,
        "max_length": field.max_length or (5000 if field.kind == "long_text" else 300),
        "minimum": field.minimum,
        "maximum": field.maximum,
        "max_receipts": field.max_receipts,
        "images_per_receipt": field.images_per_receipt,
        "type": input_type,
        "autocomplete": _AUTOCOMPLETE.get(field.meaning, autocomplete),
        "inputmode": mode,
        "is_image": field.kind in ("receipt_image", "other_image"),
    }
