"""moto in this very process, as a WSGI application: no second port, and its state is read without a call."""

from __future__ import annotations

import base64
import datetime
import io
import json
import secrets
import sys
import threading

import moto.iam.models
import moto.s3.models
import moto.ses.models
import moto.sns.models
import moto.ssm.models
import moto.sts.models
from moto.core import DEFAULT_ACCOUNT_ID
from moto.moto_api._internal.models import moto_api_backend
from moto.secretsmanager.models import secretsmanager_backends
from moto.server import DomainDispatcherApplication, create_backend_app

from .clock import Clock
from .keys import Key, Principal, UserKeys
from .wire import Request, Response

ACCOUNT = DEFAULT_ACCOUNT_ID
PARTITION = "aws"


class MotoBackend:
    """moto is not safe for threads and its conditional writes are not atomic: one call at a time."""

    def __init__(self, clock: Clock) -> None:
        self._application = DomainDispatcherApplication(create_backend_app)
        self._lock = threading.RLock()
        # moto's secrets are alphanumeric; those of AWS hold `/` and `+`, which is where clients break.
        moto.iam.models.random_alphanumeric = lambda length: base64.b64encode(secrets.token_bytes(length))[
            :length
        ].decode()
        # Times of S3 are compared with the Date of S3, so both must come from one clock.
        for module in (moto.s3.models, moto.ssm.models):
            module.utcnow = lambda: clock.utc().replace(tzinfo=None)
        for module in (moto.iam.models, moto.sts.models):
            # IAM and STS show whole seconds.
            module.utcnow = lambda: clock.utc().replace(tzinfo=None, microsecond=0)

    def reset(self) -> None:
        with self._lock:
            moto_api_backend.reset()

    def call(self, request: Request, key_id: str, region: str, service: str) -> Response:
        """Carries the request out with its signature replaced, so that presigned and header-signed ones look alike."""
        environ = _environ(request, key_id, region, "ses" if service == "sesv2" else service)
        collected: dict = {}

        def start_response(status: str, headers: list, _exc_info: object = None) -> None:
            collected.update(status=int(status.split(" ")[0]), headers=headers)

        with self._lock:
            chunks = self._application(environ, start_response)
            body = b"".join(chunks)
            getattr(chunks, "close", lambda: None)()
        hop = ("content-length", "connection", "server", "date", "transfer-encoding", "access-control-allow-origin")
        headers = [(name, value) for name, value in collected["headers"] if name.lower() not in hop]
        if request.method == "HEAD":
            headers += [(name, value) for name, value in collected["headers"] if name.lower() == "content-length"]
        return Response(collected["status"], headers, body)

    @property
    def iam(self):
        return moto.iam.models.iam_backends[ACCOUNT][PARTITION]

    def user_keys(self) -> UserKeys:
        with self._lock:
            return {
                key.access_key_id: (key.secret_access_key, key.status, _principal(user))
                for user in self.iam.users.values()
                for key in user.access_keys
            }

    def sessions(self) -> list[Key]:
        with self._lock:
            roles = moto.sts.models.sts_backends[ACCOUNT][PARTITION].assumed_roles
            return [
                Key(
                    role.access_key_id,
                    role.secret_access_key,
                    Principal("role", role.role_arn.split("/")[-1], role.arn, role.user_id, ACCOUNT),
                    role.session_token,
                    role.expiration.replace(tzinfo=datetime.UTC).timestamp(),
                )
                for role in roles
            ]

    def policies(self, principal: Principal) -> list[dict]:
        """The identity policies that apply to a user or a role now."""
        with self._lock:
            if principal.kind == "user":
                user = self.iam.users.get(principal.name)
                groups = [group for group in self.iam.groups.values() if user in group.users] if user else []
                holders = [user, *groups] if user else []
            else:
                holders = [role for role in self.iam.roles.values() if role.name == principal.name]
            texts = [text for holder in holders for text in holder.policies.values()]
            attached = [policy for holder in holders for policy in holder.managed_policies.values()]
            texts += [version.document for policy in attached for version in policy.versions if version.is_default]
        return [json.loads(text) if isinstance(text, str) else text for text in texts]

    def trust_policy(self, role_arn: str) -> dict | None:
        """Who may assume a role; None when there is no such role."""
        with self._lock:
            texts = [role.assume_role_policy_document for role in self.iam.roles.values() if role.arn == role_arn]
        return json.loads(texts[0]) if texts else None

    def user_arn(self, name: str) -> str:
        with self._lock:
            user = self.iam.users.get(name)
        return user.arn if user else f"arn:{PARTITION}:iam::{ACCOUNT}:user/{name}"

    def user_tags(self, arn: str) -> dict[str, str]:
        """Empty for what is no user."""
        with self._lock:
            found = [user for user in self.iam.users.values() if user.arn == arn]
            tags = self.iam.tagger.get_tag_dict_for_resource(arn) if found else {}
            return {key: value or "" for key, value in tags.items()}

    def bucket_region(self, name: str) -> str | None:
        with self._lock:
            bucket = moto.s3.models.s3_backends[ACCOUNT][PARTITION].buckets.get(name)
        return bucket.region_name if bucket else None

    def secret_arn(self, secret_id: str, region: str) -> str:
        with self._lock:
            secret = secretsmanager_backends[ACCOUNT][region].secrets.get(secret_id)
        return secret.arn if secret else f"arn:{PARTITION}:secretsmanager:{region}:{ACCOUNT}:secret:{secret_id}-??????"

    def identity_arn(self, sender: str, region: str) -> str:
        """The identity that lets somebody send from this address: the address itself, or its domain."""
        domain = sender.rpartition("@")[2]
        with self._lock:
            identities = moto.ses.models.ses_backends[ACCOUNT][region].email_identities
            name = domain if sender not in identities and domain in identities else sender
        return f"arn:{PARTITION}:ses:{region}:{ACCOUNT}:identity/{name}"

    def sent(self, region: str) -> list[dict]:
        """The mails and the messages of topics, each in the order of arrival."""
        with self._lock:
            mails = moto.ses.models.ses_backends[ACCOUNT][region].sent_messages
            topics = moto.sns.models.sns_backends[ACCOUNT][region].topics
            sent = [
                {
                    "from": mail.source,
                    "to": mail.destinations.get("ToAddresses", []),
                    "subject": mail.subject,
                    "text": mail.body,
                }
                for mail in mails
            ]
            for arn, topic in topics.items():
                for _, text, subject, attributes, _ in topic.sent_notifications:
                    values = {name: value.get("Value") for name, value in (attributes or {}).items()}
                    sent.append({"topic": arn, "subject": subject, "text": text, "attributes": values})
        return sent

    def secret_is_deleted(self, secret_id: str, region: str) -> bool:
        with self._lock:
            secret = secretsmanager_backends[ACCOUNT][region].secrets.get(secret_id)
            return secret is not None and secret.is_deleted()

    def settle_secret(self, secret_id: str, region: str) -> None:
        """moto reads the version that was current first, whichever has the label now."""
        with self._lock:
            secret = secretsmanager_backends[ACCOUNT][region].secrets.get(secret_id)
            for version_id, version in secret.versions.items() if secret else ():
                if "AWSCURRENT" in version["version_stages"]:
                    secret.set_default_version_id(version_id)


def _principal(user: moto.iam.models.User) -> Principal:
    return Principal("user", user.name, user.arn, user.id, ACCOUNT)


def _environ(request: Request, key_id: str, region: str, service: str) -> dict:
    query = "&".join(part for part in request.raw_query.split("&") if part.partition("=")[0] not in _PRESIGNED)
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path.encode().decode("latin-1"),
        "RAW_URI": request.raw_path + ("?" + query if query else ""),
        "REQUEST_URI": request.raw_path + ("?" + query if query else ""),
        "QUERY_STRING": query,
        "HTTP_HOST": "localhost",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(request.body)),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.without_headers("Content-Length", "Authorization", "Transfer-Encoding", "Expect"):
        key = name.upper().replace("-", "_")
        environ["CONTENT_TYPE" if key == "CONTENT_TYPE" else "HTTP_" + key] = value
    environ["HTTP_AUTHORIZATION"] = (
        f"AWS4-HMAC-SHA256 Credential={key_id}/20260101/{region}/{service}/aws4_request, "
        "SignedHeaders=host, Signature=verified"
    )
    return environ


_PRESIGNED = {
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
    "X-Amz-Security-Token",
}
