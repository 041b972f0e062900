"""What every answer must be, whatever was asked: the right one, as JSON, with no header more than is documented."""

import json
import re
from dataclasses import dataclass

from .contract import Expected, Request


class Broken(Exception):
    """A promise that was not kept; the message shows how."""


@dataclass(frozen=True)
class Answer:
    """What a Worker answered; the names of the headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


# Of these the framing is workerd's own.
HEADERS = {
    "content-type", "x-content-type-options", "cache-control", "allow", "x-request-id",
    "content-length", "transfer-encoding", "connection",
}  # fmt: skip

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def check(request: Request, expected: Expected, answer: Answer) -> None:
    """Holds an answer against what was due."""
    fault = _fault(request, expected, answer)
    if fault:
        raise Broken("\n".join([fault, _start(request), _start(expected), _start(answer)]))


def _start(of: object) -> str:
    return f"  {str(of)[:2000]}"


def check_failure(answer: Answer) -> str:
    """Holds the answer to a request that killed its instance against the contract; returns the request's id."""
    request_id = answer.headers.get("x-request-id", "")
    message = f"the Worker failed; its log has request {request_id}"
    if not re.fullmatch(UUID, request_id):
        raise Broken(f"a failure without a request id: {answer}")
    check(Request(), Expected("internal", re.escape(message)), answer)
    return request_id


def _fault(request: Request, expected: Expected, answer: Answer) -> str | None:
    if answer.status != expected.status:
        return "another status"
    due = {"content-type": "application/json", "x-content-type-options": "nosniff"}
    if expected.code is not None:
        due["cache-control"] = "no-store"
    if expected.code == "methodNotAllowed":
        due["allow"] = "POST"
    if answer.headers.keys() - HEADERS or not due.items() <= answer.headers.items():
        return "other headers"
    if (expected.code == "internal") != ("x-request-id" in answer.headers):
        return "a request id that is out of place, or none"
    if request.method == "HEAD":
        return "a body for HEAD" if answer.body else None
    try:
        content = json.loads(answer.body.decode())
    except ValueError:
        return "no JSON"
    if expected.code is None:
        return _fault_of_success(expected, content)
    if content.keys() != {"error", "code"} or content["code"] != expected.code:
        return "another code"
    return None if re.fullmatch(expected.message, content["error"]) else "another message"


def _fault_of_success(expected: Expected, content: dict[str, object]) -> str | None:
    if list(content) != ["processedText", "characterCount", "processingTimeMs"]:
        return "other fields"
    if expected.text not in (None, content["processedText"]):
        return "another text"
    if content["characterCount"] != len(str(content["processedText"])):
        return "another count"
    time = content["processingTimeMs"]
    return None if isinstance(time, int | float) and time >= 0 else "no time"
