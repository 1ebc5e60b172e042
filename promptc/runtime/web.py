"""Web: read a registry over https, with the standard library alone; nothing that comes back is trusted for having come.

    open_source, registry_web -> [web] -> a server, a CDN

It reads and never writes. Bodies are bounded, each answer has a total and an idle time, what passes by is tried again,
and no request follows a redirect to another host, so that credentials stay where they belong. Whoever reads a blob holds
its bytes against the digest that was asked for; `Web.get` does so itself.
"""

from __future__ import annotations

import base64
import http.client
import os
import random
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest, digest_of
from promptc.core.errors import Exit, PromptcError
from promptc.core.visible import shortened
from promptc.runtime.errors import Misused, Unreachable

SMALL_BYTES_MAX = 1024 * 1024
BLOB_BYTES_MAX = 64 * 1024 * 1024
REDIRECTS_MAX = 3
TOKEN = "PROMPTC_REGISTRY_TOKEN"
_CHUNK_BYTES = 64 * 1024
_PASSING = (408, 425, 429, 500, 502, 503, 504)
_MOVED = (301, 302, 303, 307, 308)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an answer may take: in all, without a byte, how often it is tried, and how long is waited between."""

    total_seconds: float = 30.0
    idle_seconds: float = 10.0
    attempts: int = 4
    wait_seconds: float = 0.2
    wait_seconds_max: float = 5.0


class Web:
    """A registry behind a URL. Safe for several threads, each of which keeps a connection, and after a fork.

    `token` names the environment's variable that holds a bearer token; it is sent to this host over https or to loopback.
    """

    def __init__(
        self, url: str, *, patience: Patience | None = None, token: str = TOKEN,
        tls: ssl.SSLContext | None = None, sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self.where = url
        self._base = urlsplit(url.rstrip("/") + "/")
        if self._base.scheme not in ("http", "https") or not self._base.hostname or self._base.username:
            raise _refused("V060", "that is no address of a registry", "write `https://HOST/PATH`, without a name or password")
        if self._base.query or self._base.fragment:
            raise _refused("V060", "an address of a registry ends with its path", "leave out what follows `?` or `#`")
        self._patience = patience or Patience()
        self._token = token
        self._tls = tls
        self._sleep = sleep
        self._local = threading.local()

    def read(self, name: str) -> bytes | None:
        """A small file, None when the server says that it isn't there. PromptcError V061 to V064."""
        data = self.fetched(name, SMALL_BYTES_MAX)
        if data is not None and not data.lstrip()[:1] == b"{":
            raise _refused("V063", f"`{name}` came back as something that is no document", _PAGE, Exit.INTEGRITY)
        return data

    def get(self, digest: Digest) -> bytes:
        """A blob's bytes, held against the digest that was asked for. PromptcError D001, D002, V061 to V064."""
        data = self.fetched(f"blobs/sha256/{digest[7:9]}/{digest[7:]}", BLOB_BYTES_MAX)
        if data is None:
            raise PromptcError("D002", f"`{digest}` is missing", hint=_PUBLISH, exit_code=Exit.INTEGRITY)
        if digest_of(data) != digest:
            raise PromptcError("D001", f"`{digest}` is damaged: other bytes came back", hint=_PUBLISH, exit_code=Exit.INTEGRITY)
        return data

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._local, "connection", None)
        self._local.connection = None
        if connection is not None:
            connection.close()

    def fetched(self, name: str, bytes_max: int) -> bytes | None:
        """A file's bytes, None when the server says that it isn't there. PromptcError V061 to V065.

        It is tried until an answer counts, the attempts are used up, or the total time is over.
        """
        until = time.monotonic() + self._patience.total_seconds
        why = ""
        for attempt in range(self._patience.attempts):
            try:
                return self._followed(name, bytes_max, until)
            except _Passing as passing:
                self.close()
                why = passing.why
                wait = self._wait(attempt, passing.after_seconds)
                if attempt + 1 == self._patience.attempts or time.monotonic() + wait > until:
                    break
                self._sleep(wait)
            except BaseException:
                self.close()
                raise
        raise unreachable(self.where, why)

    def _wait(self, attempt: int, after_seconds: float | None) -> float:
        most = self._patience.wait_seconds_max
        if after_seconds is not None:
            return min(max(after_seconds, 0.0), most)
        # Many clients that lost the same server must not come back at the same instant.
        return min(self._patience.wait_seconds * float(2**attempt), most) * (0.5 + random.random() / 2)

    def _followed(self, name: str, bytes_max: int, until: float) -> bytes | None:
        url = urljoin(self._base.geturl(), name)
        for _ in range(REDIRECTS_MAX + 1):
            answer = self._asked(url, until)
            if answer.status not in _MOVED:
                return self._body(answer, name, bytes_max, until)
            target = urljoin(url, answer.getheader("Location", ""))
            self.close()
            if urlsplit(target)[:2] != self._base[:2]:
                raise _refused("V062", f"`{shortened(self.where)}` redirects to another host", _REDIRECT, Exit.REMOTE)
            url = target
        raise _refused("V062", f"`{shortened(self.where)}` redirects without end", _REDIRECT, Exit.REMOTE)

    def _asked(self, url: str, until: float) -> http.client.HTTPResponse:
        connection = self._connection()
        target = url if getattr(self._local, "is_absolute", False) else _path_of(url)
        try:
            # A connection that was opened for an earlier request keeps that one's time unless told otherwise.
            connection.timeout = self._idle(until)
            if connection.sock is not None:
                connection.sock.settimeout(connection.timeout)
            connection.request("GET", target, headers=self._headers())
            return connection.getresponse()
        except ssl.SSLCertVerificationError as error:
            raise _refused("V064", f"`{shortened(self.where)}` has a certificate that can't be trusted", _TLS, Exit.REMOTE) from error
        except (OSError, http.client.HTTPException) as error:
            raise _Passing(_named(error)) from error

    def _body(self, answer: http.client.HTTPResponse, name: str, bytes_max: int, until: float) -> bytes | None:
        status = answer.status
        if status in _PASSING:
            raise _Passing(f"it says {status}", _seconds(answer.getheader("Retry-After")))
        if status in (401, 403):
            raise _refused("V061", f"`{shortened(self.where)}` says {status}", f"put a token into `{self._token}`", Exit.REMOTE)
        if status not in (200, 404, 410):
            raise _refused("V061", f"`{shortened(self.where)}` says {status} to `{name}`", _ASK, Exit.REMOTE)
        if answer.getheader("Content-Encoding", "identity").lower() != "identity":
            raise _refused("V063", f"`{name}` came back encoded, which was not asked for", _PAGE, Exit.INTEGRITY)
        data = self._read_all(answer, name, bytes_max, until)
        return data if status == 200 else None

    def _read_all(self, answer: http.client.HTTPResponse, name: str, bytes_max: int, until: float) -> bytes:
        parts: list[bytes] = []
        size_bytes = 0
        length = answer.length
        while size_bytes <= bytes_max:
            sock = getattr(self._local.connection, "sock", None)
            if sock is not None:
                sock.settimeout(self._idle(until))
            try:
                part = answer.read1(_CHUNK_BYTES)
            except (OSError, http.client.HTTPException) as error:
                raise _Passing(_named(error)) from error
            if not part:
                break
            parts.append(part)
            size_bytes += len(part)
        if size_bytes > bytes_max or (length or 0) > bytes_max:
            raise _refused("V063", f"`{name}` is larger than {bytes_max:,} bytes", _PAGE, Exit.LIMIT)
        if length is not None and size_bytes != length:
            raise _Passing("its answer was cut short")
        return b"".join(parts)

    def _idle(self, until: float) -> float:
        left = until - time.monotonic()
        if left <= 0:
            raise _Passing("its answer takes too long")
        return min(left, self._patience.idle_seconds)

    def _connection(self) -> http.client.HTTPConnection:
        # A child must not speak on its parent's connection.
        if getattr(self._local, "process", None) != os.getpid():
            self._local.connection, self._local.process = None, os.getpid()
        if self._local.connection is None:
            self._local.connection = self._opened()
        found: http.client.HTTPConnection = self._local.connection
        return found

    def _opened(self) -> http.client.HTTPConnection:
        base, host = self._base, self._base.hostname or ""
        proxy = None if proxy_bypass(base.netloc) else getproxies().get(base.scheme)
        self._local.is_absolute = bool(proxy) and base.scheme == "http"
        if not proxy:
            return self._made(host, base.port)
        found = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        if base.scheme == "http":
            return http.client.HTTPConnection(found.hostname or "", found.port or 80)
        connection = self._made(found.hostname or "", found.port or 80)
        connection.set_tunnel(host, base.port or 443, headers=_basic(found.username, found.password))
        return connection

    def _made(self, host: str, port: int | None) -> http.client.HTTPConnection:
        if self._base.scheme == "http":
            return http.client.HTTPConnection(host, port)
        return http.client.HTTPSConnection(host, port, context=self._tls or ssl.create_default_context())

    def _headers(self) -> dict[str, str]:
        headers = {"Accept-Encoding": "identity", "User-Agent": "promptc"}
        token = os.environ.get(self._token, "")
        if token and (self._base.scheme == "https" or self._base.hostname in _LOOPBACK):
            headers["Authorization"] = f"Bearer {token}"
        return headers


