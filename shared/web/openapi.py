"""What the API description says of every operation alike: how it is refused, and which header a command needs."""

from typing import Any

from fastapi import FastAPI

from shared.web.problems import MEDIA_TYPE

PERSON, SERVICE = "person", "service"
SAID = "The request was refused; the texts are Chinese or, by Accept-Language, English."
REFUSED: dict[int | str, dict[str, Any]] = {"default": {"$ref": "#/components/responses/Problem", "description": SAID}}
KEY_REFERENCE = {"$ref": "#/components/parameters/IdempotencyKey"}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457: `detail` says what, why and what to do; further members are the facts of the case.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri", "examples": ["https://cheqi.cn/problems/not-found"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "Names the request; tell it to the operator."},
    },
}
PROBLEM_ANSWER = {
    "description": SAID,
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
HARMLESS = "x-harmless"
WITHOUT_KEY = {HARMLESS: True}
"""What a route says of itself that changes nothing, or nothing more by repetition."""
KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A new value for each new command and the same one for a repeat, which then has no second effect.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,100}$"},
}


class ServiceApp(FastAPI):
    """An application that describes problems and keys once, for all of its operations."""

    def openapi(self) -> dict[str, Any]:
        """Return the API description."""
        document = super().openapi()
        components = document.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        components["responses"] = {"Problem": PROBLEM_ANSWER}
        components["parameters"] = {"IdempotencyKey": KEY_PARAMETER}
        for operations in document["paths"].values():
            _ask_for_key(operations.get("post", {}))
        return document


def _ask_for_key(operation: dict[str, Any]) -> None:
    """Add the header to a command of somebody who is signed in; the open ones are harmless by repetition."""
    signed_in = any(PERSON in way for way in operation.get("security", []))
    signed_in &= not operation.get(HARMLESS, False)
    parameters = operation.setdefault("parameters", []) if signed_in else [KEY_REFERENCE]
    if KEY_REFERENCE not in parameters:
        parameters.append(KEY_REFERENCE)
