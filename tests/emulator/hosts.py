"""Whose a path is: the emulator takes `/login` and `/oauth2/token` of every host for its own user pools, and knows no
wildcard domain, which AWS does (`*.auth.brand.tld`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Handler = Callable[..., Awaitable[Any]]


def teach() -> None:
    """Leaves the paths of custom domains to their APIs. A domain that is registered stands for those below it too."""
    from ministack import app

    def elsewhere(handler: Handler) -> Handler:
        async def handle(method: str, path: str, headers: dict[str, str], *rest: Any) -> Any:
            if app._resolve_custom_domain_request(headers.get("host", ""), path) is not None:
                return None
            return await handler(method, path, headers, *rest)

        return handle

    exact = app._resolve_custom_domain_request

    def resolve(host: str, path: str) -> Any:
        return exact(host, path) or exact(host.partition(".")[2], path)

    app._resolve_custom_domain_request = resolve
    for name in ("_handle_cognito_get_request", "_handle_cognito_body_request"):
        setattr(app, name, elsewhere(getattr(app, name)))
