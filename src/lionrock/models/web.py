"""Plain HTTP GET for pulling weights: quick to give up on a host that does not answer, asks the
egress list before each connection (redirects and proxies too), connects to the addresses it was
given by it, and says why it failed in words."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import threading
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Mapping
from email.message import Message
from functools import partial
from http.client import HTTPResponse
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit, urlunsplit

from lionrock import __version__
from lionrock.errors import InvalidInput
from lionrock.kernel.egress import Egress, Gate, parse_url

CONNECT_SECONDS = 5.0
"""For the name, the connection and the TLS handshake together."""
READ_SECONDS = 30.0
"""Longest silence on an open connection."""


class SourceFailed(Exception):
    """One source of weights could not give what it should; the next one may."""


class Interrupted(SourceFailed):
    """The network failed. Another attempt may go on from what has arrived."""


class Answered(SourceFailed):
    """The server answered with an error status."""

    def __init__(self, error: HTTPError) -> None:
        super().__init__(f"{_host(error.url)} answered {error.code} {error.reason}".rstrip())
        self.status = error.code
        self.content_range = error.headers.get("Content-Range", "")


class Web:
    """Opens URLs. `egress`: the list to ask; without one, loopback is all there is.

    `cafile`: certificates to trust besides the system's (a file or a directory).
    """

    def __init__(self, egress: Gate | None = None, cafile: str | None = None) -> None:
        self._egress = egress or Egress()
        self._credentials: dict[str, str] = {}
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.UnknownHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            _Redirects(self._egress),
            _Transport(self._egress, _tls(cafile), self._credentials),
        ):
            self._opener.add_handler(handler)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> HTTPResponse:
        """The open response to GET `url`, redirects followed. Raises `SourceFailed`."""
        _readable(url)
        url = self._without_credentials(url)
        request = urllib.request.Request(url, headers={"User-Agent": f"lionrock/{__version__}"})
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            response: HTTPResponse = self._opener.open(request, timeout=READ_SECONDS)
            return response
        except HTTPError as error:
            with error:
                raise _answered(error) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Interrupted(reason(error, _host(url))) from error

    def follow(self, source: str, target: str) -> None:
        """Before `target` is opened because `source` names it. Raises `EgressRefused`."""
        self._egress.follow(source, target)

    def _without_credentials(self, url: str) -> str:
        """Take user and password out of `url`; only the same host and port will get them."""
        parts = urlsplit(url)
        userinfo, at, netloc = parts.netloc.rpartition("@")
        if at:
            token = b64encode(unquote(userinfo).encode()).decode()
            self._credentials[netloc] = f"Basic {token}"
        return urlunsplit(parts._replace(netloc=netloc))


def reason(error: BaseException, host: str) -> str:
    """What a network error means, in words."""
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, socket.gaierror):
        return f"the name {host} does not resolve"
    if isinstance(cause, TimeoutError):
        return f"{host} does not answer in time"
    if isinstance(cause, ConnectionRefusedError):
        return f"{host} refuses the connection"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return (
            f"the certificate of {host} is not trusted ({cause.verify_message}); "
            "if your institution has its own authority, name it in SSL_CERT_FILE or pip's cert"
        )
    return f"the connection to {host} failed ({type(cause).__name__}: {cause})"


def _answered(error: HTTPError) -> SourceFailed:
    answered = Answered(error)
    if error.code == 429 or error.code >= 500:
        return Interrupted(str(answered))
    return answered


def _host(url: str | None) -> str:
    return urlsplit(url or "").hostname or "the server"


def _tls(cafile: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if cafile:
        try:
            if os.path.isdir(cafile):
                context.load_verify_locations(capath=cafile)
            else:
                context.load_verify_locations(cafile)
        except OSError as error:
            raise SourceFailed(f"the certificates in {cafile} cannot be read ({error})") from error
    return context


def _readable(url: str) -> None:
    """What urllib would read in its own way goes no further."""
    try:
        parse_url(url, userinfo=True)
    except InvalidInput as error:
        raise SourceFailed(error.detail) from None


class _Redirects(urllib.request.HTTPRedirectHandler):
    def __init__(self, egress: Gate) -> None:
        self._egress = egress

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> urllib.request.Request | None:
        if req.type == "https" and not newurl.lower().startswith("https:"):
            raise SourceFailed(f"{_host(req.full_url)} redirects to an unencrypted address")
        if newurl.lower().startswith(("http:", "https:")):
            self._egress.follow(req.full_url, newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


class _Transport(urllib.request.AbstractHTTPHandler):
    def __init__(
        self, egress: Gate, context: ssl.SSLContext, credentials: Mapping[str, str]
    ) -> None:
        super().__init__()
        self._egress = egress
        self._context = context
        self._credentials = credentials

    def http_request(self, request: urllib.request.Request) -> urllib.request.Request:
        credential = self._credentials.get(urlsplit(request.full_url).netloc)
        if credential:
            # Unredirected: urllib would hand an ordinary header on to any other host.
            request.add_unredirected_header("Authorization", credential)
        return self.do_request_(request)

    https_request = http_request

    def http_open(self, request: urllib.request.Request) -> HTTPResponse:
        self._ask(request)
        return self.do_open(partial(_Plain, self._egress), request)

    def https_open(self, request: urllib.request.Request) -> HTTPResponse:
        self._ask(request)
        return self.do_open(partial(_Secure, self._egress), request, context=self._context)

    def _ask(self, request: urllib.request.Request) -> None:
        self._egress.check(_host(request.full_url))
        if request.host != urlsplit(request.full_url).netloc:
            self._egress.check(_host(f"//{request.host}"))


class _Plain(http.client.HTTPConnection):
    def __init__(self, egress: Gate, host: str, **named: Any) -> None:
        super().__init__(host, **named)
        self._create_connection = _dial(egress)

    def connect(self) -> None:
        _connect(self, super().connect)


class _Secure(http.client.HTTPSConnection):
    def __init__(self, egress: Gate, host: str, **named: Any) -> None:
        super().__init__(host, **named)
        self._create_connection = _dial(egress)

    def connect(self) -> None:
        _connect(self, super().connect)


def _dial(egress: Gate) -> Callable[..., socket.socket]:
    """In place of `socket.create_connection`, which would look the name up once more: another
    answer could come then than the one that was checked."""

    def dial(place: tuple[str, int], timeout: float, source: Any = None) -> socket.socket:
        host, port = place
        failure: OSError | None = None
        for address in egress.resolve(host, port):
            try:
                return socket.create_connection((str(address), port), timeout, source)
            except OSError as error:
                failure = error
        raise failure or socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    return dial


def _connect(connection: http.client.HTTPConnection, connect: Callable[[], None]) -> None:
    """Run `connect` for at most `CONNECT_SECONDS`.

    In a thread because resolving a name has no time limit of its own, and a host with many
    addresses would get the limit once for each.
    """
    connection.timeout = CONNECT_SECONDS
    outcome: list[BaseException | None] = []
    abandoned = threading.Event()

    def run() -> None:
        try:
            connect()
            outcome.append(None)
        except BaseException as error:
            outcome.append(error)
        if abandoned.is_set():
            connection.close()

    thread = threading.Thread(target=run, name="connect", daemon=True)
    thread.start()
    thread.join(CONNECT_SECONDS)
    if not outcome:
        abandoned.set()
        raise TimeoutError
    if outcome[0] is not None:
        raise outcome[0]
    sock: Any = connection.sock
    sock.settimeout(READ_SECONDS)