class _Passing(Exception):
    """What may be otherwise in a moment."""

    def __init__(self, why: str, after_seconds: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.after_seconds = after_seconds


_PAGE = "something else answers there: name the registry's own address"
_PUBLISH = "publish it anew: `promptc export-static DIR`, or another copy of the registry"
_REDIRECT = "name the address that it leads to, if that is to be trusted"
_TLS = "name its authority's file in `SSL_CERT_FILE`, or mend the certificate"
_ASK = "look whether the address is that of a registry"


def unreachable(where: str, why: str) -> PromptcError:
    """What is said of a registry that gave no answer that counts."""
    return PromptcError(
        "V065", f"`{shortened(where)}` can't be reached: {why}", hint="try again; nothing was changed", exit_code=Exit.REMOTE
    )


def _refused(code: str, message: str, hint: str, exit_code: Exit = Exit.USAGE) -> PromptcError:
    return PromptcError(code, message, hint=hint, exit_code=exit_code)


def _path_of(url: str) -> str:
    found = urlsplit(url)
    return f"{found.path or '/'}?{found.query}" if found.query else found.path or "/"


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isdecimal() and len(text) < 9 else None


def _basic(name: str | None, password: str | None) -> Mapping[str, str]:
    if not name:
        return {}
    return {"Proxy-Authorization": "Basic " + base64.b64encode(f"{name}:{password or ''}".encode()).decode()}


def _named(error: Exception) -> str:
    return "no answer in time" if isinstance(error, TimeoutError) else type(error).__name__


class WebSource:
    """A registry behind a URL, as a runtime's source: whatever the server does wrong, it is out of reach."""

    def __init__(self, where: str, web: Web | None = None) -> None:
        self.where = where
        try:
            self._web = web or Web(where)
        except PromptcError as error:
            raise Misused(error.message, hint=error.hint) from error

    def get(self, digest: str) -> bytes | None:
        """See `Source`. Bytes with another digest are given as they are: whoever asked looks elsewhere, and says so."""
        try:
            return self._web.fetched(f"blobs/sha256/{digest[7:9]}/{digest[7:]}", BLOB_BYTES_MAX)
        except PromptcError as error:
            raise Unreachable(error.message, hint=error.hint) from error

    def read(self, name: str) -> bytes | None:
        """See `Source`."""
        try:
            return self._web.read(name)
        except PromptcError as error:
            raise Unreachable(error.message, hint=error.hint) from error

    def close(self) -> None:
        """See `Source`."""
        self._web.close()
