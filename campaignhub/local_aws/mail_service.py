"""What Amazon SES does and the emulator does not: it refuses as an account may, and tells what became of a mail.

Loaded by ``emulator.py`` into the emulator's process; it may import nothing of ours.

- A mail to the mailbox simulator has the outcome that its address names, also at a
  subdomain, so that many mailboxes can have one. ``success``, ``bounce``, ``ooto``, ``complaint`` and
  ``suppressionlist`` are SES's own
  (https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator),
  the other names of :data:`OUTCOMES` ours. ``refused`` is refused in the answer. Every
  other address takes what it is sent.
- The notices have SES's JSON and go to the topics that the configuration set names.
  They are published before the request is answered: the worst order that there is.
- ``PutAccountSendingAttributes`` switches sending off and on, ``PutAccountDetails`` the sandbox, as on
  AWS. What no API of SES sets is set by ``PUT /v2/email/account/simulator``, a JSON object
  with any of ``Max24HourSend``, ``MaxSendRate`` (null for no bound) and ``EnforcementStatus``
  (``HEALTHY``, ``PROBATION``, ``SHUTDOWN``). ``GetAccount`` tells of all of it.
"""

import json
import time
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ministack.services import ses, ses_v2, sns
from ministack.services.cloudformation import provisioners

SIMULATOR = "simulator.amazonses.com"
Answer = tuple[int, dict[str, str], bytes]
Notice = tuple[str, dict[str, Any]]


def _bounce(kind: str, part: str, status: str, said: str) -> Notice:
    return "Bounce", {
        "bounceType": kind,
        "bounceSubType": part,
        "reportingMTA": "dns; mta.example.com",
        "bouncedRecipients": [
            {"action": "failed", "status": status, "diagnosticCode": f"smtp; {said}"}
        ],
    }


def _complaint(kind: str) -> Notice:
    return "Complaint", {
        "complaintFeedbackType": kind,
        "userAgent": "Amazon SES Mailbox Simulator",
        "complainedRecipients": [{}],
    }


_DELIVERY: Notice = (
    "Delivery",
    {"processingTimeMillis": 546, "smtpResponse": "250 2.6.0 Message received"},
)
_DELAY: Notice = (
    "DeliveryDelay",
    {"delayType": "TransientCommunicationFailure", "delayedRecipients": [{"status": "4.4.1"}]},
)
OUTCOMES: Mapping[str, tuple[Notice, ...]] = {
    "success": (_DELIVERY,),
    "bounce": (_bounce("Permanent", "General", "5.1.1", "550 5.1.1 user unknown"),),
    "suppressionlist": (_bounce("Permanent", "Suppressed", "5.1.1", "suppressed"),),
    "complaint": (_DELIVERY, _complaint("abuse")),
    "ooto": (_DELIVERY, _bounce("Transient", "General", "4.0.0", "out of office")),
    "mailboxfull": (_bounce("Transient", "MailboxFull", "5.2.2", "552 mailbox full"),),
    "contentrejected": (_bounce("Transient", "ContentRejected", "5.6.0", "554 refused"),),
    "undetermined": (_bounce("Undetermined", "Undetermined", "5.0.0", "550 no"),),
    "delayed": (_DELAY, _DELIVERY),
    "waiting": (_DELAY,),
    "notspam": (_DELIVERY, _complaint("not-spam")),
    "disordered": (_complaint("abuse"), _DELIVERY, _DELIVERY),
    "virus": (("Reject", {"reason": "Bad content"}),),
    "unrendered": (("Rendering Failure", {"errorMessage": "no such attribute"}),),
    "silent": (),
}
_SECTIONS = {"DeliveryDelay": "deliveryDelay", "Rendering Failure": "failure"}
_RECIPIENTS = ("bouncedRecipients", "complainedRecipients", "delayedRecipients")
_NOTHING: Mapping[str, Any] = {
    "Max24HourSend": None,
    "MaxSendRate": None,
    "EnforcementStatus": "HEALTHY",
    "SendingEnabled": True,
}
_account: dict[str, Any] = dict(_NOTHING)
_lately: deque[float] = deque()
"""When the mails of the last second were taken, while a rate is set."""


async def handle_request(
    method: str, path: str, headers: dict[str, str], body: bytes, query: Any
) -> Answer:
    """Answer a request of API v2."""
    call = method, path.rstrip("/").removeprefix("/v2/email")
    if call == ("PUT", "/account/sending"):
        _account["SendingEnabled"] = bool(_read(body).get("SendingEnabled"))
        return _answer(200, {})
    if call == ("PUT", "/account/simulator"):
        asked = _read(body)
        if unknown := sorted(set(asked) - set(_NOTHING)):
            return _refuse("BadRequestException", f"Not known: {', '.join(unknown)}")
        _account.update(asked)
        return _answer(200, _account)
    if call == ("POST", "/outbound-emails") and (refused := _refusal(_read(body))):
        return refused
    status, answered, content = await _handle_request(method, path, headers, body, query)
    if status == 200 and call == ("POST", "/outbound-emails"):
        _publish_notices(_read(body), json.loads(content)["MessageId"])
    if status == 200 and call == ("GET", "/account"):
        return _answer(200, _with_account(json.loads(content)))
    return status, answered, content


