"""Is a port free, and which one is."""

import socket
from contextlib import closing


class PortTaken(Exception):
    """Another program listens there, or we may not."""


def insist_on_free(host: str, port: int) -> None:
    """Raises PortTaken, in words, if nobody can listen there now."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise PortTaken(f"HOST={host} is not an address of this machine: {error.strerror}") from error
    with closing(socket.socket(family, kind, protocol)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError as error:
            raise PortTaken(
                f"Port {port} needs more rights than you have. Choose one above 1023: make run PORT=8000"
            ) from error
        except OSError as error:
            raise PortTaken(
                f"Port {port} on {host} cannot be used: {error.strerror}. "
                f"Stop the program that has it, or choose another: make run PORT={_suggestion(host, port)}"
            ) from error


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next free one after it."""
    for port in range(wanted, min(wanted + 100, 65536)):
        try:
            insist_on_free(host, port)
        except PortTaken:
            continue
        return port
    raise PortTaken(f"No free port on {host} between {wanted} and {wanted + 100}")


def _suggestion(host: str, port: int) -> int:
    try:
        return free_port(host, port + 1)
    except (PortTaken, RecursionError):
        return 8888
