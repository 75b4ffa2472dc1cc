"""What a broker must know by itself, so that a wiped one comes back whole: vhosts, users, least privilege, the exchange
and the queues' policy. Queues and bindings are not here: each service declares its own, again and again.

`python -m deploy.broker_definitions > deploy/rabbitmq/definitions.json` writes the template that is shipped; there the
passwords are placeholders and `--passwords FILE` (JSON, user → password) puts real ones.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

SERVICES = ("reception", "appointments", "followup", "reporting")
OPERATOR = "operator"
EXCHANGE = "dealer.events"


def password_hash(password: str) -> str:
    """RabbitMQ's salted SHA-256, so that no file needs the password itself."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _user(name: str, password: str, tags: list[str]) -> dict:
    return {
        "name": name, "password_hash": password_hash(password),
        "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": tags, "limits": {},
    }


def definitions(vhosts: Iterable[str], passwords: Mapping[str, str]) -> dict:
    """The content of definitions.json.

    A service configures its own queues only, and reads and writes the exchange and its queues; what it publishes must
    carry its own name in the routing key (`<branch>.<service>.…`), another's is refused with 403. A full queue drops
    its oldest message: the log gives it back, and one stopped consumer does not stop the others' publishing.
    """
    vhosts = list(vhosts)
    permissions, topics = [], []
    for vhost in vhosts:
        for service in SERVICES:
            own = f"^({re.escape(EXCHANGE)}|{service}\\..*)$"
            permissions.append({
                "user": service, "vhost": vhost, "configure": f"^{service}\\.", "write": own, "read": own,
            })
            topics.append({
                "user": service, "vhost": vhost, "exchange": EXCHANGE,
                "write": f"^[a-z0-9-]+\\.{service}\\.", "read": ".*",
            })
        permissions.append({"user": OPERATOR, "vhost": vhost, "configure": ".*", "write": ".*", "read": ".*"})
    return {
        "users": [
            *(_user(service, passwords[service], []) for service in SERVICES),
            _user(OPERATOR, passwords[OPERATOR], ["administrator"]),
        ],
        "vhosts": [{"name": vhost} for vhost in vhosts],
        "permissions": permissions,
        "topic_permissions": topics,
        "exchanges": [
            {"name": EXCHANGE, "vhost": vhost, "type": "topic", "durable": True,
             "auto_delete": False, "internal": False, "arguments": {}}
            for vhost in vhosts
        ],
        "policies": [
            {"vhost": vhost, "name": "service-queues", "pattern": f"^({'|'.join(SERVICES)})\\.", "apply-to": "queues",
             "priority": 0, "definition": {"max-length": 100_000, "overflow": "drop-head"}}
            for vhost in vhosts
        ],
        "queues": [], "bindings": [], "parameters": [], "global_parameters": [],
    }


def main(arguments: list[str]) -> int:
    """Print definitions for the vhost `/`."""
    content = definitions(["/"], dict.fromkeys((*SERVICES, OPERATOR), "placeholder"))
    if arguments[:1] == ["--passwords"] and len(arguments) == 2:
        content = definitions(["/"], json.loads(Path(arguments[1]).read_text()))
    elif arguments:
        print("usage: python -m deploy.broker_definitions [--passwords FILE]", file=sys.stderr)
        return 2
    else:
        for user in content["users"]:   # an account without a password cannot sign in until it is given one
            user.update(password_hash="", hashing_algorithm="rabbit_password_hashing_sha256")
    json.dump(content, sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
