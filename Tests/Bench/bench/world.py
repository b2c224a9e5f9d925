"""What the server says: one managed user, its published keys, and the check-ins of any number of hosts."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from .server import Answer, Request

REGION = "eu-west-1"
BUCKET = "bench-accesskey-update"
USER = "backup"
PARAMETER = f"/keybaton/{USER}"
NEW = ("AKIABENCH0000000NEW1", "benchNEWsecret0000000000000000000000NEW1")
OLD = ("AKIABENCH0000000OLD1", "benchOLDsecret0000000000000000000000OLD1")
PAGE = 1000


@dataclass
class World:
    hosts: int = 0
    body_size: int = 1000
    """Of each check-in, in bytes."""
    old_lives: bool = False
    """Whether IAM still has OLD: if so, the acknowledgements of all hosts are read and verified."""
    objects: dict[str, bytes] = field(default_factory=dict)
    """What was put and may be read again: the journal and the dashboard's view."""

    def __post_init__(self) -> None:
        self._written = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        self._made = self._written - timedelta(days=1)

    def answer(self, request: Request) -> Answer:
        match request.operation:
            case "GetParameter":
                return _json({"Parameter": self._parameter()})
            case "GetCallerIdentity":
                arn = f"arn:aws:iam::123456789012:user/{USER}"
                return _query(
                    request.operation,
                    f"<Arn>{arn}</Arn><UserId>AIDABENCH0000000USER</UserId><Account>123456789012</Account>",
                    version="https://sts.amazonaws.com/doc/2011-06-15/",
                )
            case "ListAccessKeys":
                return _query(request.operation, self._keys())
            case "GetAccessKeyLastUsed":
                never = "<AccessKeyLastUsed><ServiceName>N/A</ServiceName><Region>N/A</Region></AccessKeyLastUsed>"
                return _query(request.operation, f"<UserName>{USER}</UserName>{never}")
            case "ListObjectsV2":
                return self._listing(parse_qs(urlsplit(request.target).query))
            case "GetObject":
                return self._object(_key(request))
            case "PutObject":
                key = _key(request)
                if key.startswith(("state/", "view/")):
                    self.objects[key] = request.body
                return Answer(headers={"ETag": _etag(request.body)})
        return Answer(status=501)

    def _parameter(self) -> dict:
        blocks = [("NEW", NEW), ("OLD", OLD)]
        text = "".join(
            f"{marker}\naws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n"
            for marker, (key_id, secret) in blocks
        )
        return {
            "Name": PARAMETER,
            "Type": "SecureString",
            "Value": text,
            "Version": 2,
            "LastModifiedDate": self._made.timestamp(),
        }

    def _keys(self) -> str:
        living = [NEW, OLD] if self.old_lives else [NEW]
        members = "".join(
            f"<member><UserName>{USER}</UserName><AccessKeyId>{key_id}</AccessKeyId><Status>Active</Status>"
            f"<CreateDate>{_iso(self._made)}</CreateDate></member>"
            for key_id, _ in living
        )
        return f"<AccessKeyMetadata>{members}</AccessKeyMetadata><IsTruncated>false</IsTruncated>"

    def _listing(self, query: dict[str, list[str]]) -> Answer:
        if query.get("prefix") == ["view/"]:
            return _list("view/", [_listed(key, self._written, body) for key, body in self._views()])
        if query.get("prefix") != [f"acks/{USER}/"]:
            return Answer(status=501)
        first = int(query.get("continuation-token", ["0"])[0])
        last = min(first + PAGE, self.hosts)
        contents = [
            f"<Contents><Key>acks/{USER}/{NEW[0]}/{_host(number)}.json</Key>"
            f"<LastModified>{_iso(self._written)}</LastModified><ETag>&quot;{number:032x}&quot;</ETag>"
            f"<Size>{self.body_size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
            for number in range(first, last)
        ]
        return _list(query["prefix"][0], contents, str(last) if last < self.hosts else None)

    def _views(self) -> list[tuple[str, bytes]]:
        return sorted((key, body) for key, body in self.objects.items() if key.startswith("view/"))

    def _object(self, key: str) -> Answer:
        modified = {"Last-Modified": format_datetime(self._written, usegmt=True)}
        if key in self.objects:
            body = self.objects[key]
            return Answer(body, modified | {"ETag": _etag(body)})
        if key.startswith(f"acks/{USER}/{NEW[0]}/"):
            body = self._check_in(key.rpartition("/")[2].removesuffix(".json"))
            proof = hmac.new(NEW[1].encode(), b"keybaton check-in v1\n" + body, hashlib.sha256).hexdigest()
            return Answer(body, modified | {"ETag": _etag(body), "x-amz-meta-keybaton-proof": proof})
        missing = "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"
        return Answer(missing.encode(), {"Content-Type": "application/xml"}, 404)

    def _check_in(self, host: str) -> bytes:
        said = {
            "format": 1,
            "host": host,
            "host_name": host,
            "user": USER,
            "parameter": PARAMETER,
            "parameter_version": 2,
            "key_id": NEW[0],
            "started_at": _iso(self._written),
            "finished_at": _iso(self._written),
            "targets": [],
            "agent_version": "0.1.0",
            "operating_system": "",
            "architecture": "x86_64",
        }
        padding = self.body_size - len(json.dumps(said))
        return json.dumps(said | {"operating_system": "x" * max(0, padding)}).encode()


def _listed(key: str, modified: datetime, body: bytes) -> str:
    return (
        f"<Contents><Key>{key}</Key><LastModified>{_iso(modified)}</LastModified>"
        f"<ETag>{escape(_etag(body), {chr(34): '&quot;'})}</ETag><Size>{len(body)}</Size></Contents>"
    )


def _list(prefix: str, contents: list[str], more: str | None = None) -> Answer:
    token = f"<NextContinuationToken>{more}</NextContinuationToken>" if more else ""
    return _xml(
        f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>{BUCKET}</Name>'
        f"<Prefix>{escape(prefix)}</Prefix><EncodingType>url</EncodingType><MaxKeys>{PAGE}</MaxKeys>"
        f"<IsTruncated>{str(more is not None).lower()}</IsTruncated><KeyCount>{len(contents)}</KeyCount>"
        f"{''.join(contents)}{token}</ListBucketResult>"
    )


def _host(number: int) -> str:
    return f"host-{number:05}"


def _key(request: Request) -> str:
    return unquote(urlsplit(request.target).path).removeprefix(f"/{BUCKET}/")


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def _iso(date: datetime) -> str:
    return date.strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(value: dict) -> Answer:
    return Answer(json.dumps(value).encode(), {"Content-Type": "application/x-amz-json-1.1"})


def _xml(text: str) -> Answer:
    return Answer(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode(), {"Content-Type": "application/xml"})


def _query(operation: str, result: str, version: str = "https://iam.amazonaws.com/doc/2010-05-08/") -> Answer:
    return _xml(
        f'<{operation}Response xmlns="{version}"><{operation}Result>{result}'
        f"</{operation}Result><ResponseMetadata><RequestId>bench</RequestId></ResponseMetadata></{operation}Response>"
    )
