"""What CloudFormation and Lambda read from the code bucket: archives and long templates, each under its hash."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from campaignhub.deployment.archives import Archives
from campaignhub.deployment.stack import BODY_BYTES


def upload_archives(
    store: Any, bucket: str, archives: Archives, *, say: Callable[[str], None] = lambda _line: None
) -> list[str]:
    """Put the archives there that are not yet, saying so, and return the keys of all.

    Older ones stay, because a rollback needs them.
    """
    for archive in (archives.light, archives.images):
        if _put(store, bucket, archive.name, archive.read_bytes()):
            say(f"Uploaded s3://{bucket}/{archive.name}")
    return [archives.light.name, archives.images.name]


def template_argument(store: Any, bucket: str, text: str) -> dict[str, str]:
    """Return how a request names a template: itself, or where it lies if it is too long."""
    content = text.encode()
    if len(content) <= BODY_BYTES:
        return {"TemplateBody": text}
    key = f"template-{hashlib.sha256(content).hexdigest()[:16]}.yaml"
    _put(store, bucket, key, content)
    return {"TemplateURL": f"{store.meta.endpoint_url}/{bucket}/{key}"}


def _put(store: Any, bucket: str, key: str, content: bytes) -> bool:
    """Put content under a key and tell whether that was needed; what lies there under the name may be another's.

    A pull request's run may write to the bucket too, and the name of an archive is made of its sources.
    """
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    if _checksum(store, bucket, key) == digest:
        return False
    store.put_object(Bucket=bucket, Key=key, Body=content, ChecksumSHA256=digest)
    return True


def _checksum(store: Any, bucket: str, key: str) -> str:
    """Return the SHA-256 that the bucket reckoned of an object, in base64; nothing where there is none."""
    try:
        held = store.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
            return ""
        raise
    return str(held.get("ChecksumSHA256", ""))
