"""The page's files: weight, policy, nothing inline."""

import gzip
import html
import io
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from campaigns.rendering import (
    PageContent,
    PageField,
    PageNote,
    PageOption,
    PagePrize,
    content_security_policy,
    policy_of,
    render_page,
)
from campaigns.rendering.colours import dark_palette, palette_of
from campaigns.rendering.page import SCRIPTS_LOADED_LATER
from campaigns.setup.rules.contrast import LEAST, contrast, nearest_passing
from ingest_lambda.contract import FieldKind
from tests.campaigns.pages import NOW, make_content


def render(content: PageContent, **how: Any) -> dict[str, bytes]:
    return render_page(
        content,
        api_url="https://api.example/live",
        upload_origin="https://s3.example",
        **({"images": {}} | how),
    )


def test_a_page_weighs_no_more_than_the_design_allows() -> None:
    files = render(make_content())
    packed = {path: len(gzip.compress(content)) for path, content in files.items()}
    later = {path for path in packed if path.endswith(SCRIPTS_LOADED_LATER)}
    script = sum(
        size for path, size in packed.items() if path.endswith(".js") and path not in later
    )
    page = packed["index.html"] + sum(s for path, s in packed.items() if path.startswith("assets/"))
    assert script <= 20_000
    assert sum(packed[path] for path in later) <= 20_000
    assert page <= 60_000


def test_every_language_and_the_status_page_have_a_file() -> None:
    files = render(make_content())
    assert {"index.html", "status/index.html", "es/index.html", "es/status/index.html"} <= set(
        files
    )


def test_until_a_script_runs_each_page_says_what_is_missing_on_it() -> None:
    files = render(make_content())
    for path, said in (("", "The form isn’t here yet."), ("status/", "Your entry’s status isn’t")):
        page = files[f"{path}index.html"].decode()
        assert page.count("here yet.") == 1
        assert said in page


def test_what_staff_type_is_text_and_never_markup() -> None:
    page = render(make_content())["index.html"].decode()
    assert "<b>now</b>" not in page
    assert "Win &lt;b&gt;now&lt;/b&gt;" in page


def test_nothing_on_the_page_is_inline() -> None:
    page = render(make_content())["index.html"].decode()
    assert "<style" not in page
    assert " style=" not in page
    executed = [tag for tag in re.findall("<script[^>]*>", page) if "application/json" not in tag]
    assert executed
    assert all(re.match('<script type="module" src="[^"]+"', tag) for tag in executed)


def test_the_policy_names_api_and_bucket_and_no_other_host() -> None:
    policy = content_security_policy("https://api.example/live", "https://s3.example")
    assert "connect-src 'self' https://api.example https://s3.example;" in policy
    assert "unsafe" not in policy


def test_the_hash_changes_with_the_wording() -> None:
    assert make_content().sha256() == make_content().sha256()
    assert make_content().sha256() != make_content(headline={"en": "Win later"}).sha256()


def test_a_preview_is_marked_and_says_so_to_the_script() -> None:
    page = render(make_content(), preview=True)["index.html"].decode()
    assert "data-preview" in page
    assert "can’t send anything" in page
    assert "data-preview" not in render(make_content())["index.html"].decode()


def test_a_draft_without_dates_and_texts_can_be_previewed() -> None:
    draft = make_content(
        opens_at=None, closes_at=None, until={}, headline={}, legal_name="", help_email=""
    )
    page = render(draft, preview=True)["index.html"].decode()
    assert "<h1>" in page
    assert "None" not in page


def hero_bytes(width: int = 1600, height: int = 900) -> bytes:
    """Draw an image as staff upload it."""
    content = io.BytesIO()
    Image.new("RGB", (width, height), "#336699").save(content, "JPEG")
    return content.getvalue()


def test_a_hero_has_its_size_reserved_and_a_smaller_file_for_phones() -> None:
    files = render(
        make_content(hero_alt={"en": "A <bay>"}),
        images={"hero": hero_bytes(), "logo": logo_bytes()},
    )
    page = files["index.html"].decode()
    tag = re.search(r'<img class="hero"[^>]*>', page)
    assert tag
    assert 'width="1600" height="900" loading="lazy"' in tag[0]
    assert 'alt="A &lt;bay&gt;"' in tag[0]
    small = re.search(r"assets/hero-800\.\w+\.jpg", tag[0])
    assert small
    with Image.open(io.BytesIO(files[small[0]])) as image:
        assert image.size == (800, 450)
    assert re.search(r'<p class="brand"><img src="\./assets/logo\.\w+\.png" alt="Northwind"', page)
    assert '<img class="hero" src="../assets/' in files["es/index.html"].decode()


