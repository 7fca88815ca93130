"""The door to other systems: which addresses it refuses, and how it bears peers that behave badly."""

import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.config import Settings
from app.kernel.outbound import (
    BadUrl,
    ForbiddenAddress,
    NoAnswer,
    OutboundError,
    TooLarge,
    TooSlow,
    check_url,
    fetch,
    is_public,
    read_url,
)  # fmt: skip
from tests.support.mail import free_port
from tests.support.peers import (
    LOOPBACK,
    answers,
    drips_body,
    drips_headers,
    floods,
    hangs,
    peer,
    seconds,
    speaks_another_language,
)  # fmt: skip

CLOSED_LITERALS = (
    "127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255",  # noqa: S104 - to be refused, not listened on
    "100.64.0.1", "100.127.255.254", "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.1",
    "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255",
    "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[::ffff:8.8.8.8]", "[::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:a00:1::1]",
    "[2001:0:7f00:1::]", "[2001:db8::1]", "[2001:10::1]", "[3fff::1]", "[5f00::1]", "[100::1]", "[fc00::1]",
    "[fd00:ec2::254]", "[fe80::1]", "[fec0::1]", "[ff02::1]", "[ff0e::1]", "[::ffff:0:127.0.0.1]", "[0:0:0:0:0:0:0:1]",
)  # fmt: skip
ODD_HOSTS = (
    "2130706433", "017700000001", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "127.1", "127.0.1", "0", "0x0", "127.0.0.01",
    "127.0.0.1.", "localhost.", "service.example.", "1.2.3.4.5", "256.256.256.256", "127.0.0.1%2f", "127.0.0.1%00.example",
    "[::1%25lo]", "[fe80::1%25eth0]", "[::1", "[127.0.0.1]", "[v1.x]", "example..com", "-a.example", "under_score.example",
    "１２７.０.０.１", "①②⑦.⓪.⓪.①", "localhost。", "bücher.example", "ⓛocalhost", "user@127.0.0.1", "user:word@127.0.0.1",
    "service.example@127.0.0.1", "127.0.0.1\\@service.example", "127.0.0.1#@service.example", "127.0.0.1 ", "", "127.0.0.1,a",
)  # fmt: skip
ODD_URLS = (
    "ftp://service.example/", "file:///etc/passwd", "gopher://127.0.0.1/", "//127.0.0.1/", "127.0.0.1", "javascript:1",
    "http:127.0.0.1", "http:///127.0.0.1", "http://service.example:0/", "http://service.example:/", "http://service.example:99999/",
    "http://service.example:80a/", "http://a.example/\r\nHost: b", "http://a.example/\tb", "jar:http://127.0.0.1!/", "",
)  # fmt: skip
NAMES = ("localhost", "LOCALHOST")


@contextmanager
def connections() -> Iterator[list[object]]:
    """Every address that this process connects to meanwhile, as the interpreter itself reports it."""
    seen: list[object] = []
    watching = [True]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if watching[0] and event == "socket.connect":
            seen.append(arguments[1])

    sys.addaudithook(hook)  # cannot be taken out again, so it is told to look away
    yield seen
    watching[0] = False


def corpus(port: int) -> list[str]:
    hosts = (*CLOSED_LITERALS, *ODD_HOSTS, *NAMES)
    return [f"{scheme}://{host}:{port}/" for host in hosts for scheme in ("http", "https")] + list(ODD_URLS)


def test_a_corpus_of_bad_addresses_makes_no_connection() -> None:
    with peer(host="0.0.0.0") as here, connections() as made:  # noqa: S104 - it listens for what must not come
        assert len(CLOSED_LITERALS) + len(ODD_HOSTS) + len(NAMES) >= 60
        for url in corpus(here.port):
            with pytest.raises((BadUrl, ForbiddenAddress)):
                fetch("GET", url, timeout=5)
        assert made == []
        assert here.arrivals == 0


def test_the_watch_on_connections_would_have_seen_one() -> None:
    with peer() as here, connections() as made:
        fetch("GET", here.url, allowed=LOOPBACK)
        assert made == [("127.0.0.1", here.port)]
        assert here.arrivals == 1


