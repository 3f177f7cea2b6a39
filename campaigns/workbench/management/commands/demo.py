"""Make the demo and print what it is made of, as JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from campaignhub.env import VAR
from campaignhub.private_files import make_private, write_private
from campaigns.accounts.tenancy import unscoped
from campaigns.workbench.services.demo import make_demo


class Command(BaseCommand):
    help = "Make a demo client with staff and three live campaigns; prints one JSON object."

    @unscoped("the demo makes its clients")
    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make what is missing. Passwords of an earlier run are remembered beside the database."""
        remembered = VAR / "demo-accounts.json"
        known = json.loads(remembered.read_text()) if remembered.exists() else []
        demo = make_demo(at=timezone.now(), known_accounts=known)
        make_private(VAR)
        write_private(remembered, json.dumps(demo.accounts))
        self.stdout.write(json.dumps({"accounts": demo.accounts, "campaigns": demo.campaigns}))
