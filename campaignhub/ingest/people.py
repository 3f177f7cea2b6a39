"""How people, keys and tokens are known to the public path: by keyed hashes and signatures."""

from campaignhub.env import env
from ingest_lambda.adapters import tokens
from ingest_lambda.contract import (
    TokenPayload,
)
from ingest_lambda.rules import people


def block_hash(client_id: str, kind: str, value: str, *, country: str = "") -> str:
    """Hash an ``email``, ``phone`` or ``device_address`` for a client's block list.

    ``country`` (ISO 3166) completes a national phone number.
    """
    return people.blocked_hash(
        kind, value, secret=env().person_secret, client_id=client_id, country=country
    )


def is_phone(value: str, *, country: str = "") -> bool:
    """Tell whether ``value`` can be a phone number; ``country`` completes a national one."""
    return people.normalise_phone(value, countries=[country]) is not None


def api_key_hash(value: str) -> str:
    """Return the hash under which a partner's key is known; the key itself is kept nowhere."""
    return people.api_key_hash(value)


def sign_token(payload: TokenPayload) -> str:
    """Sign a token, for a link in a mail."""
    return tokens.sign(payload, token_keys=env().token_keys)


def person_hash(campaign_id: str, email: str) -> str:
    """Return the keyed hash under which a person is known in a campaign."""
    return people.keyed_hash(
        "person",
        people.normalise_email(email),
        secret=env().person_secret,
        campaign_id=campaign_id,
    )


def mailbox_hash(campaign_id: str, email: str) -> str:
    """Return the keyed hash under which a mailbox is known in a campaign, for limits on what it is sent."""
    return people.keyed_hash(
        "mailbox",
        people.normalise_mailbox(email),
        secret=env().person_secret,
        campaign_id=campaign_id,
    )
