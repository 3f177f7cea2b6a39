"""The check before a publish: everything that is missing or unusual, at once, in words.

A *problem* keeps a campaign from being published. A *caution* is unusual and
possibly meant: somebody has to accept it by a tick, and the log keeps who did.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from campaigns.publishing.rules.publish_checks import basics, form, limits, prizes, texts
from campaigns.publishing.rules.publish_checks.facts import CampaignFacts as CampaignFacts
from campaigns.publishing.rules.publish_checks.facts import FieldFacts as FieldFacts
from campaigns.publishing.rules.publish_checks.facts import LimitFacts as LimitFacts
from campaigns.publishing.rules.publish_checks.finding import TABS
from campaigns.publishing.rules.publish_checks.finding import Finding as Finding


def problems_of(facts: CampaignFacts, *, at: datetime) -> list[Finding]:
    """Return everything that must be mended before a publish, in the order of the tabs."""
    return _by_tab(
        basics.problems(facts, at),
        texts.colour_problems(facts),
        texts.problems(facts),
        form.problems(facts),
        limits.problems(facts),
        prizes.problems(facts),
    )


def cautions_of(facts: CampaignFacts, *, at: datetime) -> list[Finding]:
    """Return everything unusual that has to be accepted by a tick, in the order of the tabs."""
    return _by_tab(
        basics.cautions(facts, at),
        form.cautions(facts),
        limits.cautions(facts),
        prizes.cautions(facts),
    )


def _by_tab(*findings: Iterator[Finding]) -> list[Finding]:
    return sorted(chain(*findings), key=lambda finding: TABS.index(finding.tab))
