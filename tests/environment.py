"""The environment of every test. Loaded by ``-p``, because Django reads its settings before any conftest.

Nothing of this machine decides a test: no account, no profile, nothing that a
running ``make up`` wrote. Only the database is chosen from outside.
"""

import gc
import os

os.environ.pop("CAMPAIGNHUB_VAR", None)

from campaignhub.env import Env

# Three hundred files and thousands of tests are read, and all of it stays: the collector would walk it for nothing.
gc.set_threshold(50_000, 20, 50)

for _name in (*(name.upper() for name in Env.model_fields), "AWS_PROFILE"):
    if _name != "DATABASE_URL":
        os.environ.pop(_name, None)

os.environ.update(
    {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "CAMPAIGNHUB_ENV_FILE": "",
        # Playwright's loop runs in the thread of the test that drives it.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
        "PERSON_SECRET": "22" * 32,
        # Powertools reads it when the functions are imported; the template sets it for each.
        "POWERTOOLS_METRICS_NAMESPACE": "CampaignHub",
        "SECRET_KEY": "only-for-tests",
        "TOKEN_KEYS": "t1:" + "11" * 32,
    }
)
