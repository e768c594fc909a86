"""The egress list and its answers. Everything that would connect asks it; the guard makes sure."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from lionrock.errors import EgressRefused, InvalidInput
from lionrock.kernel.egress.addresses import Address, canonical, embedded, kind
from lionrock.kernel.egress.entries import Entry, parse_entries
from lionrock.kernel.egress.journal import Journal
from lionrock.kernel.egress.pins import Pins
from lionrock.kernel.egress.resolver import Resolver, system_resolver
from lionrock.kernel.egress.urls import Host, Url, parse_host, parse_url

_HOME = "localhost"


class Gate(Protocol):
    """What a client needs of the list. Each method raises `EgressRefused`."""

    def check(self, host: str, port: int | None = None) -> None:
        """Before a connection to `host`."""
        ...

    def follow(self, source: str, target: str) -> None:
        """Before going to the URL `target` because the server of the URL `source` said so."""
        ...

    def resolve(self, host: str, port: int | None = None) -> list[Address]:
        """The addresses to connect to, checked; `socket.gaierror` if there are none. Blocks."""
        ...


class Egress:
    """Loopback, and what `hosts` lists (see `entries`). Safe in any thread.

    `announce` is told what a pull opens, before it is opened.
    """

    def __init__(
        self,
        hosts: Iterable[str] = (),
        *,
        resolver: Resolver = system_resolver,
        clock: Callable[[], float] = time.monotonic,
        announce: Callable[[str], None] | None = None,
    ) -> None:
        self.listed = parse_entries(sorted(hosts))
        self.journal = Journal()
        self._resolver, self._announce = resolver, announce
        self._pins = Pins(clock)
        self._pulls: tuple[Entry, ...] = ()
        self._pulling = 0
        self._lock = threading.Lock()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The list, and what a pull under way has opened besides."""
        return self.listed + self._pulls

    def check(self, host: str, port: int | None = None) -> None:
        self._checked(host, port)

    def check_url(self, url: str) -> Url:
        """`check` for a URL, which must be readable in one way only."""
        try:
            parsed = parse_url(url)
        except InvalidInput as error:
            raise self.refused("(unreadable)", None, error.detail) from None
        self._check_parsed(parsed.host, parsed.port)
        return parsed

    def follow(self, source: str, target: str) -> None:
        try:
            old, new = parse_url(source, userinfo=True), parse_url(target)
        except InvalidInput as error:
            raise self.refused("(unreadable)", None, error.detail) from None
        if _is_home(new.host) and not _is_home(old.host):
            raise self.refused(
                str(new.host),
                new.port,
                f"{old.host} sends us back into this machine, which a server elsewhere may not.",
            )
        if not self._is_listed(new.host, new.port):
            self._widen_pull(old, new)
        self._check_parsed(new.host, new.port)

    def resolve(self, host: str, port: int | None = None) -> list[Address]:
        parsed = self._checked(host, port)
        if not isinstance(parsed, str):
            return [parsed]
        found = [canonical(address) for address in self._resolver(parsed)]
        good = [address for address in found if self._pin(parsed, address, port)]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if not good:
            address = found[0]
            raise self.refused(
                parsed,
                port,
                f"{parsed} leads to {address} ({kind(embedded(address) or address)}). If that is "
                f"meant, an operator writes {parsed}={address} in LIONROCK_EGRESS.",
            )
        return good

    def connecting(self, address: Address, port: int) -> None:
        """For the guard: a socket is about to reach this address. Counts where it goes."""
        address = canonical(address)
        if _is_home(address):
            return
        led = [name for name in self._pins.names(address, port) if self._is_listed(name, port)]
        if not led and not self._is_listed(address, port):
            raise self.refused(str(address), port)
        self.journal.open(led[-1] if led else str(address), port)

    @contextmanager
    def pulling(self, entries: Iterable[str]) -> Iterator[None]:
        """An operator's pull, and nothing else, may reach `entries` too, as long as this lasts.

        Where these hosts send the pull (`follow`) it may go as well, to the same kinds of address.
        """
        opened = parse_entries(entries)
        with self._lock:
            self._pulling += 1
        try:
            self._open(opened)
            yield
        finally:
            with self._lock:
                self._pulling -= 1
                if not self._pulling:
                    self._pulls = ()

    def refused(self, host: str, port: int | None, why: str = "") -> EgressRefused:
        """Note a refusal; the error to raise."""
        self.journal.refuse(host, port)
        place = host if port is None else f"{host} port {port}"
        if why:
            return EgressRefused(f"No connection to {place}: {why}")
        return EgressRefused(
            f"{place} is not on the egress list. If Lionrock may connect to it, an operator adds it "
            "to LIONROCK_EGRESS; `lionrock doctor --residency` shows the list."
        )

    def _checked(self, host: str, port: int | None) -> Host:
        try:
            parsed = parse_host(host)
        except InvalidInput as error:
            raise self.refused(host, port, error.detail) from None
        self._check_parsed(parsed, port)
        return parsed

    def _check_parsed(self, host: Host, port: int | None) -> None:
        if not self.lists(host, port):
            raise self.refused(str(host), port)

    def lists(self, host: Host, port: int | None) -> bool:
        """`check` without a refusal: nothing is noted."""
        return _is_home(host) or self._is_listed(host, port)

    def _is_listed(self, host: Host, port: int | None) -> bool:
        return self._entry(host, port) is not None

    def _entry(self, host: Host, port: int | None) -> Entry | None:
        if isinstance(host, str):
            return next((e for e in self.entries if e.name == host and e.means_port(port)), None)
        inner = embedded(host)
        if inner is not None and inner.is_loopback:
            return None  # a tunnel to loopback is not loopback
        judged = inner or host
        return next((e for e in self.entries if e.means(judged, port)), None)

    def _pin(self, name: str, address: Address, port: int | None) -> bool:
        """May `name` lead to this address? Then a connection to it may begin, for a while."""
        if name == _HOME:
            return _is_home(address)
        inner = embedded(address)
        if inner is not None and inner.is_loopback:
            return False
        fitting = [
            entry
            for entry in self.entries
            if entry.name == name and entry.means_port(port) and entry.may_lead_to(inner or address)
        ]
        for entry in fitting:
            self._pins.add(name, address, entry.port)
        return bool(fitting) or self._is_listed(address, port)

    def _widen_pull(self, old: Url, new: Url) -> None:
        """If a pull opened `old`, open `new` to it on the same terms."""
        opener = self._entry(old.host, old.port)
        if opener is None or opener not in self._pulls:
            return
        if isinstance(new.host, str):
            self._open((replace(opener, text=new.host, name=new.host, port=new.port),))
        elif opener.may_lead_to(embedded(new.host) or new.host):
            self._open(parse_entries([str(new.host)]))

    def _open(self, entries: tuple[Entry, ...]) -> None:
        for entry in entries:
            if self._announce and entry not in self._pulls:
                self._announce(f"This pull may connect to {entry.name or entry.text}.")
        with self._lock:
            self._pulls += entries


def _is_home(host: Host) -> bool:
    return host == _HOME if isinstance(host, str) else host.is_loopback
