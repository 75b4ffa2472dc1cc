"""``make run LAN=1``: https on the local network, with a certificate of our own authority that tablets trust once.

Outside loopback a browser gives service workers, cameras and safe cookies to https alone, and no public authority
signs an address such as 192.168.1.20.
"""

from __future__ import annotations

import contextlib
import fcntl
import ipaddress
import os
import socket
import ssl
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.local.first_start import write_secret
from shared import clock

AUTHORITY_PATH = "/yingbin-ca.crt"
_AUTHORITY_LIFE = timedelta(days=3650)
# Browsers refuse certificates that live longer than 398 days.
_LIFE, _RENEWED_BEFORE = timedelta(days=397), timedelta(days=30)
# A stolen authority can speak for nobody on the internet: only for private addresses and names.
_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8")
_NAMES = ("localhost", "local", "lan", "home.arpa", "internal")
_SIOCGIFADDR = 0x8915


@dataclass(frozen=True)
class Certificates:
    """Where they lie, and the authority's fingerprint as people compare it."""

    authority: Path
    certificate: Path
    key: Path
    fingerprint: str


def here() -> list[str]:
    """The names and IPv4 addresses by which this machine is reached on its network, loopback first."""
    found = {"127.0.0.1": None, "localhost": None}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, interface in socket.if_nameindex():
            # An interface without an address says so by an error; so does a system that is not Linux.
            with contextlib.suppress(OSError):
                answer = fcntl.ioctl(asking.fileno(), _SIOCGIFADDR, struct.pack("256s", interface[:15].encode()))
                found[socket.inet_ntoa(answer[20:24])] = None
    name = socket.gethostname().split(".")[0].lower()
    with contextlib.suppress(OSError):
        found |= dict.fromkeys(socket.gethostbyname_ex(name)[2])
    return [*found, *([] if name in found else [name, f"{name}.local"])]


def ensure(folder: Path, reached: Sequence[str], now: datetime | None = None) -> Certificates:
    """Certificates for ``reached``, made where there are none and renewed when they expire or the addresses changed.

    The authority stays the same as long as it lives: tablets trust it once.
    """
    now = now or clock.now()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    authority, key = _authority(folder, now)
    wanted = [name for name in reached if _allowed(authority, name)]
    if not _good(folder / "server.pem", folder / "server-key.pem", authority, wanted, now):
        _sign(folder, authority, key, wanted, now)
    digest = authority.fingerprint(hashes.SHA256()).hex(":").upper()
    return Certificates(folder / "ca.pem", folder / "server.pem", folder / "server-key.pem", digest)


def context(default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """gunicorn's own, without the versions of TLS that are broken."""
    made = default()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


class WithAuthority:
    """The front door, and behind one more address the authority's certificate (public) for tablets to fetch."""

    def __init__(self, front_door: Any, authority: Path) -> None:
        self.front_door, self.apps = front_door, front_door.apps
        self._body = authority.read_bytes()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != AUTHORITY_PATH or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.front_door(environ, start_response)
        start_response("200 OK", [
            ("Content-Type", "application/x-x509-ca-cert"), ("Content-Length", str(len(self._body))),
            ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
        ])  # fmt: skip
        return [self._body]


def _authority(folder: Path, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    certificate, key = folder / "ca.pem", folder / "ca-key.pem"
    if certificate.exists() and key.exists():
        read = x509.load_pem_x509_certificate(certificate.read_bytes())
        # It must outlive what it signs.
        if read.not_valid_after_utc > now + _LIFE:
            private: Any = serialization.load_pem_private_key(key.read_bytes(), None)
            return read, private
    made = ec.generate_private_key(ec.SECP256R1())
    host = socket.gethostname().split(".")[0].lower()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Yingbin {host} {now:%Y-%m-%d}"[:64])])
    permitted: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_network(network)) for network in _NETWORKS]
    permitted += [x509.DNSName(each) for each in dict.fromkeys((*_NAMES, host)) if each.isascii()]
    signed = (
        _certificate(name, name, made.public_key(), now, _AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .sign(made, hashes.SHA256())
    )
    write_secret(key, _pem(made))
    write_secret(certificate, signed.public_bytes(serialization.Encoding.PEM).decode())
    return signed, made


def _sign(
    folder: Path, authority: x509.Certificate, key: ec.EllipticCurvePrivateKey, reached: Sequence[str], now: datetime
) -> None:
    made = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Yingbin")])
    signed = (
        _certificate(name, authority.subject, made.public_key(), now, _LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general(each) for each in reached]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_secret(folder / "server-key.pem", _pem(made))
    chain = [each.public_bytes(serialization.Encoding.PEM).decode() for each in (signed, authority)]
    write_secret(folder / "server.pem", "".join(chain))


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    # A tablet whose clock is an hour slow must not refuse it.
    begun = now - timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(issuer).public_key(key).serial_number(x509.random_serial_number())
        .not_valid_before(begun).not_valid_after(begun + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )  # fmt: skip


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _good(file: Path, key: Path, authority: x509.Certificate, reached: Sequence[str], now: datetime) -> bool:
    if not (file.exists() and key.exists()):
        return False
    read = x509.load_pem_x509_certificate(file.read_bytes())
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    private: Any = serialization.load_pem_private_key(key.read_bytes(), None)
    return (
        set(names) == {_general(each) for each in reached}
        and read.not_valid_after_utc > now + _RENEWED_BEFORE
        and read.issuer == authority.subject
        and read.public_key() == private.public_key()
    )


def _allowed(authority: x509.Certificate, name: str) -> bool:
    """Whether the authority may sign this name or address; one signature too many would spoil the whole certificate."""
    if not name.isascii():
        return False
    permitted = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    wanted: Any = _general(name)
    if isinstance(wanted, x509.IPAddress):
        networks: list[Any] = [each.value for each in permitted if isinstance(each, x509.IPAddress)]
        return any(wanted.value in network for network in networks)
    names = [each.value for each in permitted if isinstance(each, x509.DNSName)]
    return any(name == each or name.endswith(f".{each}") for each in names)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def asked() -> bool:
    """Whether this process is to serve the local network."""
    return os.environ.get("YINGBIN_LAN", "").strip() == "1"


def certificates() -> Certificates:
    """This installation's, for this machine as it is reached now."""
    return ensure(Path(os.environ.get("DATA_DIR") or "var").absolute() / "tls", here())
