"""What CloudFormation and Lambda read from the code bucket: archives and long templates, each under its hash."""

import hashlib
from typing import Any

from botocore.exceptions import ClientError

from campaignhub.deployment.archives import Archives
from campaignhub.deployment.stack import BODY_BYTES


def upload_archives(store: Any, bucket: str, archives: Archives) -> list[str]:
    """Put the archives there that are not yet, and return their keys.

    Older ones stay, because a rollback needs them.
    """
    for archive in (archives.light, archives.images):
        if not _is_there(store, bucket, archive.name):
            store.put_object(
                Bucket=bucket,
                Key=archive.name,
                Body=archive.read_bytes(),
                ChecksumAlgorithm="SHA256",
            )
    return [archives.light.name, archives.images.name]


def template_argument(store: Any, bucket: str, text: str) -> dict[str, str]:
    """Return how a request names a template: itself, or where it lies if it is too long."""
    content = text.encode()
    if len(content) <= BODY_BYTES:
        return {"TemplateBody": text}
    key = f"template-{hashlib.sha256(content).hexdigest()[:16]}.yaml"
    if not _is_there(store, bucket, key):
        store.put_object(Bucket=bucket, Key=key, Body=content)
    return {"TemplateURL": f"{store.meta.endpoint_url}/{bucket}/{key}"}


def _is_there(store: Any, bucket: str, key: str) -> bool:
    try:
        store.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
            return False
        raise
    return True
