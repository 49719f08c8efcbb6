"""Connections to where a name leads, after a look at where that is.

A name that another has said (the address of a clip, a redirect) may lead to this machine or into its network. So it is
looked up once, each address is judged, and what was judged is dialled: no second look-up comes between. TLS still asks
for the certificate of the name.

Behind a proxy (HTTPS_PROXY, ALL_PROXY, and the system's settings) names are looked up by the proxy, and what it lets
through is its own to say. An address that stands in a URL as such is refused before either.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx

Allows = Callable[[str, str], None]  # a name and an address of it; raises where it is not to be dialled


class Dialler(httpcore.SyncBackend):
    """What httpcore connects with."""

    def __init__(self, allows: Allows) -> None:
        self._allows = allows

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to one of the addresses of `host`, tried in the order in which they were given.

        Raises:
            httpcore.ConnectError: also where one of them is not to be dialled.
            httpcore.ConnectTimeout
            EngineError: `invalid_request`: `host` itself is an address that is not to be dialled.
        """
        addresses = _addresses(host, port)
        for address in addresses:
            self._allows(host, address)
        failed: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


class Client(httpx.Client):
    """A client that dials so wherever no proxy is between."""

    def __init__(self, allows: Allows, **options: Any) -> None:
        self._dialler = Dialler(allows)
        super().__init__(**options)

    def _init_transport(self, *args: Any, **options: Any) -> httpx.BaseTransport:
        transport = super()._init_transport(*args, **options)
        assert isinstance(transport, httpx.HTTPTransport)
        transport._pool._network_backend = self._dialler  # httpx has no public way in
        return transport


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(place[4][0]) for place in found))
