import os

# Powertools reads it when the handlers' module is imported; the template sets it for each function.
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "CampaignHub")
