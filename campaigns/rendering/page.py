"""From a release's content to the files of its page: static HTML, one stylesheet, one module."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.template.loader import get_template, render_to_string

from campaigns.rendering.content import PageContent, PageField, Texts
from campaigns.rendering.policy import content_security_policy
from ingest_lambda.contract import FieldKind

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


def render_page(
    content: PageContent,
    *,
    api_url: str,
    upload_origin: str,
    images: Mapping[str, bytes],
    preview: bool = False,
) -> dict[str, bytes]:
    """Return the files of a page by path: a page per language, the status page, the assets.

    ``images`` maps ``hero`` and ``logo`` to their bytes, where there are such. A
    ``preview`` is marked, keeps nothing and sends nothing. Assets carry a hash
    of their content in the name, so that a browser may keep them for ever and a
    new release is still seen at once.
    """
    script = get_template("campaign_page/page.js").template.source.encode()  # type: ignore[attr-defined]
    style = render_to_string("campaign_page/page.css", {"page": content}).encode()
    files: dict[str, bytes] = {}
    script_path = _hashed("page", "js", script)
    style_path = _hashed("page", "css", style)
    files[script_path] = script
    files[style_path] = style
    hero_path = ""
    if hero := images.get("hero"):
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
                    "preview": preview,
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