@pytest.mark.parametrize("host", CLOSED_LITERALS)
def test_a_closed_literal_is_refused_when_it_is_typed(host: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check_url(f"https://{host}/hook")


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00::1"]
)
def test_ordinary_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_names_and_ports_are_read() -> None:
    target = read_url("https://Back-Office.example:8443/hooks/a?b=c#d")
    assert (target.host, target.port, target.path) == ("back-office.example", 8443, "/hooks/a?b=c")
    assert target.host_header == "back-office.example:8443"
    assert read_url("http://[2606:4700::1111]").host_header == "[2606:4700::1111]"


def test_a_name_with_one_closed_address_among_its_addresses_is_closed() -> None:
    with pytest.raises(ForbiddenAddress):
        fetch("GET", "http://localhost:1/", allowed=[ip_network("::1/128")])


def test_a_request_arrives_as_it_was_meant() -> None:
    with peer(answers("201 Created", b"made", X_Number="7")) as here:
        said = fetch("POST", here.url + "?a=b", headers={"X-One": "1", "Host": "evil"}, body=b"{}", allowed=LOOPBACK)
        assert (said.status, said.body, said.headers["x-number"], said.ok) == (201, b"made", "7", True)
        (asked,) = here.asked
        assert (asked.method, asked.path, asked.body) == ("POST", "/hook?a=b", b"{}")
        assert asked.headers["host"] == f"127.0.0.1:{here.port}"
        assert asked.headers["x-one"] == "1"


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with peer() as elsewhere, peer(answers("302 Found", Location=elsewhere.url)) as here:
        said = fetch("GET", here.url, allowed=LOOPBACK)
        assert (said.status, said.ok) == (302, False)
        assert elsewhere.arrivals == 0


@pytest.mark.parametrize("behaviour", [hangs, drips_headers, drips_body])
def test_a_slow_peer_is_left_at_the_deadline(behaviour: object) -> None:
    def ask() -> None:
        with pytest.raises(TooSlow):
            fetch("GET", here.url, timeout=0.5, allowed=LOOPBACK)

    with peer(behaviour) as here:  # type: ignore[arg-type]  # - they are behaviours
        assert seconds(ask) < 30, "they would go on for minutes"


def test_an_endless_answer_is_cut_off() -> None:
    with peer(floods) as here, pytest.raises(TooLarge):
        fetch("GET", here.url, max_bytes=100_000, allowed=LOOPBACK)


def test_nobody_there_and_nonsense_are_no_answer() -> None:
    with pytest.raises(NoAnswer):
        fetch("GET", f"http://127.0.0.1:{free_port()}/hook", allowed=LOOPBACK)
    with peer(speaks_another_language) as odd, pytest.raises(NoAnswer):
        fetch("GET", odd.url, allowed=LOOPBACK)


def test_what_went_wrong_is_told_without_the_path() -> None:
    with pytest.raises(OutboundError) as refused:
        fetch("GET", f"http://127.0.0.1:{free_port()}/secret-token?key=secret", allowed=LOOPBACK)
    assert "secret" not in str(refused.value)


def test_a_certificate_is_checked_for_the_name_and_not_for_the_address(tmp_path: Path) -> None:
    server, trust = _certified(tmp_path, "localhost")
    with peer(tls=server) as here:
        by_name = f"https://localhost:{here.port}/"
        assert fetch("GET", by_name, allowed=LOOPBACK, trust=trust).status == 200
        with pytest.raises(NoAnswer):
            fetch("GET", by_name, allowed=LOOPBACK)
        with pytest.raises(NoAnswer):
            fetch("GET", here.url, allowed=LOOPBACK, trust=trust)
        assert len(here.asked) == 1


def test_the_settings_open_networks() -> None:
    opened = Settings(_env_file=None, outbound_allowed="10.20.0.0/16, fd00:20::/32").outbound_allowed
    check_url("https://10.20.3.4/", opened)
    check_url("https://[fd00:20::1]/", opened)
    with pytest.raises(ForbiddenAddress):
        check_url("https://10.21.0.1/", opened)


def _certified(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's side with a certificate for this name, and a client's side that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = folder / "certificate.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))
