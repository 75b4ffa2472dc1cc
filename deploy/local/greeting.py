"""What a person who has just typed ``make run`` wants to know."""

from __future__ import annotations

from deploy.local.assembling import Suite
from deploy.local.demo_group import credentials


def say_hello(suite: Suite, bind: str) -> None:
    """Print where to click and how to sign in."""
    environment = suite.runtime("reception").environment
    lines = _on_the_network(bind) if environment.lan else [f"迎宾 Yingbin  http://{bind}/"]
    found = credentials(environment) if environment.demo else None
    if found:
        lines.append("  演示数据，纯属虚构 · an invented demo group")
        lines += [f"  {p['branch']:<14} {p['role']:<18} {p['user']}  /  {p['password']}" for p in found["staff"]]
        lines.append(f"  kiosk, headquarters and service keys: {environment.data_dir / 'demo-credentials.json'}")
    print("\n".join(lines), flush=True)


def _on_the_network(bind: str) -> list[str]:
    from deploy.local.lan import AUTHORITY_PATH, certificates, here

    port = bind.rpartition(":")[2]
    found = certificates()
    addresses = [f"https://{name}:{port}/" for name in here()]
    return [
        f"迎宾 Yingbin  {addresses[0]}",
        "  局域网地址 · on the local network: " + "  ".join(addresses[2:]),
        f"  CA {found.authority}",
        f"  SHA-256 {found.fingerprint}",
        f"  平板首次使用：打开上面的地址 + {AUTHORITY_PATH}，核对指纹后安装并信任此证书。",
        f"  Once per tablet: open the address + {AUTHORITY_PATH}, compare the fingerprint, install and trust it",
        "  (Android: Settings > Security > Install a CA certificate;",
        "  iOS: install the profile, then Settings > General > About > Certificate Trust Settings).",
    ]
