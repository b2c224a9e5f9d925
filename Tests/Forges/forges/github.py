"""GitHub's Actions secrets and variables: https://docs.github.com/en/rest/actions/secrets"""

from __future__ import annotations

import base64
import binascii
import datetime
import re
import time
import urllib.parse

import nacl.exceptions
import nacl.public

from .server import Answer, Forge, Refusal, Request, Token


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> Refusal:
    return Refusal(status, {"message": message, "documentation_url": "https://docs.github.com/rest"}, headers)


class GitHub(Forge):
    name = "github"
    base = ""

    def reset(self) -> None:
        super().reset()
        self.keys: dict[str, nacl.public.PrivateKey] = {}
        self.clock = 0

    def make(self, place: str, environments: list[str]) -> None:
        for name in (place, *(f"{place} {environment}" for environment in environments)):
            self.places[name] = {}
            self.keys[name] = nacl.public.PrivateKey.generate()

    def write(self, place: str, name: str, variable: dict) -> None:
        if "value" not in variable:
            self.places[place].pop(name, None)
            return
        # Every write has its second, so that what is newer can be told without waiting.
        self.clock += 1
        now = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC) + datetime.timedelta(seconds=self.clock)
        self.places[place][name] = {"kind": "secret"} | variable | {"updated_at": now.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def token(self, headers: dict[str, str]) -> str | None:
        kind, _, value = headers.get("authorization", "").partition(" ")
        return value if kind in ("Bearer", "token") else None

    def unauthorized(self) -> Refusal:
        return _error(401, "Bad credentials")

    def forbidden(self) -> Refusal:
        return _error(403, "Resource not accessible by personal access token")

    def limited(self, retry_after: str) -> Refusal:
        # The first of its two ways; the other one, by Retry-After, is a fault that a test makes.
        reset = str(int(time.time()) + int(retry_after))
        return _error(403, "API rate limit exceeded", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset})

    def missing(self) -> Refusal:
        return _error(404, "Not Found")

    def check(self, request: Request) -> None:
        if not request.headers.get("user-agent"):
            raise _error(
                403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent"
            )
        if request.headers.get("x-github-api-version") not in ("2022-11-28", "2026-03-10"):
            raise _error(400, "Unsupported API version")

    def handle(self, request: Request, token: Token) -> Answer:
        match request.segments:
            case ["repos", owner, repository, "environments", environment, kind, *rest]:
                return self.at(f"{owner}/{repository} {environment}", kind, rest, request, token)
            case ["repos", owner, repository, "actions", kind, *rest]:
                return self.at(f"{owner}/{repository}", kind, rest, request, token)
            case ["orgs", organisation, "actions", kind, *rest]:
                return self.at(organisation, kind, rest, request, token)
        raise self.missing()

    def at(self, place: str, kind: str, rest: list[str], request: Request, token: Token) -> Answer:
        held = self.find(place, token)
        match kind, request.method, rest:
            case "secrets", "GET", []:
                return self.list(place, held, request)
            case "secrets", "GET", ["public-key"]:
                return Answer(200, {"key_id": self.key_id(place), "key": self.public_key(place)})
            case "secrets", "PUT", [name]:
                return self.put_secret(place, held, name.upper(), request)
            case "variables", "GET", [name] if held.get(name.upper(), {}).get("kind") == "variable":
                found = held[name.upper()]
                return Answer(200, {"name": name, "value": found["value"], "updated_at": found["updated_at"]})
            case "variables", "PATCH", [name] if held.get(name.upper(), {}).get("kind") == "variable":
                self.write(place, name.upper(), self.variable(place, name.upper(), request))
                return Answer(204)
            case "variables", "POST", []:
                name = str(request.body.get("name", "")).upper()
                if held.get(name, {}).get("kind") == "variable":
                    raise _error(409, "Already exists - Variable already exists")
                self.write(place, name, self.variable(place, name, request))
                return Answer(201, {})
        raise self.missing()

    def list(self, place: str, held: dict, request: Request) -> Answer:
        names = sorted(name for name, variable in held.items() if variable["kind"] == "secret")
        shown, number, size, has_more = self.page(names, request.query, "per_page", 100)
        secrets = [{"name": name, "updated_at": held[name]["updated_at"]} for name in shown]
        headers = {}
        if has_more:
            query = urllib.parse.urlencode({"per_page": size, "page": number + 1})
            headers["Link"] = f'<{self.origin}{request.raw_path}?{query}>; rel="next", <{self.origin}/>; rel="last"'
        return Answer(200, {"total_count": len(names), "secrets": secrets}, headers)

    def key_id(self, place: str) -> str | int:
        number = int.from_bytes(bytes(self.keys[place].public_key)[:6], "big")
        return number if self.settings.get("numeric_key_id") else str(number)

    def public_key(self, place: str) -> str:
        return base64.b64encode(bytes(self.keys[place].public_key)).decode()

    def put_secret(self, place: str, held: dict, name: str, request: Request) -> Answer:
        self.check_name(name)
        body = request.body if isinstance(request.body, dict) else {}
        if self.settings.pop("new_key", None):
            self.keys[place] = nacl.public.PrivateKey.generate()
        if str(body.get("key_id")) != str(self.key_id(place)):
            raise _error(422, "Validation Failed: key_id does not match the public key")
        try:
            box = base64.b64decode(str(body.get("encrypted_value")), validate=True)
            value = nacl.public.SealedBox(self.keys[place]).decrypt(box).decode()
        except (binascii.Error, nacl.exceptions.CryptoError, ValueError):
            raise _error(422, "Validation Failed: encrypted_value is not a sealed box for the public key") from None
        status = 204 if name in held else 201
        self.write(place, name, {"value": value} | self.visibility(place, body))
        return Answer(status, {} if status == 201 else None)

    def variable(self, place: str, name: str, request: Request) -> dict:
        self.check_name(name)
        value = request.body.get("value")
        if not isinstance(value, str):
            raise _error(422, "Invalid request. value is required")
        return {"kind": "variable", "value": value} | self.visibility(place, request.body)

    def check_name(self, name: str) -> None:
        if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", name) or name.startswith("GITHUB_"):
            raise _error(422, "Secret names can only contain alphanumeric characters and may not start with GITHUB_")

    def visibility(self, place: str, body: dict) -> dict:
        if "/" in place:
            return {}
        chosen = body.get("visibility")
        if chosen not in ("all", "private", "selected") or (chosen == "selected") != (
            "selected_repository_ids" in body
        ):
            raise _error(422, "Invalid request. visibility and selected_repository_ids do not agree")
        return {key: body[key] for key in ("visibility", "selected_repository_ids") if key in body}
