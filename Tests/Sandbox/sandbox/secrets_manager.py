"""Secrets Manager's rules that moto does not know: sizes, names of versions, secrets that wait for their deletion."""

from __future__ import annotations

from .moto_backend import MotoBackend
from .operations import Operation
from .refusal import exact
from .wire import Request, Response

LARGEST_SECRET = 65_536
_CHANGES = ("PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage", "RotateSecret")


def check(request: Request, call: Operation, region: str, moto: MotoBackend) -> None:
    """Refuses what moto would wrongly accept, in the words of AWS."""
    document = request.json()
    size = len(str(document.get("SecretString", "")).encode())
    if size > LARGEST_SECRET:
        raise exact(
            400,
            "ValidationException",
            "1 validation error detected: Value at 'secretString' failed to satisfy constraint: "
            f"Member must have length less than or equal to {LARGEST_SECRET}",
        )
    token = document.get("ClientRequestToken")
    if token is not None and not 32 <= len(token) <= 64:
        raise exact(
            400,
            "InvalidParameterException",
            "You provided an invalid value for the parameter ClientRequestToken: it must be 32 to 64 characters long.",
        )
    if not moto.secret_is_deleted(call.resource, region):
        return
    if call.name == "CreateSecret":
        raise exact(
            400,
            "InvalidRequestException",
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
        )
    if call.name == "GetSecretValue" or call.name in _CHANGES:
        raise exact(
            400,
            "InvalidRequestException",
            "You can't perform this operation on the secret because it was marked for deletion.",
        )


def after(response: Response, call: Operation, region: str, moto: MotoBackend) -> Response:
    # https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html: moto answers 404.
    if response.status == 404:
        response.status = 400
    if response.status == 200 and call.name in ("PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage"):
        moto.settle_secret(call.resource, region)
    return response
