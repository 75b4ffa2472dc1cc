"""``make run LAN=1``: https for the tablets of a shop, from an authority that lives as long as they do."""

from __future__ import annotations

import json
import ssl
import stat
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from deploy.local.lan import AUTHORITY_PATH, ensure
from shared import clock
from tests.faults.processes import program
from tests.kit.waiting import until
from tests.operations.shop import Shop, free_port

pytestmark = [pytest.mark.timeout(180)]
REACHED = ["127.0.0.1", "localhost", "192.168.1.20"]


def certificate(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "server.pem").read_bytes())


def test_certificates_stay_until_addresses_change_or_they_end(tmp_path: Path) -> None:
    now = clock.now()
    first = ensure(tmp_path, REACHED, now)
    serial = certificate(tmp_path).serial_number
    assert ensure(tmp_path, list(reversed(REACHED)), now + timedelta(days=360)) == first
    assert certificate(tmp_path).serial_number == serial

    assert ensure(tmp_path, [*REACHED, "10.1.2.3"], now).fingerprint == first.fingerprint
    moved = certificate(tmp_path)
    assert moved.serial_number != serial
    names = moved.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "10.1.2.3" in [str(address) for address in names.get_values_for_type(x509.IPAddress)]

    assert ensure(tmp_path, [*REACHED, "10.1.2.3"], now + timedelta(days=370)).fingerprint == first.fingerprint
    assert certificate(tmp_path).serial_number != moved.serial_number
    assert (moved.not_valid_after_utc - moved.not_valid_before_utc).days <= 398
    # It may sign nothing that would outlive it.
    assert ensure(tmp_path, REACHED, now + timedelta(days=3300)).fingerprint != first.fingerprint


def test_keys_are_the_owners_alone_and_the_authority_speaks_for_private_names_only(tmp_path: Path) -> None:
    made = ensure(tmp_path / "tls", ["127.0.0.1", "8.8.8.8", "bank.example", "localhost"])
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700
    for name in ("ca-key.pem", "server-key.pem"):
        assert stat.S_IMODE((tmp_path / "tls" / name).stat().st_mode) == 0o600
    names = certificate(tmp_path / "tls").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(each) for each in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    limits = x509.load_pem_x509_certificate(made.authority.read_bytes()).extensions
    assert limits.get_extension_for_class(x509.NameConstraints).critical


def test_a_tablet_that_trusts_the_authority_is_served_and_nobody_in_the_clear(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "local.log"
    told = {"DATA_DIR": str(tmp_path / "data"), "PORT": str(port), "YINGBIN_MODE": "demo", "YINGBIN_LAN": "1",
            "YINGBIN_BUS_URL": "memory://", "PYTHONUNBUFFERED": "1"}  # fmt: skip
    with program(["-m", "deploy.cli", "local"], told, log) as process:

        def greeted() -> bool:
            assert process.running, log.read_text()[-3000:]
            return "SHA-256" in log.read_text()

        until(greeted, 90, "it serves")
        authority = tmp_path / "data" / "tls" / "ca.pem"
        trusting = ssl.create_default_context(cafile=str(authority))
        keys = json.loads((tmp_path / "data" / "demo-credentials.json").read_text())["kiosk"]
        shop = Shop(told, [kiosk["key"] for kiosk in keys], port, tmp_path, "https", trusting)
        shop.up(process)
        with shop.client() as tablet:
            assert shop.check_in(tablet).status_code == 201
            fetched = tablet.get(AUTHORITY_PATH)
        read = x509.load_pem_x509_certificate(fetched.content)
        from cryptography.hazmat.primitives import hashes

        said = log.read_text()
        assert read.fingerprint(hashes.SHA256()).hex(":").upper() in said
        assert f"https://127.0.0.1:{port}/" in said
        with pytest.raises(httpx.ConnectError, match=r"(?i)certificate"):
            httpx.get(f"https://127.0.0.1:{port}/healthz", trust_env=False)
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
