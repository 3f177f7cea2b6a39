"""CampaignHub: the wiring. No business rule lives here."""

from campaignhub.celery import app as celery_app

__all__ = ["celery_app"]
