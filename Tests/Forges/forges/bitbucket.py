"""Bitbucket Cloud's pipeline variables: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pipelines/"""

from __future__ import annotations

import base64
import urllib.parse
import uuid

from .server import Answer, Forge, Refusal, Request, Token


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> Refusal:
    return Refusal(status, {"type": "error", "error": {"message": message}}, headers)


class Bitbucket(Forge):
    name = "bitbucket"
    base = "/2.0"

    def reset(self) -> None:
        super().reset()
        # Of a repository: the names of its environments and their UUIDs.
        self.environments: dict[str, dict[str, str]] = {}

    def make(self, place: str, environments: list[str]) -> None:
        super().make(place, environments)
        self.environments[place] = {}
        for environment in environments:
            self.environments[place][environment] = f"{{{uuid.uuid4()}}}"
            self.places[f"{place} {environment}"] = {}

    def write(self, place: str, name: str, variable: dict) -> None:
        variables = self.places[place]
        old = variables.pop(name, None)
        if "value" in variable:
            number = old["uuid"] if old else f"{{{uuid.uuid4()}}}"
            variables[name] = {"uuid": number, "value": variable["value"], "secured": variable.get("secured", False)}

    def token(self, headers: dict[str, str]) -> str | None:
        kind, _, value = headers.get("authorization", "").partition(" ")
        if kind == "Bearer":
            return value
        if kind == "Basic":
            # An API token goes with its account's address.
            account, _, token = base64.b64decode(value).decode().partition(":")
            return token if "@" in account else None
        return None

    def unauthorized(self) -> Refusal:
        return _error(401, "Token is invalid, expired, or not supported for this endpoint.")

    def forbidden(self) -> Refusal:
        return _error(403, "Your credentials lack one or more required privilege scopes.")

    def limited(self, retry_after: str) -> Refusal:
        return _error(429, "Rate limit for this resource has been exceeded", {"Retry-After": retry_after})

    def missing(self) -> Refusal:
        return _error(404, "Repository not found")

    def handle(self, request: Request, token: Token) -> Answer:
        match request.segments:
            case ["repositories", workspace, repository, "environments"] if request.method == "GET":
                place = f"{workspace}/{repository}"
                self.find(place, token)
                found = [
                    {"type": "deployment_environment", "uuid": number, "name": name, "slug": name.lower()}
                    for name, number in self.environments[place].items()
                ]
                return self.list(found, request)
            case ["repositories", workspace, repository, "pipelines_config", "variables", *rest]:
                return self.variables(f"{workspace}/{repository}", rest, request, token)
            case ["repositories", workspace, repository, "deployments_config", "environments", number, kind, *rest]:
                place = f"{workspace}/{repository}"
                if kind != "variables":
                    raise _error(404, "Resource not found")
                self.find(place, token)
                self.check_uuid(request, number)
                names = {other: name for name, other in self.environments[place].items()}
                if number not in names:
                    raise _error(404, "Environment not found")
                return self.variables(f"{place} {names[number]}", rest, request, token)
            case ["workspaces", workspace, "pipelines-config", "variables", *rest]:
                return self.variables(workspace, rest, request, token)
        raise _error(404, "Resource not found")

    def check_uuid(self, request: Request, number: str) -> None:
        if urllib.parse.quote(number, safe="") not in request.raw_path or not number.startswith("{"):
            raise _error(400, "Unexpected response body")

    def variables(self, place: str, rest: list[str], request: Request, token: Token) -> Answer:
        variables = self.find(place, token)
        if request.method == "GET" and not rest:
            return self.list([self.shown(name, variable) for name, variable in variables.items()], request)
        if request.method == "POST" and not rest:
            name, value, secured = self.body(request)
            if name in variables:
                raise _error(409, f"A variable with key {name} already exists")
            self.write(place, name, {"value": value, "secured": secured})
            return Answer(201, self.shown(name, variables[name]))
        if request.method == "PUT" and len(rest) == 1:
            self.check_uuid(request, rest[0])
            name, value, secured = self.body(request)
            old = next((key for key, variable in variables.items() if variable["uuid"] == rest[0]), None)
            if old is None:
                raise _error(404, "Variable not found")
            if old != name:
                raise _error(400, "The key of a variable cannot be changed by this server")
            variables[name].update(value=value, secured=secured)
            return Answer(200, self.shown(name, variables[name]))
        raise _error(405, "Method not allowed")

    def body(self, request: Request) -> tuple[str, str, bool]:
        match request.body:
            case {"key": str(name), "value": str(value), "secured": bool(secured)} if name:
                return name, value, secured
        raise _error(400, "key, value and secured are required")

    def shown(self, name: str, variable: dict) -> dict:
        shown = {"type": "pipeline_variable", "uuid": variable["uuid"], "key": name, "secured": variable["secured"]}
        return shown if variable["secured"] else shown | {"value": variable["value"]}

    def list(self, items: list[dict], request: Request) -> Answer:
        values, number, size, has_more = self.page(items, request.query, "pagelen", 100)
        page = {"page": number, "pagelen": size, "size": len(items), "values": values}
        if has_more and not self.settings.get("omits_next"):
            query = urllib.parse.urlencode({"pagelen": size, "page": number + 1})
            page["next"] = str(self.settings.get("next_origin", self.origin)) + f"{request.raw_path}?{query}"
        return Answer(200, page)
