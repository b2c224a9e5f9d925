"""Parameter Store's rules that moto does not know: value sizes, nested references, allowed patterns, no plaintext as
ciphertext."""

from __future__ import annotations

import base64
import hashlib
import json
import re

from .refusal import exact
from .wire import Request, Response

_LIMITS = {"Standard": 4096, "Advanced": 8192, "Intelligent-Tiering": 8192}
_NESTED = re.compile(r"\{\{.*\}\}", re.DOTALL)


def check_put(request: Request) -> None:
    document = request.json()
    value, tier = str(document.get("Value", "")), document.get("Tier") or "Standard"
    limit = _LIMITS.get(tier, 4096)
    if len(value.encode()) > limit:
        raise exact(
            400,
            "ValidationException",
            f"{tier} tier parameters support a maximum parameter value of {limit} characters."
            + (
                " To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier."
                if limit == 4096
                else ""
            ),
        )
    if _NESTED.search(value):
        raise exact(
            400, "ValidationException", 'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.'
        )
    pattern = document.get("AllowedPattern")
    if pattern and not re.search(pattern, value):
        raise exact(
            400,
            "ParameterPatternMismatchException",
            f"Parameter value, cannot be validated against allowedPattern: {pattern}",
        )


def hide_ciphertext(answer: Response) -> Response:
    """moto answers an undecrypted SecureString as `kms:<key>:<plaintext>`; a client must not get away with that."""
    if b"kms:" not in answer.body:
        return answer
    document = json.loads(answer.body)
    for parameter in [document.get("Parameter"), *document.get("Parameters", [])]:
        if parameter and parameter.get("Type") == "SecureString" and str(parameter.get("Value")).startswith("kms:"):
            digest = hashlib.sha512(parameter["Value"].encode()).digest()
            parameter["Value"] = "AQICAH" + base64.b64encode(digest * 3).decode()
    answer.body = json.dumps(document).encode()
    return answer