def _read(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _answer(status: int, content: Mapping[str, Any]) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(content).encode()


def _refuse(code: str, message: str, status: int = 400) -> Answer:
    return ses_v2._json_err(code, message, status)  # type: ignore[no-any-return]


def _with_account(answer: dict[str, Any]) -> dict[str, Any]:
    quota = {name: _account[name] for name in ("Max24HourSend", "MaxSendRate") if _account[name]}
    answer["SendQuota"].update(quota)
    told = {name: _account[name] for name in ("EnforcementStatus", "SendingEnabled")}
    return {**answer, **told}


def _refusal(mail: Mapping[str, Any]) -> Answer | None:
    """Return why SES takes no mail now, or not this one."""
    if _account["EnforcementStatus"] == "SHUTDOWN":
        return _refuse("AccountSuspendedException", "This account is suspended.")
    if not _account["SendingEnabled"]:
        return _refuse("SendingPausedException", "Sending is paused for this account.")
    if name := _configuration_set(mail):
        options = ses_v2._config_sets.get(name)
        if options is None:
            return _refuse("NotFoundException", f"Configuration set <{name}> does not exist.", 404)
        if not options.get("SendingOptions", {}).get("SendingEnabled", True):
            return _refuse("SendingPausedException", f"Sending is paused for <{name}>.")
    most, now = _account["Max24HourSend"], time.time()
    if most is not None:
        sent = [one for one in ses._sent_emails_list() if one["Timestamp"] > now - 86_400]
        if len(sent) >= most:
            return _refuse("TooManyRequestsException", "Daily message quota exceeded.", 429)
    if (rate := _account["MaxSendRate"]) is not None:
        while _lately and _lately[0] <= now - 1:
            _lately.popleft()
        if len(_lately) >= rate:
            return _refuse("TooManyRequestsException", "Maximum sending rate exceeded.", 429)
        _lately.append(now)
    if any(_simulated(address) == "refused" for address in _recipients(mail)):
        return _refuse("MessageRejected", "The mailbox simulator refuses this mail.")
    return None


def _recipients(mail: Mapping[str, Any]) -> list[str]:
    destination = mail.get("Destination") or {}
    return [
        address
        for kind in ("ToAddresses", "CcAddresses", "BccAddresses")
        for address in destination.get(kind) or ()
    ]


def _simulated(address: str) -> str:
    """Return the outcome that an address of the simulator names; any other mailbox takes its mail."""
    local, _, domain = address.lower().rpartition("@")
    at_simulator = domain == SIMULATOR or domain.endswith(f".{SIMULATOR}")
    return local.split("+", 1)[0] if at_simulator else "success"


def _configuration_set(mail: Mapping[str, Any]) -> str:
    """Return the configuration set of a mail."""
    return str(mail.get("ConfigurationSetName") or "")


def _publish_notices(mail: Mapping[str, Any], message_id: str) -> None:
    """Publish what becomes of a mail to the topics of its configuration set."""
    name = _configuration_set(mail)
    destinations = (ses_v2._config_sets.get(name) or {}).get("EventDestinations") or {}
    topics = [
        (set(one["MatchingEventTypes"]), one["SnsDestination"]["TopicArn"])
        for one in destinations.values()
        if one["Enabled"] and "SnsDestination" in one
    ]
    for address in _recipients(mail) if topics else ():
        for kind, details in OUTCOMES.get(_simulated(address), (_DELIVERY,)):
            notice = _notice(kind, details, address, mail, message_id)
            wanted = kind.replace("DeliveryDelay", "Delivery Delay").replace(" ", "_").upper()
            for kinds, topic in topics:
                if wanted in kinds:
                    ses._publish_notification(topic, notice)


def _notice(
    kind: str, details: Mapping[str, Any], address: str, mail: Mapping[str, Any], message_id: str
) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    section: dict[str, Any] = {"timestamp": now, **details}
    for key in _RECIPIENTS:
        if key in section:
            section[key] = [{"emailAddress": address, **one} for one in section[key]]
    if kind in ("Bounce", "Complaint"):
        section["feedbackId"] = f"{message_id}-feedback"
    if kind == "Delivery":
        section["recipients"] = [address]
    tags = {tag["Name"]: [tag["Value"]] for tag in mail.get("EmailTags") or ()}
    return {
        "eventType": kind,
        "mail": {
            "timestamp": now,
            "source": mail.get("FromEmailAddress") or "",
            "sendingAccountId": sns.get_account_id(),
            "messageId": message_id,
            "destination": [address],
            "headersTruncated": False,
            "headers": [{"name": "To", "value": address}],
            "commonHeaders": {"to": [address], "messageId": message_id},
            "tags": {"ses:configuration-set": [_configuration_set(mail)], **tags},
        },
        _SECTIONS.get(kind, kind.lower()): section,
    }


def create_identity(logical: str, properties: Mapping[str, Any], stack: str) -> Any:
    """Make a template's identity, with the records of DKIM that AWS would have one set."""
    identity, attributes = _create_identity(logical, properties, stack)
    tokens = ses._dkim_tokens(identity)
    for number, token in enumerate(tokens, start=1):
        attributes[f"DkimDNSTokenName{number}"] = f"{token}._domainkey.{identity}"
        attributes[f"DkimDNSTokenValue{number}"] = f"{token}.dkim.amazonses.com"
    return identity, attributes


_handle_request = ses_v2.handle_request
_create_identity = provisioners._RESOURCE_HANDLERS["AWS::SES::EmailIdentity"]["create"]


def complete() -> None:
    """Put the missing answers into the emulator."""
    ses_v2.handle_request = handle_request
    provisioners._RESOURCE_HANDLERS["AWS::SES::EmailIdentity"]["create"] = create_identity
