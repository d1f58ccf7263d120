"""Vendors that repeat every secret they hear, or point to where it should not go."""

import json
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

PRIVATE_KEY = (
    rsa.generate_private_key(public_exponent=65537, key_size=2048)
    .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    .decode()
)
FETCHED = ("canary-fetched-hubspot-0123", "canary-fetched-salesforce-0123")


class Parrot:
    """A vendor that says everything it hears in its errors, as gateways and frameworks in debug mode do."""

    def __init__(self, status: int, *, grants: bool = True, tail: str = "") -> None:
        self.status, self.grants, self.tail = status, grants, tail
        self.heard = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while (message := await receive()).get("type") == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        status, content = self._answer(scope, body.decode())
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))],
            }
        )
        await send({"type": "http.response.body", "body": content})

    def _answer(self, scope: Any, body: str) -> tuple[int, bytes]:
        path = scope["path"]
        self.heard += 1
        if self.grants and "oauth" in path and path.endswith("/token"):
            fetched = FETCHED["services" in path] + self.tail
            home = f"https://{dict(scope['headers'])[b'host'].decode()}"
            granted = {"access_token": fetched, "id": f"{home}/id/00D/005", "instance_url": home, "expires_in": 1800}
            return 200, json.dumps(granted).encode()
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        words = f"refused: {headers} {body} {parse_qs(body)} {path}"
        error = {"status": "error", "category": words, "message": words, "error": words, "error_description": words}
        error |= {"errorCode": words, "correlationId": words, "errors": [{"message": words, "code": words}]}
        return self.status, json.dumps([error] if "services/data" in path else error).encode()


class Signpost:
    """A vendor that points elsewhere, and counts who comes there."""

    def __init__(self, status: int, *, path: str = "", home: str = "") -> None:
        self.status, self.path, self.home = status, path, home
        self.elsewhere: list[str] = []
        self.destination = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive()).get("body", b"")
        status, headers, content = 200, [], b"{}"
        if scope["path"].startswith("/elsewhere"):
            self.elsewhere.append(f"{dict(scope['headers'])} {body!r}")
        elif "oauth" in scope["path"] and self.path and self.path not in scope["path"]:
            host = dict(scope["headers"])[b"host"].decode()
            granted = {"access_token": "canary-fetched-0123", "id": "", "instance_url": self.home or f"https://{host}"}
            content = json.dumps(granted).encode()
        else:
            status, headers = self.status, [(b"location", f"{self.destination}/elsewhere".encode())]
        length = (b"content-length", b"%d" % len(content))
        await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
        await send({"type": "http.response.body", "body": content})
