"""Which operation a request calls, on what, and which permissions it needs."""

from __future__ import annotations

from dataclasses import dataclass, field

from .keys import Principal
from .moto_backend import ACCOUNT, PARTITION, MotoBackend
from .s3_operations import s3_operation
from .wire import Request

# Services by the first part of X-Amz-Target, for requests without a signature.
TARGETS = {"AmazonSSM": "ssm", "secretsmanager": "secretsmanager", "TrentService": "kms"}
VERSIONS = {"2010-05-08": "iam", "2011-06-15": "sts", "2010-03-31": "sns", "2010-12-01": "ses"}
# Operations that are named by nothing but method and path.
REST = {("sesv2", "POST /v2/email/outbound-emails"): "SendEmail"}
# Services whose actions have another prefix.
ACTIONS = {"sesv2": "ses"}
FREE = {("sts", "GetCallerIdentity"), ("sts", "AssumeRoleWithWebIdentity")}


@dataclass
class Operation:
    """One call: `resource` is the name that faults and the request list go by (object, parameter or user name);
    `permissions` are (action, resource ARN) pairs that must all be allowed."""

    service: str
    name: str
    resource: str = ""
    permissions: list[tuple[str, str]] = field(default_factory=list)
    context: dict[str, str] = field(default_factory=dict)


def unsigned_service(request: Request) -> str:
    target = (request.header("X-Amz-Target") or "").partition(".")[0]
    if target in TARGETS:
        return TARGETS[target]
    return VERSIONS.get(request.form().get("Version", ""), "s3")


def operation(request: Request, service: str, region: str, principal: Principal | None, moto: MotoBackend) -> Operation:
    if service == "s3":
        name, bucket, key, permissions, context = s3_operation(request)
        return Operation(service, name, f"{bucket}/{key}" if key else bucket, permissions, context)
    if service in VERSIONS.values() and not request.raw_path.startswith("/v2/"):
        form = request.form()
        name = form.get("Action", "")
        resource, arns = _query_resource(service, form, principal, moto)
    else:
        document = request.json()
        called = f"{request.method} {request.raw_path}"
        name = (request.header("X-Amz-Target") or "").rpartition(".")[2] or REST.get((service, called), called)
        resource, arns = _json_resource(service, document, region, moto)
    found = Operation(service, name, resource, context=_tags(service, arns, moto))
    if (service, name) not in FREE:
        found.permissions = [(f"{ACTIONS.get(service, service)}:{name}", arn) for arn in arns]
    return found


def _query_resource(service: str, form: dict[str, str], caller: Principal | None, moto: MotoBackend):
    action = form.get("Action", "")
    if service == "iam":
        if action == "GetAccessKeyLastUsed":
            keys = moto.user_keys()
            key = keys.get(form.get("AccessKeyId", ""))
            return form.get("AccessKeyId", ""), [key[2].arn if key else "*"]
        name = form.get("UserName") or (caller.name if caller and caller.kind == "user" and _on_a_user(action) else "")
        if name:
            return name, [moto.user_arn(name)]
        for parameter, kind in (("RoleName", "role"), ("GroupName", "group"), ("PolicyName", "policy")):
            if parameter in form:
                return form[parameter], [f"arn:{PARTITION}:iam::{ACCOUNT}:{kind}/{form[parameter]}"]
        return form.get("PathPrefix", ""), [form.get("PolicyArn", "*")]
    if service == "sts":
        return form.get("RoleArn", ""), [form.get("RoleArn", "*")]
    return form.get("TopicArn", ""), [form.get("TopicArn", "*")]


def _tags(service: str, arns: list[str], moto: MotoBackend) -> dict[str, str]:
    """The condition keys that a user's tags are."""
    if service != "iam":
        return {}
    return {f"iam:ResourceTag/{key}": value for arn in arns for key, value in moto.user_tags(arn).items()}


def _on_a_user(action: str) -> bool:
    """Whether the call means the caller when it names no user."""
    return "AccessKey" in action or action == "GetUser"


def _json_resource(service: str, document: dict, region: str, moto: MotoBackend) -> tuple[str, list[str]]:
    if service == "ssm":
        names = document.get("Names") or [
            document.get("Name") or document.get("Path") or document.get("ResourceId") or ""
        ]
        names = [name for name in names if isinstance(name, str)]
        return ",".join(names), [_parameter_arn(name, region) for name in names]
    if service == "secretsmanager":
        name = str(document.get("SecretId") or document.get("Name") or "")
        return name, [name if name.startswith("arn:") else moto.secret_arn(name, region) if name else "*"]
    if service == "sesv2" and "FromEmailAddress" in document:
        sender = str(document["FromEmailAddress"])
        return sender, [moto.identity_arn(sender, region)]
    return "", ["*"]


def _parameter_arn(name: str, region: str) -> str:
    """Selectors (`name:3`) are not part of the ARN, and a leading slash occurs once."""
    if not name:
        return "*"
    if name.startswith("arn:"):
        return ":".join(name.split(":")[:6])
    return f"arn:{PARTITION}:ssm:{region}:{ACCOUNT}:parameter/{name.partition(':')[0].lstrip('/')}"
