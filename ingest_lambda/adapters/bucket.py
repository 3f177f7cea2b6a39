"""The bucket: forms for uploads, and what becomes of what was uploaded."""

from typing import Any

from ingest_lambda.adapters.clients import open_client, sdk_session
from ingest_lambda.config import Config
from ingest_lambda.contract import FORM_SECONDS, Upload, kept_folder
from ingest_lambda.contract.photos import LARGEST_BYTES


def kept_prefix(incoming: str, sha256: str) -> str:
    """Return the folder in which the original and its copies are kept, for an upload and its hash.

    The hash, because a form takes a second file of the same size as long as it
    lives: that one must not come to lie where the facts of the first point to.
    """
    return f"{kept_folder(incoming)}{sha256[:16]}"


class UploadForms:
    """Signs forms with which browsers upload. It calls no service, so it needs no client.

    The SDK's own signer, without an S3 client around it: reading the description
    of that service is a large part of a cold start, and a visitor waits for ``start``.
    """

    def __init__(self, url: str, bucket: str, region: str, credentials: Any) -> None:
        from botocore.hooks import HierarchicalEmitter
        from botocore.model import ServiceId
        from botocore.signers import RequestSigner, S3PostPresigner

        self._events = HierarchicalEmitter()  # the signer holds it weakly
        signer = RequestSigner(ServiceId("S3"), region, "s3", "s3v4", credentials, self._events)
        self._presigner = S3PostPresigner(signer)
        self._url = url
        self._bucket = bucket

    def upload_form(self, upload: Upload) -> tuple[str, dict[str, str]]:
        """Return address and fields of a form that takes exactly this file, for ``FORM_SECONDS``.

        Key, type and size are conditions of the signature: without them a form
        takes a file of any size under any name.
        """
        fields = {
            "key": upload.key,
            "Content-Type": upload.content_type,
            "success_action_status": "201",
        }
        form = self._presigner.generate_presigned_post(
            request_dict={
                "method": "POST",
                "url": self._url,
                "headers": {},
                "body": b"",
                "context": {},
            },
            fields=dict(fields),
            conditions=[
                {"bucket": self._bucket},
                ["content-length-range", upload.size, upload.size],
                *({name: value} for name, value in fields.items()),
            ],
            expires_in=FORM_SECONDS,
        )
        return form["url"], form["fields"]


def open_forms(settings: Config) -> UploadForms:
    """Sign for where browsers reach the bucket, with whatever credentials the SDK finds."""
    session = sdk_session()
    region = session.get_config_variable("region") or "us-east-1"
    own = settings.s3_public_endpoint
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    url = (
        f"{own}/{settings.bucket_name}"
        if own
        else f"https://{settings.bucket_name}.s3.{region}.{suffix}/"
    )
    return UploadForms(url, settings.bucket_name, region, session.get_credentials())


class Bucket:
    """The bucket with receipts, as the images function works on it."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def read(self, key: str) -> bytes | None:
        """Read an upload, or ``None`` when it is gone (it was looked at before)."""
        try:
            answer = self._client.get_object(Bucket=self._name, Key=key)
        except self._client.exceptions.NoSuchKey:
            return None
        content: bytes = answer["Body"].read(LARGEST_BYTES + 1)
        return content

    def write(self, key: str, content: bytes, content_type: str) -> None:
        """Keep a file of ours."""
        self._client.put_object(Bucket=self._name, Key=key, Body=content, ContentType=content_type)

    def delete(self, key: str) -> None:
        """Remove an upload that has been looked at."""
        self._client.delete_object(Bucket=self._name, Key=key)


def open_bucket(settings: Config) -> Bucket:
    """Connect to the bucket."""
    client = open_client(
        "s3",
        settings,
        signature_version="s3v4",
        connect_timeout=2,
        read_timeout=20,
        retries={"total_max_attempts": 3, "mode": "standard"},
    )
    return Bucket(client, settings.bucket_name)
