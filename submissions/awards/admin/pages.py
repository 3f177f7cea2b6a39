"""The address of a campaign's results, which belongs to no model's pages."""

from campaignhub.staff_site.routes import add_pages, one
from campaigns.setup.models import Campaign
from campaigns.workbench.admin.publishing import GLANCE, offer
from submissions.awards.admin.results import CampaignResults

add_pages((f"results/{one(Campaign, 'campaign_id')}/", CampaignResults, "campaign_results"))
for tab in ("publish", GLANCE):
    offer(
        "Results",
        "admin:campaign_results",
        "Entries by day, source and language, prizes given and left, and their cost so far.",
        tab=tab,
        needs_release=True,
    )
