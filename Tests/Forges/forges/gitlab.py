"""GitLab's CI/CD variables: https://docs.gitlab.com/api/project_level_variables/"""

from __future__ import annotations

import re

from .server import Answer, Forge, Refusal, Request, Token


def _error(status: int, message: object, headers: dict[str, str] | None = None) -> Refusal:
    return Refusal(status, {"message": message}, headers)


class GitLab(Forge):
    """Variables are kept as `KEY` in the scope `*` and as `KEY scope` in another one."""

    name = "gitlab"
    base = "/api/v4"

    def make(self, place: str, environments: list[str]) -> None:
        # A group is made as `groups/NAME`: the API keeps the two apart.
        self.places[place] = {}

    def write(self, place: str, name: str, variable: dict) -> None:
        key, _, scope = name.partition(" ")
        if "value" not in variable:
            self.places[place].pop(name, None)
            return
        usual = {"masked": False, "protected": False, "raw": False, "variable_type": "env_var", "description": None}
        self.places[place][name] = usual | variable | {"key": key, "environment_scope": scope or "*"}

    def token(self, headers: dict[str, str]) -> str | None:
        return headers.get("private-token")

    def unauthorized(self) -> Refusal:
        return _error(401, "401 Unauthorized")

    def forbidden(self) -> Refusal:
        body = {
            "error": "insufficient_scope",
            "error_description": "The request requires higher privileges than provided by the access token.",
            "scope": "api read_api",
        }
        return Refusal(403, body)

    def limited(self, retry_after: str) -> Refusal:
        return Refusal(429, "Retry later", {"Retry-After": retry_after})

    def missing(self) -> Refusal:
        return _error(404, "404 Project Not Found")

    def handle(self, request: Request, token: Token) -> Answer:
        match request.segments:
            case ["projects", project, "variables", *rest]:
                return self.at(project, rest, request, token)
            case ["groups", group, "variables", *rest]:
                if f"groups/{group}" not in self.places:
                    raise _error(404, "404 Group Not Found")
                return self.at(f"groups/{group}", rest, request, token)
        raise Refusal(404, {"error": "404 Not Found"})

    def at(self, place: str, rest: list[str], request: Request, token: Token) -> Answer:
        held = self.find(place, token)
        if request.method == "POST" and not rest:
            body = self.body(request)
            name = self.stored_name(body["key"], body.get("environment_scope", "*"))
            if name in held:
                raise _error(400, {"key": [f"({body['key']}) has already been taken"]})
            self.write(place, name, body)
            return Answer(201, held[name])
        if len(rest) != 1 or request.method not in ("GET", "PUT"):
            raise Refusal(405, {"error": "405 Not Allowed"})
        name = self.one(place, held, rest[0], request.query)
        if request.method == "PUT":
            body = self.body(request)
            self.write(place, name, held[name] | body)
        return Answer(200, held[name])

    def stored_name(self, key: str, scope: str) -> str:
        return key if scope == "*" else f"{key} {scope}"

    def one(self, place: str, held: dict, key: str, query: dict[str, str]) -> str:
        scope = query.get("filter[environment_scope]")
        if place.startswith("groups/") and self.settings.get("ignores_group_filter"):
            found = [name for name, variable in held.items() if variable["key"] == key][:1]
        else:
            found = [
                name
                for name, variable in held.items()
                if variable["key"] == key and scope in (None, variable["environment_scope"])
            ]
        if not found:
            raise _error(404, "404 Variable Not Found")
        if len(found) > 1:
            raise _error(
                409, "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'"
            )
        return found[0]

    def body(self, request: Request) -> dict:
        body = request.body if isinstance(request.body, dict) else {}
        key, value = body.get("key"), body.get("value")
        if not isinstance(key, str) or not re.fullmatch(r"[A-Za-z0-9_]{1,255}", key) or not isinstance(value, str):
            raise Refusal(400, {"error": "key is missing, value is missing"})
        # https://docs.gitlab.com/ci/variables/#mask-a-cicd-variable
        if body.get("masked") and not re.fullmatch(r"\S{8,}", value):
            raise _error(400, {"value": ["is invalid"]})
        return body