def logo_bytes(width: int = 240, height: int = 80) -> bytes:
    """Draw a mark with a transparent ground."""
    content = io.BytesIO()
    Image.new("RGBA", (width, height), (0, 0, 0, 0)).save(content, "PNG")
    return content.getvalue()


def test_a_large_logo_is_sent_no_larger_than_it_is_shown_and_stays_transparent() -> None:
    noise = Image.effect_noise((1800, 480), 60).convert("RGBA")
    noise.putalpha(0)
    content = io.BytesIO()
    noise.save(content, "PNG")
    files = render(make_content(), images={"logo": content.getvalue()})
    path, logo = next((path, content) for path, content in files.items() if "/logo" in path)
    with Image.open(io.BytesIO(logo)) as image:
        assert image.size == (540, 144)
        assert image.convert("RGBA").getchannel("A").getextrema() == (0, 0)
    assert f'{path}" alt="Northwind" width="540" height="144"' in files["index.html"].decode()


@pytest.mark.parametrize("pair", ["system", "serif", "rounded"])
def test_every_pair_of_types_is_made_of_fonts_that_are_there_already(pair: str) -> None:
    files = render(make_content(type_pair=pair))
    style = next(content for path, content in files.items() if path.endswith(".css")).decode()
    assert "--display:" in style
    assert "@font-face" not in style
    assert "url(" not in style
    assert ("Iowan" in style, "ui-rounded" in style) == (pair == "serif", pair == "rounded")


colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@settings(deadline=None)
@given(brand=colours, accent=colours, surface=colours, text=colours)
def test_whatever_staff_choose_what_follows_from_it_can_be_read(
    brand: str, accent: str, surface: str, text: str
) -> None:
    text, brand = nearest_passing(text, surface), nearest_passing(brand, surface)
    palettes = [palette_of(brand=brand, accent=accent, surface=surface, text=text)]
    if dark := dark_palette(brand=brand, accent=accent, surface=surface):
        palettes.append(dark)
    for palette in palettes:
        for colour, ground in (
            (palette.text, palette.surface),
            (palette.ink, palette.wash),
            (palette.quiet, palette.wash),
            (palette.wrong, palette.wash),
            (palette.on_brand, palette.brand),
            (palette.on_accent, palette.accent),
        ):
            assert contrast(colour, ground) >= LEAST, (palette, colour, ground)
        assert contrast(palette.edge, palette.surface) >= 3


def test_a_page_that_is_dark_already_stays_as_its_brand_made_it() -> None:
    assert dark_palette(brand="#ffcc00", accent="#ff0000", surface="#101010") is None


def test_with_a_minimum_age_the_date_of_birth_is_asked_first() -> None:
    born = PageField(
        name="born", kind="birth_date", minimum_age=18, label={"en": "Your date of birth"}
    )
    page = render(make_content(fields=(*make_content().fields, born)))["index.html"].decode()
    assert page.index('id="f-born"') < page.index('id="f-receipt"')
    question = page[page.index('id="f-born"') - 300 : page.index('id="f-born"')]
    assert "18" not in question.split("<label", 1)[1]
    assert "18+" in page


def test_every_kind_of_field_has_a_label_and_a_place_for_its_error() -> None:
    options = (PageOption(value="a", label={"en": "A"}),)
    fields = tuple(
        PageField(
            name=kind.value,
            kind=kind.value,
            label={"en": f"Label of {kind.value}"},
            options=options,
        )
        for kind in FieldKind
    )
    page = render(make_content(fields=fields))["index.html"].decode()
    for kind in FieldKind:
        if kind is FieldKind.HIDDEN:
            assert 'type="hidden" name="hidden"' in page
            continue
        assert f"Label of {kind.value}" in page
        assert f'id="e-{kind.value}"' in page
        assert f'id="f-{kind.value}"' in page


def test_no_narrow_screen_breaks_the_german_word_for_mail_in_two() -> None:
    field = PageField(
        name="email", kind=FieldKind.EMAIL, label={"en": "E-mail", "de": "E-Mail-Adresse"}
    )
    page = render(make_content(languages=("de",), fields=(field,)))["index.html"].decode()
    assert "E\u2011Mail-Adresse" in page
    assert "E-Mail" not in html.unescape(page)


def test_consents_are_never_ticked_beforehand() -> None:
    page = render(make_content())["index.html"].decode()
    assert not re.search(r'type="checkbox"[^>]*checked', page)


