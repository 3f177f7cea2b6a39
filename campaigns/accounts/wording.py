"""How staff pages speak of people and roles."""

from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Role
from ingest_lambda.contract.grammar.text import isolated

ROLE_WORDS = {
    Role.OWNER: "Everything at this client: campaigns, staff, the log.",
    Role.CAMPAIGN_MANAGER: "Creates and publishes campaigns, sees entrants and e-mails.",
    Role.MODERATOR: "Reviews entries. Personal data is masked; nothing can be exported.",
    Role.AUDITOR: "Reads winning moments and the log, and changes nothing. No other role at this client.",
}


def person(user: User | None) -> str:
    """Return how people call a member of staff; the clock acts by itself."""
    return isolated(user.get_full_name() or user.username) if user else "System"
