"""What a person who has just typed ``make run`` wants to know."""

from __future__ import annotations

from deploy.local.assembling import Suite
from deploy.local.demo_group import credentials


def say_hello(suite: Suite, bind: str) -> None:
    """Print where to click and how to sign in."""
    environment = suite.runtime("reception").environment
    lines = [f"迎宾 Yingbin  http://{bind}/"]
    found = credentials(environment) if environment.demo else None
    if found:
        lines.append("  演示数据，纯属虚构 · an invented demo group")
        lines += [f"  {p['branch']:<14} {p['role']:<18} {p['user']}  /  {p['password']}" for p in found["staff"]]
        lines.append(f"  kiosk, headquarters and service keys: {environment.data_dir / 'demo-credentials.json'}")
    print("\n".join(lines), flush=True)
