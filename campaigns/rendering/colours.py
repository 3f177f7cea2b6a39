"""The colours of a page: two of the brand's, surface and text, and all that follows from them."""

from dataclasses import dataclass

from campaigns.setup.rules.contrast import LEAST, contrast, luminance, mix, nearest_passing

DARK_SURFACE = "#15171a"
DARK_TEXT = "#f2f2ef"
_WRONG = "#b3121d"


@dataclass(frozen=True)
class Palette:
    """The tokens of one scheme; every pair that stands on another reads at 4.5:1 or better."""

    surface: str
    text: str
    quiet: str
    edge: str
    wash: str
    brand: str
    ink: str
    on_brand: str
    accent: str
    on_accent: str
    wrong: str


def dark_palette(*, brand: str, accent: str, surface: str) -> Palette | None:
    """Return the colours for a system in dark mode, or ``None`` where the page is dark already."""
    if luminance(surface) < 0.18:
        return None
    lifted = nearest_passing(brand, mix(brand, DARK_SURFACE, 0.12))
    return palette_of(brand=lifted, accent=accent, surface=DARK_SURFACE, text=DARK_TEXT)


def palette_of(*, brand: str, accent: str, surface: str, text: str) -> Palette:
    """Return the colours that staff chose, with what is derived from them."""
    wash = mix(brand, surface, 0.07)
    return Palette(
        surface=surface,
        text=text,
        quiet=nearest_passing(mix(text, surface, 0.72), wash),
        edge=_edge(text, surface),
        wash=wash,
        brand=brand,
        ink=nearest_passing(brand, wash),
        on_brand=_readable_on(brand, surface),
        accent=accent,
        on_accent=_readable_on(accent, surface),
        wrong=nearest_passing(_WRONG, wash),
    )


def _edge(text: str, surface: str) -> str:
    """Return a line around inputs: 3:1 or better (WCAG 2.2, success criterion 1.4.11)."""
    shares = (0.55, 0.65, 0.75, 0.85, 1.0)
    return next(
        (line for share in shares if contrast(line := mix(text, surface, share), surface) >= 3),
        text,
    )


def _readable_on(background: str, wanted: str) -> str:
    """Return ``wanted`` where it reads on the background, else white or black, whichever does better."""
    if contrast(wanted, background) >= LEAST:
        return wanted
    return max(("#ffffff", "#000000"), key=lambda colour: contrast(colour, background))
