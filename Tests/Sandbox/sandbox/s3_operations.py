"""S3's operations, told by method, path and subresource."""

from __future__ import annotations

import re
from urllib.parse import unquote

from .wire import Request

# subresource: the part of the operation's and the action's name
_BUCKET_SUBRESOURCES = {
    "versioning": "BucketVersioning",
    "policy": "BucketPolicy",
    "lifecycle": "LifecycleConfiguration",
    "tagging": "BucketTagging",
    "encryption": "EncryptionConfiguration",
    "publicAccessBlock": "BucketPublicAccessBlock",
    "acl": "BucketAcl",
    "notification": "BucketNotification",
}
_VERBS = {"GET": "Get", "HEAD": "Head", "PUT": "Put", "DELETE": "Delete", "POST": "Post"}

_VIRTUAL_HOST = re.compile(r"(.+)\.localhost(:[0-9]+)?")

S3Operation = tuple[str, str, str, list[tuple[str, str]], dict[str, str]]


def path_style(request: Request) -> Request:
    """The request with its bucket in the path, also if it was sent to `bucket.localhost`. Never before the signature is
    checked: that covers the request as it was sent."""
    bucket = _VIRTUAL_HOST.fullmatch(request.header("Host") or "")
    if bucket is None:
        return request
    target = f"/{bucket[1]}{'' if request.raw_path == '/' else request.raw_path}"
    headers = [*request.without_headers("Host"), ("Host", "localhost")]
    return Request(
        request.method, target + (f"?{request.raw_query}" if request.raw_query else ""), headers, request.body
    )


def s3_operation(request: Request) -> S3Operation:
    """(operation, bucket, key, permissions, condition keys) of a request."""
    bucket, _, key = request.path.lstrip("/").partition("/")
    query = dict(request.query())
    context = {f"s3:{name}": query[name] for name in ("prefix", "delimiter", "max-keys") if name in query}
    for header in ("If-None-Match", "If-Match"):
        if request.header(header) is not None:
            context[f"s3:{header.lower()}"] = request.header(header) or ""
    if not bucket:
        return "ListBuckets", "", "", [("s3:ListAllMyBuckets", "*")], context
    name, actions = _object(request, query) if key else _bucket(request, query)
    arn = f"arn:aws:s3:::{bucket}" + (f"/{key}" if key else "")
    permissions = [(action, arn) for action in actions]
    if name == "DeleteObjects":
        keys = re.findall(r"<Key>([^<]*)</Key>", request.body.decode("utf-8", "replace"))
        permissions = [("s3:DeleteObject", f"arn:aws:s3:::{bucket}/{each}") for each in keys]
    source = request.header("x-amz-copy-source")
    if key and source is not None:
        permissions.append(("s3:GetObject", "arn:aws:s3:::" + unquote(source.partition("?")[0]).lstrip("/")))
    return name, bucket, key, permissions, context


def _bucket(request: Request, query: dict[str, str]) -> tuple[str, list[str]]:
    for subresource, name in _BUCKET_SUBRESOURCES.items():
        if subresource in query:
            verb = _VERBS[request.method]
            # Removing most configurations is a right of those who may write them.
            action = "Put" if verb == "Delete" and subresource != "policy" else verb
            return verb + name, [f"s3:{action}{name}"]
    if "location" in query:
        return "GetBucketLocation", ["s3:GetBucketLocation"]
    if "versions" in query:
        return "ListObjectVersions", ["s3:ListBucketVersions"]
    if "uploads" in query:
        return "ListMultipartUploads", ["s3:ListBucketMultipartUploads"]
    if request.method == "POST" and "delete" in query:
        return "DeleteObjects", []
    names = {"PUT": "CreateBucket", "DELETE": "DeleteBucket", "HEAD": "HeadBucket"}
    if request.method in names:
        return names[request.method], ["s3:ListBucket" if request.method == "HEAD" else f"s3:{names[request.method]}"]
    return ("ListObjectsV2" if query.get("list-type") == "2" else "ListObjects"), ["s3:ListBucket"]


def _object(request: Request, query: dict[str, str]) -> tuple[str, list[str]]:
    version = "Version" if "versionId" in query else ""
    verb = _VERBS[request.method]
    if "tagging" in query:
        return f"{verb}ObjectTagging", [f"s3:{verb}Object{version}Tagging"]
    if "uploads" in query or "uploadId" in query:
        names = {
            "PUT": "UploadPart",
            "DELETE": "AbortMultipartUpload",
            "GET": "ListParts",
            "POST": "CreateMultipartUpload" if "uploads" in query else "CompleteMultipartUpload",
        }
        actions = {"DELETE": "s3:AbortMultipartUpload", "GET": "s3:ListMultipartUploadParts"}
        return names.get(request.method, "HeadObject"), [actions.get(request.method, "s3:PutObject")]
    actions = {"GET": f"s3:GetObject{version}", "HEAD": f"s3:GetObject{version}", "DELETE": f"s3:DeleteObject{version}"}
    return f"{verb}Object", [actions.get(request.method, "s3:PutObject")]
