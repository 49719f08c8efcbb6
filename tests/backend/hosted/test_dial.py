"""Where a name leads is judged before it is dialled, and what was judged is dialled: real sockets, real TLS."""

from __future__ import annotations

import datetime
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from backend.engines.engine import EngineError
from backend.engines.hosted.wire.http import Unreached, Wire

pytest.importorskip("cryptography", reason="certificates are made with it")

OWN, CDN, EVIL = "queue.fal.run", "cdn.example.com", "evil.example.com"
PUBLIC, OTHER, DEAD = "93.184.216.34", "2606:2800:220:1::1", "93.184.216.99"


def certificate(folder: Path) -> Path:
    """A certificate for the three names, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "for a test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in (OWN, CDN, EVIL)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("certificate"))


class World:
    """Names and where they lead, each time anew; one server at the end of all; and what was looked up and dialled."""

    def __init__(self, file: Path) -> None:
        world = self
        self.names: dict[str, list[list[str]]] = {OWN: [[PUBLIC]]}
        self.looked_up: list[str] = []
        self.dialled: list[str] = []
        self.seen: list[str] = []
        self.onward = ""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host = self.headers["Host"].partition(":")[0]
                world.seen.append(host)
                away = bool(world.onward) and host == OWN
                self.send_response(302 if away else 200)
                if away:
                    self.send_header("Location", world.onward)
                self.send_header("Content-Length", "0" if away else "8")
                self.end_headers()
                self.wfile.write(b"" if away else b"the clip")

            def log_message(self, *_: object) -> None:
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.port = self._server.server_address[1]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, name: str) -> str:
        return f"https://{name}:{self.port}/clip.mp4"

    def wire(self) -> Wire:
        return Wire("fal", f"https://{OWN}:{self.port}", pace=0.001)


@pytest.fixture
def world(certified: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    world = World(certified)
    really, dial = socket.getaddrinfo, socket.create_connection

    def look_up(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        if host not in world.names:
            return really(host, port, *args, **more)
        world.looked_up.append(host)
        answers = world.names[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        kinds = [socket.AF_INET6 if ":" in one else socket.AF_INET for one in found]
        return [(kind, socket.SOCK_STREAM, 6, "", (one, port)) for kind, one in zip(kinds, found, strict=True)]

    def connect(address: tuple[str, int], *args: Any, **more: Any) -> socket.socket:
        if address[0] == "127.0.0.1":
            return dial(address, *args, **more)
        world.dialled.append(address[0])
        if address[0] == DEAD:
            raise ConnectionRefusedError("nobody there")
        return dial(("127.0.0.1", address[1]), *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setenv("SSL_CERT_FILE", str(certified))
    for name in ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield world
    world.close()


@pytest.mark.parametrize("redirected", [False, True])
@pytest.mark.parametrize(
    ("addresses", "said"),
    [
        (["127.0.0.1"], "this machine itself"),
        (["127.0.0.53"], "this machine itself"),
        (["0.0.0.0"], "this machine itself"),
        (["::1"], "this machine itself"),
        (["::ffff:127.0.0.1"], "this machine itself"),
        (["64:ff9b::7f00:1"], "this machine itself"),
        (["10.0.0.7"], "inside a network"),
        (["192.168.1.9"], "inside a network"),
        (["169.254.169.254"], "inside a network"),
        (["fe80::1%2"], "inside a network"),
        (["fd00::1"], "inside a network"),
        (["64:ff9b::a00:7"], "inside a network"),
        (["2002:c0a8:109::1"], "inside a network"),
        (["64:ff9b:1::7f00:1"], "this machine itself"),
        (["64:ff9b:1::a00:7"], "inside a network"),
        (["::7f00:1"], "this machine itself"),
        (["::a00:7"], "inside a network"),
        (["::ffff:0:7f00:1"], "this machine itself"),
        (["::ffff:0:c0a8:109"], "inside a network"),
        (["fec0::7"], "inside a network"),
        ([PUBLIC, "10.0.0.7"], "inside a network"),
    ],
)
def test_a_name_that_leads_inside_is_not_dialled(
    world: World, tmp_path: Path, addresses: list[str], said: str, redirected: bool
) -> None:
    world.names[EVIL] = [addresses]
    world.onward = world.url(EVIL)
    wire = world.wire()
    with pytest.raises(Unreached, match=f"{re.escape(f'{EVIL} leads to {addresses[-1]}')}.*{said}"):
        wire.fetch(world.url(OWN if redirected else EVIL), tmp_path / "clip", lambda _: None, patience=0.0)
    wire.close()
    assert (world.seen, world.dialled) == (([OWN], [PUBLIC]) if redirected else ([], []))
    assert not (tmp_path / "clip").exists()


def test_what_was_judged_is_dialled_and_each_time_anew(world: World, tmp_path: Path) -> None:
    """A name whose first answer is harmless and whose second is not."""
    world.names[CDN] = [[OTHER, PUBLIC], ["127.0.0.1"]]
    wire = world.wire()
    world.onward = world.url(CDN)
    assert wire.fetch(world.url(OWN), tmp_path / "clip", lambda _: None) is None
    assert (tmp_path / "clip").read_bytes() == b"the clip"
    assert (world.looked_up, world.dialled, world.seen) == ([OWN, CDN], [PUBLIC, OTHER], [OWN, CDN])
    with pytest.raises(Unreached, match="this machine itself"):
        wire.fetch(world.url(OWN), tmp_path / "clip", lambda _: None, patience=0.0)
    wire.close()
    assert world.dialled == [PUBLIC, OTHER, PUBLIC]


@pytest.mark.parametrize("odd", ["198.18.0.7", "192.168.1.1", "100.64.3.3", "127.0.0.1"])
def test_a_name_that_is_odd_for_a_moment_is_asked_again(world: World, tmp_path: Path, odd: str) -> None:
    """As behind a portal, or where a VPN comes up: what is paid is fetched once it is gone."""
    world.names[CDN] = [[odd], [odd], [PUBLIC]]
    wire = world.wire()
    assert wire.fetch(world.url(CDN), tmp_path / "clip", lambda _: None, patience=5_000.0) is None
    wire.close()
    assert (tmp_path / "clip").read_bytes() == b"the clip"
    assert (world.looked_up, world.dialled) == ([CDN] * 3, [PUBLIC])


def test_a_certificate_is_still_asked_for_by_name(world: World) -> None:
    world.names["other.example.com"] = [[PUBLIC]]
    wire = world.wire()
    with pytest.raises(Unreached, match=r"other\.example\.com"):
        wire.ask(world.url("other.example.com"), patience=0.0)
    assert wire.ask("x").status == 200
    wire.close()


def test_the_next_address_is_tried_where_one_is_dead(world: World) -> None:
    world.names[OWN] = [[DEAD, PUBLIC]]
    wire = world.wire()
    assert wire.ask("x").status == 200
    wire.close()
    assert world.dialled == [DEAD, PUBLIC]


def test_the_own_server_may_be_in_the_network(world: World) -> None:
    """Where the account says so itself, also by a name; what it names beside itself must be elsewhere."""
    world.names |= {OWN: [["10.0.0.7"]], EVIL: [["10.0.0.8"]]}
    wire = world.wire()
    assert wire.ask("x").status == 200
    with pytest.raises(Unreached, match="inside a network"):
        wire.ask(world.url(EVIL), patience=0.0)
    wire.close()
    assert world.dialled == ["10.0.0.7"]


class Tunnel(socketserver.BaseRequestHandler):
    """A proxy that leads every name to one port of this machine."""

    port = 0
    asked: list[str] = []

    def handle(self) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.request.recv(4096)
        type(self).asked.append(head.split(b" ")[1].decode())
        self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self.port)) as onward:
            back = threading.Thread(target=_pass_on, args=(onward, self.request), daemon=True)
            back.start()
            _pass_on(self.request, onward)
            back.join(5)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def test_a_proxy_looks_names_up_itself(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it lets through is its own to say; an address as such is refused before it is asked."""
    Tunnel.port, Tunnel.asked = world.port, []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tunnel) as proxy:
        proxy.daemon_threads = True
        threading.Thread(target=proxy.serve_forever, args=(0.02,), daemon=True).start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.server_address[1]}")
        monkeypatch.setenv("NO_PROXY", EVIL)
        world.onward, world.names[EVIL] = world.url(CDN), [["10.0.0.7"]]
        wire = world.wire()
        assert wire.fetch(world.url(OWN), tmp_path / "clip", lambda _: None) is None
        for url, error in (("https://10.0.0.7/x", EngineError), (world.url(EVIL), Unreached)):
            with pytest.raises(error, match="inside a network"):
                wire.fetch(url, tmp_path / "other", lambda _: None, patience=0.0)
        wire.close()
        proxy.shutdown()
    assert Tunnel.asked == [f"{OWN}:{world.port}", f"{CDN}:{world.port}"]
    assert (world.looked_up, world.dialled) == ([EVIL], [])
