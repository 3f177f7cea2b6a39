"""Amplify in this process: apps, branches and jobs that its clients ask for, and a receiver of uploads."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

RUNS = ("PENDING", "RUNNING", "SUCCEED")
"""What a job says each time that it is looked at."""


class Refused(Exception):
    """An error of the service model."""


class Amplify:
    """What is there, and what is to go wrong: ``broken`` maps an operation to errors, the next first."""

    url = ""

    def __init__(self) -> None:
        self.apps: dict[str, dict[str, Any]] = {}
        self.branches: dict[str, dict[str, str]] = {}
        """The files that a branch serves."""
        self.jobs: dict[str, dict[str, Any]] = {}
        self.domains: dict[str, dict[str, Any]] = {}
        self.uploads: dict[str, bytes] = {}
        self.broken: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.runs: tuple[str, ...] = RUNS

    def answer(self, client: Any) -> Any:
        """Let a client be answered from here; return it."""
        client.meta.events.register("before-send.amplify", self._send)
        return client

    def files(self, branch: str) -> dict[str, bytes]:
        """Return what visitors of a branch get."""
        return {name: text.encode() for name, text in self.branches[branch].items()}

    def _send(self, request: Any, event_name: str, **_context: Any) -> AWSResponse:
        operation = event_name.rpartition(".")[2]
        self.asked.append(operation)
        parts = [unquote(part) for part in urlsplit(request.url).path.strip("/").split("/")]
        names = dict(zip(parts[::2], parts[1::2], strict=False))
        body = json.loads(request.body or b"{}") if request.method == "POST" else {}
        error = ""
        try:
            if errors := self.broken.get(operation):
                raise Refused(errors.pop(0))
            status, answer = 200, getattr(self, f"_{operation}")(names, body)
        except Refused as refused:
            status, answer = 400, {"message": "no"}
            error = str(refused)
        return _response(request.url, status, answer, error)

    # ---------------------------------------------------------------- its operations

    def _ListApps(self, _names: Any, _body: Any) -> dict[str, Any]:
        return {"apps": list(self.apps.values())}

    def _CreateApp(self, _names: Any, body: dict[str, Any]) -> dict[str, Any]:
        app_id = f"d{len(self.apps) + 1}"
        arn = f"arn:aws:amplify:us-east-1:123456789012:apps/{app_id}"
        more = {"appId": app_id, "appArn": arn, "defaultDomain": f"{app_id}.amplifyapp.com"}
        self.apps[app_id] = {**body, **more}
        return {"app": self.apps[app_id]}

    def _UpdateApp(self, names: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        self.apps[names["apps"]].update(body)
        return {"app": self.apps[names["apps"]]}

    def _GetBranch(self, names: dict[str, str], _body: Any) -> dict[str, Any]:
        if names["branches"] not in self.branches:
            raise Refused("NotFoundException")
        return {"branch": {"branchName": names["branches"]}}

    def _CreateBranch(self, _names: Any, body: dict[str, Any]) -> dict[str, Any]:
        if len(self.branches) >= 50:
            raise Refused("LimitExceededException")
        self.branches[body["branchName"]] = {}
        return {"branch": {"branchName": body["branchName"]}}

    def _DeleteBranch(self, names: dict[str, str], _body: Any) -> dict[str, Any]:
        del self.branches[names["branches"]]
        return {"branch": {}}

    def _CreateDeployment(self, names: dict[str, str], _body: Any) -> dict[str, Any]:
        job_id = str(len(self.jobs) + 1)
        self.jobs[job_id] = {"branch": names["branches"], "status": "CREATED", "left": []}
        return {"jobId": job_id, "zipUploadUrl": f"{self.url}/{job_id}?X-Amz-Signature=1"}

    def _StartDeployment(self, _names: Any, body: dict[str, Any]) -> dict[str, Any]:
        assert body["jobId"] in self.uploads
        self.jobs[body["jobId"]].update(status="PENDING", left=list(self.runs))
        return {"jobSummary": {"jobId": body["jobId"]}}

    def _GetJob(self, names: dict[str, str], _body: Any) -> dict[str, Any]:
        job = self.jobs[names["jobs"]]
        job["status"] = job["left"].pop(0) if job["left"] else job["status"]
        if job["status"] == "SUCCEED":
            archive = zipfile.ZipFile(io.BytesIO(self.uploads[names["jobs"]]))
            self.branches[job["branch"]] = {
                name: archive.read(name).decode() for name in archive.namelist()
            }
        return {"job": {"summary": {"jobId": names["jobs"], "status": job["status"]}, "steps": []}}

    def _ListJobs(self, names: dict[str, str], _body: Any) -> dict[str, Any]:
        mine = [
            {"jobId": number, "status": job["status"]}
            for number, job in self.jobs.items()
            if job["branch"] == names["branches"] and job["status"] != "CREATED"
        ]
        return {"jobSummaries": mine}

    def _GetDomainAssociation(self, names: dict[str, str], _body: Any) -> dict[str, Any]:
        if names["domains"] not in self.domains:
            raise Refused("NotFoundException")
        return {"domainAssociation": self.domains[names["domains"]]}

    def _CreateDomainAssociation(self, _names: Any, body: dict[str, Any]) -> dict[str, Any]:
        return self._associate(body["domainName"], body)

    def _UpdateDomainAssociation(
        self, names: dict[str, str], body: dict[str, Any]
    ) -> dict[str, Any]:
        return self._associate(names["domains"], body)

    def _associate(self, domain: str, body: dict[str, Any]) -> dict[str, Any]:
        self.domains[domain] = {
            "domainStatus": "PENDING_VERIFICATION",
            "statusReason": "",
            "certificateVerificationDNSRecord": f"_1.{domain}. CNAME _2.acm-validations.aws.",
            "subDomains": [
                {
                    "subDomainSetting": one,
                    "verified": False,
                    "dnsRecord": " CNAME d9.cloudfront.net",
                }
                for one in body["subDomainSettings"]
            ],
        }
        return {"domainAssociation": self.domains[domain]}


def _response(url: str, status: int, answer: Any, error: str = "") -> AWSResponse:
    headers = HTTPHeaders.from_dict({"x-amzn-ErrorType": error} if error else {})
    content = io.BytesIO(json.dumps(answer).encode())
    content.stream = lambda *_arguments: [content.getvalue()]  # type: ignore[attr-defined]
    return AWSResponse(url, status, headers, content)


def agreeing(client: Any) -> Any:
    """Let a client of another service be answered with nothing but yes; return it."""
    client.meta.events.register_first(
        "before-send.*.*", lambda request, **_: _response(request.url, 200, {})
    )
    return client


@contextmanager
def running_amplify() -> Iterator[Amplify]:
    """Run the receiver of uploads until the test ends."""
    amplify = Amplify()

    class Receiver(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            number = urlsplit(self.path).path.strip("/")
            content = self.rfile.read(int(self.headers["Content-Length"]))
            is_taken = not amplify.broken.get("upload") or not amplify.broken["upload"].pop()
            if is_taken:
                amplify.uploads[number] = content
            self.send_response(200 if is_taken else 500)
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        amplify.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield amplify
        finally:
            server.shutdown()
