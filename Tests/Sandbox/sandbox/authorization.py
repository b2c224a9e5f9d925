"""Whether a principal may make a call: its identity policies, and for AssumeRole also the role's trust policy."""

from __future__ import annotations

from .keys import Principal
from .moto_backend import MotoBackend
from .operations import Operation
from .policy import allows, listed, matches
from .refusal import Refusal
from .wire import Request


def authorize(operation: Operation, principal: Principal, moto: MotoBackend) -> None:
    """Returns when everything the call needs is allowed; a Refusal names the first thing that is not."""
    for action, resource in operation.permissions:
        if not permitted(action, resource, operation, principal, moto):
            raise denied(principal, action, resource)


def permitted(action: str, resource: str, operation: Operation, principal: Principal, moto: MotoBackend) -> bool:
    if principal.kind == "root":
        return True
    context = {
        "aws:PrincipalArn": principal.arn,
        "aws:PrincipalAccount": principal.account,
        "aws:userid": principal.user_id,
        "aws:SecureTransport": "true",
        **operation.context,
    }
    if principal.kind == "user":
        context["aws:username"] = principal.name
    return allows(moto.policies(principal), action, resource, context)


def denied(principal: Principal, action: str, resource: str) -> Refusal:
    return Refusal(
        "denied",
        f"User: {principal.arn} is not authorized to perform: {action} on resource: {resource} because no "
        f"identity-based policy allows the {action} action",
    )


def check_trust(operation: Operation, principal: Principal, moto: MotoBackend) -> None:
    """moto lets anybody assume roles that do not even exist."""
    trust = moto.trust_policy(operation.resource)
    trusted = {principal.arn, principal.account, f"arn:aws:iam::{principal.account}:root", "*"}
    for statement in listed((trust or {}).get("Statement")):
        who = statement.get("Principal", {})
        names = [who] if isinstance(who, str) else listed(who.get("AWS"))
        allowed = statement.get("Effect") == "Allow" and trusted & set(names)
        if allowed and any(matches(each, "sts:AssumeRole") for each in listed(statement.get("Action"))):
            return
    raise denied(principal, "sts:AssumeRole", operation.resource)


def check_web_identity(request: Request, operation: Operation, token: str, moto: MotoBackend) -> None:
    form = request.form()
    if form.get("WebIdentityToken") != token:
        raise Refusal(
            "exact", "No OpenIDConnect provider found for this token", status=400, code="InvalidIdentityToken"
        )
    if moto.trust_policy(operation.resource) is None:
        raise Refusal("denied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
