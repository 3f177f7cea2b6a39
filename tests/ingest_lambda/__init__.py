import os

from hypothesis import settings

# Powertools reads it when the handlers' module is imported; the template sets it for each function.
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "CampaignHub")

# How long one example takes says how busy the machine is, and nothing about a rule.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
