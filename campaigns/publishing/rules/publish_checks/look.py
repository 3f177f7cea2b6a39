"""Colours that can be read."""

from collections.abc import Iterator

from campaigns.publishing.rules.publish_checks.facts import CampaignFacts
from campaigns.publishing.rules.publish_checks.finding import Finding
from campaigns.setup.rules.contrast import LEAST, contrast, mix, nearest_passing

WASH = 0.07
"""Share of the brand colour in the page's tinted areas, on which text stands too."""


def problems(facts: CampaignFacts) -> Iterator[Finding]:
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
                code=f"{field}_hard_to_read",
                tab="Page",
                field=field,
                message=f"The {name} is hard to read on the background ({ratio:.1f}:1, needs "
                f"{LEAST}:1). The nearest shade that works is "
                f"{nearest_passing(colour, *backgrounds)}.",
            )
