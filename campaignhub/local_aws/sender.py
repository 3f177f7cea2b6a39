"""Verify the mail sender with the emulated mail service, as an operator does once on AWS."""

from email.utils import parseaddr

from campaignhub.local_aws.deploy import client


def verify_sender(sender: str, endpoint: str) -> None:
    """Make ``sender`` (``Name <address>``) one that the mail service sends for; twice changes nothing.

    The emulator refuses unverified senders, as the real service does. On AWS
    this is a step of the deployment, with a DNS record.
    """
    service = client("sesv2", endpoint)
    address = parseaddr(sender)[1]
    for identity in (address, address.rpartition("@")[2]):
        try:
            service.create_email_identity(EmailIdentity=identity)
        except service.exceptions.AlreadyExistsException:
            continue
