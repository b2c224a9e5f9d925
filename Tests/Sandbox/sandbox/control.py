"""The tests' own interface, plain HTTP and JSON on a second loopback port: settings, faults, set-up, what was seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qs

import boto3
import botocore.exceptions
from botocore.config import Config

from .faults import FaultError
from .front import Front, Handler, Server
from .metadata import metadata
from .settings import SettingError
from .wire import Request, Response
from .world import REGION, World


class ControlError(ValueError):
    """A control request that cannot be carried out, with what is wrong with it."""


class ControlHandler(Handler):
    server: Control

    def _answer(self) -> None:
        request = self.read_request()
        self.send(metadata(self.server.world, request) or self.server.answer(request))

    do_GET = do_PUT = do_POST = do_DELETE = _answer


class Control(Server):
    def __init__(self, world: World, front: Front, authority: str) -> None:
        super().__init__(("127.0.0.1", 0), ControlHandler)
        self.world = world
        self._endpoint = f"https://127.0.0.1:{front.port}"
        self._authority = authority
        self._clients: dict = {}
        self._routes: dict[tuple[str, str], Callable[[Request], object]] = {
            ("GET", "/health"): lambda _: {"healthy": True},
            ("GET", "/settings"): lambda _: vars(world.settings),
            ("PUT", "/settings"): lambda request: world.change_settings(_document(request)) or vars(world.settings),
            ("GET", "/faults"): lambda _: world.faults.all(),
            ("POST", "/faults"): lambda request: vars(world.faults.add(_document(request))),
            ("DELETE", "/faults"): lambda _: world.faults.clear() or {},
            ("GET", "/requests"): self._requests,
            ("GET", "/sent"): lambda _: world.moto.sent(REGION),
            ("POST", "/users"): self._user,
            ("POST", "/call"): self._call,
            ("POST", "/reset"): lambda _: world.reset() or {},
        }

    def answer(self, request: Request) -> Response:
        route = self._routes.get((request.method, request.raw_path))
        if route is None:
            known = ", ".join(f"{method} {path}" for method, path in self._routes)
            return _json(404, {"error": f"no {request.method} {request.raw_path}; there are: {known}"})
        try:
            return _json(200, route(request))
        except (FaultError, SettingError, ControlError) as error:
            return _json(400, {"error": str(error)})
        except botocore.exceptions.ClientError as error:
            return _json(409, {"error": str(error), "code": error.response["Error"]["Code"]})
        except botocore.exceptions.BotoCoreError as error:
            return _json(400, {"error": str(error)})

    def _requests(self, request: Request) -> object:
        return self.world.seen.after(int(parse_qs(request.raw_query).get("after", ["0"])[0]))

    def _call(self, request: Request) -> object:
        """Any operation of boto3, as root, out of reach of faults: {"service", "operation", "parameters", "region"}."""
        document = _document(request)
        for name in ("service", "operation"):
            if not isinstance(document.get(name), str):
                raise ControlError(f"a call has a text '{name}'")
        service = document["service"]
        return self._aws(service, document["operation"], document.get("parameters", {}), document.get("region"))

    def _user(self, request: Request) -> object:
        """Makes a user with one inline policy and one access key: {"name", "policy"}. The answer holds the secret."""
        document = _document(request)
        if not isinstance(document.get("name"), str):
            raise ControlError("a user has a text 'name'")
        name = {"UserName": document["name"]}
        made = self._aws("iam", "create_user", name)["User"]
        if document.get("policy") is not None:
            text = json.dumps(document["policy"])
            self._aws("iam", "put_user_policy", {**name, "PolicyName": "sandbox", "PolicyDocument": text})
        key = self._aws("iam", "create_access_key", name)["AccessKey"]
        return {"arn": made["Arn"], "access_key_id": key["AccessKeyId"], "secret_access_key": key["SecretAccessKey"]}

    def _aws(self, service: str, operation: str, parameters: dict, region: str | None = None) -> dict:
        # With an endpoint of one's own, boto3 signs IAM for the client's region too, which AWS refuses.
        region = region or ("us-east-1" if service == "iam" else REGION)
        if (service, region) not in self._clients:
            operator = self.world.operator
            self._clients[service, region] = boto3.client(
                service,
                region_name=region,
                endpoint_url=self._endpoint,
                verify=self._authority,
                aws_access_key_id=operator.id,
                aws_secret_access_key=operator.secret,
                config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
            )
        method = getattr(self._clients[service, region], operation, None)
        if method is None:
            raise ControlError(f"boto3's {service} has no {operation!r}; names are like 'create_user'")
        answer = method(**parameters)
        answer.pop("ResponseMetadata", None)
        if "Body" in answer:
            answer["Body"] = answer["Body"].read().decode("utf-8", "replace")
        return answer


def _document(request: Request) -> dict:
    try:
        document = json.loads(request.body)
    except ValueError as error:
        raise ControlError(f"the body is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise ControlError("the body is a JSON object")
    return document


def _json(status: int, value: object) -> Response:
    return Response(status, [("Content-Type", "application/json")], json.dumps(value, default=str).encode())
