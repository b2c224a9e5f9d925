"""S3's rules that moto does not know."""

from __future__ import annotations

from .authorization import denied, permitted
from .keys import Principal
from .moto_backend import ACCOUNT
from .operations import Operation
from .refusal import Refusal, exact, permanent_redirect
from .refusal import response as refused
from .sigv4 import Signature
from .wire import Request, Response
from .world import World


def before_s3(world: World, request: Request, signature: Signature) -> None:
    bucket = request.path.lstrip("/").partition("/")[0]
    region = world.moto.bucket_region(bucket)
    if region is not None and region != signature.region:
        raise permanent_redirect(bucket, region)
    owner = request.header("x-amz-expected-bucket-owner")
    if owner is not None and owner != ACCOUNT:
        raise Refusal("denied", "Access Denied")
    condition = request.header("If-None-Match")
    if request.method == "PUT" and condition is not None and condition != "*":
        raise exact(
            501,
            "NotImplemented",
            "A header you provided implies functionality that is not implemented",
            Header="If-None-Match",
        )


def after_s3(world: World, response: Response, call: Operation, principal: Principal) -> Response:
    """Whether an object exists is told only to those who may list its bucket."""
    if response.status == 404 and call.name in ("GetObject", "HeadObject"):
        arn = "arn:aws:s3:::" + call.resource.partition("/")[0]
        if not permitted("s3:ListBucket", arn, call, principal, world.moto):
            return refused(denied(principal, "s3:ListBucket", arn), "s3")
    unknown_to_s3 = set()
    if call.name == "PutObject":
        unknown_to_s3.add("last-modified")  # a client that read it here would find nothing on AWS
    if not response.body and call.name != "HeadObject":
        unknown_to_s3.add("content-type")
    response.headers = [each for each in response.headers if each[0].lower() not in unknown_to_s3]
    return response