def test_the_legal_block_is_made_from_the_settings_in_each_language() -> None:
    files = render(
        make_content(languages=("en", "de"), decide_within_days=3, limits={"en": ["1 a day"]})
    )
    english, german = files["index.html"].decode(), files["de/index.html"].decode()
    for words in (
        "Northwind Ltd, 1 Harbour Street",
        "Open to residents of",
        "from 1 June 2026, 1:00 am (London) to 1 July 2026, 12:59 am (London)",
        "within 3 working days",
        "1 a day",
    ):
        assert words in english
    assert "Wir prüfen jede Teilnahme innerhalb von 3 Werktagen." in german


def test_a_page_carries_no_language_but_its_own() -> None:
    files = render(make_content(languages=("en", "fr")))
    assert "Take again" in files["index.html"].decode()
    assert "Reprendre" not in files["index.html"].decode()
    assert "Take again" not in files["fr/index.html"].decode()
    scripts = b"".join(content for path, content in files.items() if path.endswith(".js"))
    assert b"Take again" not in scripts


def test_the_modules_find_each_other_beside_themselves() -> None:
    files = render(make_content())
    scripts = {path: content for path, content in files.items() if path.endswith(".js")}
    for path, content in scripts.items():
        for name in re.findall(r'from "\./(\w+\.js)"', content.decode()):
            assert f"{path.rsplit('/', 1)[0]}/{name}" in scripts
        assert len(content.splitlines()) <= 350


def test_only_a_page_with_a_challenge_may_load_its_providers_script() -> None:
    plain, asking = (
        render(make_content(challenge_provider=provider, challenge_site_key=key))["index.html"]
        for provider, key in (("", ""), ("turnstile", "0x4AAA"))
    )
    assert "challenges.cloudflare.com" not in policy_of(plain)
    assert "frame-src" not in policy_of(plain)
    assert "script-src 'self' https://challenges.cloudflare.com;" in policy_of(asking)
    assert "frame-src https://challenges.cloudflare.com;" in policy_of(asking)
    assert b'data-site-key="0x4AAA"' in asking
    assert b"data-site-key" not in plain


def test_the_headers_policy_is_the_pages_own_and_says_who_may_frame_it() -> None:
    page = render(make_content())["index.html"]
    assert policy_of(page) == content_security_policy(
        "https://api.example/live", "https://s3.example"
    )
    assert policy_of(b"body { color: red }") == ""


def test_both_ways_to_enter_stand_to_choose_and_fields_know_theirs() -> None:
    page = render(
        make_content(
            routes=("purchase", "free"),
            fields=(
                PageField(
                    name="receipt", kind="receipt_image", routes=("purchase",), label={"en": "R"}
                ),
            ),
        )
    )["index.html"].decode()
    assert 'name="route" value="free"' in page
    assert 'data-routes="purchase"' in page
    assert 'name="route"' not in render(make_content())["index.html"].decode()


def test_amendments_stand_on_the_page_with_their_day() -> None:
    note = PageNote(release=2, at=NOW, text={"en": "Two more shops take part."})
    page = render(make_content(notes=(note,)))["index.html"].decode()
    assert "Two more shops take part." in page
    assert "<dt>1 June 2026</dt>" in page


def test_the_stylesheets_braces_close() -> None:
    files = render(make_content())
    style = next(content for path, content in files.items() if path.endswith(".css")).decode()
    depth = 0
    for sign in re.findall("[{}]", style):
        depth += 1 if sign == "{" else -1
        assert depth >= 0
    assert depth == 0


def test_what_is_said_and_shown_of_a_prize_once_it_is_won_stands_in_the_page() -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (80, 60), "red").save(drawn, "JPEG")
    told = {
        "name": {"en": "Voucher"},
        "kind": "code",
        "mechanic": "moment",
        "timing": "at_once",
        "tier": "major",
        "stock": 5,
    }
    prizes = (
        PagePrize(
            key="voucher",
            won_text={"en": "Valid until July."},
            picture_alt={"en": "A card"},
            **told,
        ),
        PagePrize(key="sticker", **told),
    )
    files = render(make_content(prize_rows=prizes), images={"prize_voucher": drawn.getvalue()})
    found = re.search(r'id="page-data"[^>]*>(.*?)</script>', files["index.html"].decode())
    assert found
    shown = json.loads(found[1])["settings"]["prizes"]
    assert shown["voucher"]["text"] == "Valid until July."
    assert shown["voucher"]["picture"].pop("src") in files
    assert shown["voucher"]["picture"] == {"alt": "A card", "width": 80, "height": 60}
    assert shown["sticker"] == {"text": ""}
