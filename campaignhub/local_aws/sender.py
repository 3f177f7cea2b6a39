"""Verify the mail sender with the emulated mail service, as an operator does once on AWS."""

from email.utils import parseaddr

import boto3
from botocore.config import Config

from campaignhub.env import env


def verify_sender() -> None:
    """Make the platform's sender address one that the mail service sends for; again is harmless.

    The emulator refuses unverified senders just as the real service does. On
    AWS this is a step of the deployment, with a DNS record, and not done here.
    """
    settings = env()
    if not settings.aws_endpoint_url:
        return
    service = boto3.client(
        "sesv2",
        region_name=settings.aws_region,
        endpoint_url=settings.aws_endpoint_url,
        aws_access_key_id=settings.aws_access_key_id,
        aws_secret_access_key=settings.aws_secret_access_key,
        config=Config(connect_timeout=2, read_timeout=30),
    )
    address = parseaddr(settings.default_from_email)[1]
    for identity in (address, address.rpartition("@")[2]):
        try:
            service.create_email_identity(EmailIdentity=identity)
        except service.exceptions.AlreadyExistsException:
            continue
