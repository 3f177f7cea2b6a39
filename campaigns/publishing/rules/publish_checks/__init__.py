"""The check before a publish: everything that is missing or unusual, at once, in words.

A *problem* keeps a campaign from being published. A *caution* is unusual and
possibly meant: somebody has to accept it by a tick, and the log keeps who did.
"""

from collections.abc import Iterator
from datetime import datetime

from campaigns.publishing.rules.publish_checks import basics, form, limits, look, texts
from campaigns.publishing.rules.publish_checks.facts import CampaignFacts, FieldFacts, LimitFacts
from campaigns.publishing.rules.publish_checks.finding import TABS, Finding

__all__ = [
    "CampaignFacts",
    "FieldFacts",
    "Finding",
    "LimitFacts",
    "cautions_of",
    "problems_of",
]


def problems_of(facts: CampaignFacts, *, at: datetime) -> list[Finding]:
    """Return everything that must be mended before a publish, in the order of the tabs."""
    return _by_tab(
        basics.problems(facts, at),
        look.problems(facts),
        texts.problems(facts),
        form.problems(facts),
        limits.problems(facts),
    )


def cautions_of(facts: CampaignFacts, *, at: datetime) -> list[Finding]:
    """Return everything unusual that has to be accepted by a tick, in the order of the tabs."""
    return _by_tab(basics.cautions(facts, at), form.cautions(facts), limits.cautions(facts))


def _by_tab(*findings: Iterator[Finding]) -> list[Finding]:
    return sorted(
        (finding for group in findings for finding in group),
        key=lambda finding: TABS.index(finding.tab),
    )
