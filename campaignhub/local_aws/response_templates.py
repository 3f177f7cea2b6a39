"""What the gateway's answers decide by what the queue said: the part of its templates that the emulator leaves out. Pure.

The emulator fills in references, and passes ``#if`` on as text; it drops a status
that a template sets. Here is as much of both as ``template.yaml`` uses: one
``#if``/``#elseif``/``#else`` on a text that equals another, and ``$context.responseOverride.status``
(https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html).
"""

import json
import re

_OVERRIDE = re.compile(r"#set\(\$context\.responseOverride\.status = ([0-9]{3})\)\s*")
_NOTED = re.compile(r"«status ([0-9]{3})»")
_CHOICE = re.compile(r"#if(.*?)#else\b\s*(.*?)#end\s*", re.DOTALL)
_BRANCH = re.compile(r'\(\s*"?(.*?)"?\s*==\s*"(.*?)"\s*\)\s*(.*)', re.DOTALL)
_PART = re.compile(r"<(Type|Code|Message|RequestId)>(.*?)</\1>", re.DOTALL)


def before_filling_in(template: str) -> str:
    """Return a template whose status is noted where the emulator would drop it."""
    return _OVERRIDE.sub(r"«status \1»", template)


def after_filling_in(text: str, status: int) -> tuple[int, str]:
    """Return status and body of an answer, with its choices made."""
    text = _CHOICE.sub(_chosen, text)
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


def _chosen(choice: re.Match[str]) -> str:
    branches = (_BRANCH.fullmatch(branch) for branch in choice[1].split("#elseif"))
    holds = (branch[3] for branch in branches if branch is not None and branch[1] == branch[2])
    return next(holds, choice[2])
