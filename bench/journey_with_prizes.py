"""How fast is the same journey when a tenth of the entries wins?

As :mod:`bench.journey`, with a prize in the campaign: moments as many as a tenth of the
submissions, one after the other, faster than entries come: so a tenth has won when all
are in. A winner's transaction takes
the moment, makes the unit given and puts the award too, after one write that reserves
the moment; the award is mirrored as the submission is. All are provisional, as every
submission of this campaign is reviewed.
"""

import time

from bench import journey
from bench.report import Report
from bench.submissions import SLUG
from tests.support.installation import Installation, wait_until

PRIZE = "bench_voucher"
SHARE = 10
"""One in so many wins."""
FASTEST = 400
"""Submissions/s; at that rate all moments would be over with the last of them. More than this machine takes."""

_ADD = """
from campaigns.prizes.models import BroughtMoments, Prize
from campaigns.prizes.rules.drawing import Pace
from campaigns.prizes.services.amending import SETTLING
from campaigns.publishing.services.checks import publish_cautions
from campaigns.publishing.services.publish import publish_campaign
from campaigns.setup.models import Campaign

at = timezone.now()
campaign = Campaign.objects.get(slug="{slug}")
prize = Prize.objects.create(
    campaign=campaign, position=0, key="{prize}", name=dict.fromkeys(campaign.languages, "Voucher"),
    kind="thing", mechanic="moment", tier="minor", value=1000, stock={count},
)
Prize.objects.filter(pk=prize.pk).update(pace=Pace.LIST)
first = at + SETTLING + timedelta(seconds=1)
times = [first + timedelta(seconds=n * {seconds} / {count}) for n in range({count})]
BroughtMoments.objects.create(prize=prize, times=[t.isoformat() for t in times], brought_at=at)
accepted = [caution.key for caution in publish_cautions(campaign, at=at)]
publish_campaign(
    campaign, actor=None, at=at, accepted=accepted, typed=campaign.slug, reason="A benchmark",
)
number = campaign.releases.filter(is_test=False).order_by("-number").first().number
print(number, first.timestamp())
"""


def run(report: Report) -> None:
    """Measure the journey with a prize, and count the awards on its other side."""
    count = journey.COUNT[report.scale]
    wins = count // SHARE

    def add(installation: Installation) -> int:
        """Publish the prize, wait for its first moment, and return the release that has it."""
        program = _ADD.format(slug=SLUG, prize=PRIZE, count=wins, seconds=count / FASTEST)
        number, first = installation.python(program).strip().splitlines()[-1].split()
        # An amendment adds no moment that is nearer than some minutes.
        time.sleep(max(0.0, float(first) - time.time()))
        return int(number)

    def awards(installation: Installation) -> None:
        def mirrored() -> int:
            query = (
                "SELECT count(*) FROM submissions_award WHERE prize = ? AND state = 'provisional'"
            )
            return int(installation.rows(query, (PRIZE,))[0][0])

        wait_until(lambda: mirrored() >= wins, what="the awards in Django")
        report.row(
            f"awards of {count:,} submissions and {wins:,} units, in Django",
            goal="each unit once",
            measured=f"{mirrored():,}",
            met=mirrored() == wins,
        )

    journey.measure(report, prepare=add, also=awards, named=" with 10 % winning")
