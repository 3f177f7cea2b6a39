"""What the gateway's answers decide by what the queue said: the part of its templates that the emulator leaves out. Pure.

The emulator fills in references, and passes ``#if`` on as text; it drops a status
that a template sets. Here is as much of both as ``template.yaml`` uses: one
``#if``/``#else`` on texts that are equal, and ``$context.responseOverride.status``
(https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html).
"""

import json
import re

_OVERRIDE = re.compile(r"#set\(\$context\.responseOverride\.status = ([0-9]{3})\)\s*")
_NOTED = re.compile(r"«status ([0-9]{3})»")
_CHOICE = re.compile(r"#if\((.*?)\)\s*(.*?)#else\s*(.*?)#end\s*", re.DOTALL)
_EQUAL = re.compile(r'\s*(.*?)\s*==\s*"(.*?)"\s*')
_PART = re.compile(r"<(Type|Code|Message|RequestId)>(.*?)</\1>", re.DOTALL)


def before_filling_in(template: str) -> str:
    """Return a template whose status is noted where the emulator would drop it."""
    return _OVERRIDE.sub(r"«status \1»", template)


def after_filling_in(text: str, status: int) -> tuple[int, str]:
    """Return status and body of an answer, with its choices made."""
    text = _CHOICE.sub(lambda found: found[2] if _holds(found[1]) else found[3], text)
    if noted := _NOTED.search(text):
        status = int(noted[1])
    return status, _NOTED.sub("", text).strip()


def error_as_json(text: str) -> str:
    """Return an error of the queue as the gateway reads it: as JSON, where the emulator hands on XML."""
    parts = dict(_PART.findall(text))
    if "Code" not in parts:
        return text
    request_id = parts.pop("RequestId", "")
    return json.dumps({"Error": parts, "RequestId": request_id})


def _holds(condition: str) -> bool:
    pairs = (_EQUAL.fullmatch(part) for part in condition.split("||"))
    return any(pair is not None and pair[1].strip('"') == pair[2] for pair in pairs)
