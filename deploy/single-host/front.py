"""nginx in front of the services: one address, whole requests before a thread is taken, no metrics for the outside."""

from __future__ import annotations

import json
import os
import pwd
from pathlib import Path

PROBLEMS = {
    # what nginx says by itself, in the form every error of the product has: status → (code, title)
    400: ("bad-request", "请求无法识别 · The request cannot be understood"),
    404: ("not-found", "没有这个地址 · There is nothing at this address"),
    408: ("request-timeout", "请求太慢 · The request took too long"),
    413: ("content-too-large", "内容过大 · The content is too large"),
    414: ("uri-too-long", "地址过长 · The address is too long"),
    431: ("headers-too-large", "请求头过大 · The headers are too large"),
    503: ("service-unavailable", "暂时无法服务，请稍后再试 · Not available for the moment, try again"),
}


def unprivileged() -> pwd.struct_passwd | None:
    """Whom nginx runs as when we are root: whoever may do nothing else. None: as who we are."""
    if os.geteuid() != 0:
        return None
    for name in ("www-data", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def write_configuration(folder: Path, port: int, ports: dict[str, int], listen: str = "127.0.0.1") -> Path:
    """Write nginx.conf into ``folder``, which gets everything else that nginx writes too; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    user = unprivileged()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    path = folder / "nginx.conf"
    path.write_text(configuration(folder, port, ports, listen), encoding="utf-8")
    path.chmod(0o644)
    return path


def configuration(folder: Path, port: int, ports: dict[str, int], listen: str) -> str:
    """The text of nginx.conf: every service under its own name at one address."""
    upstreams = "\n".join(
        f"    upstream {name} {{ server 127.0.0.1:{at}; keepalive 32; }}" for name, at in ports.items()
    )
    locations = "\n".join(
        f"        location ^~ /{name}/metrics {{ return 404; }}\n"
        f"        location = /{name} {{ proxy_pass http://{name}; }}\n"
        f"        location /{name}/ {{ proxy_pass http://{name}; }}"
        for name in ports
    )
    problems = "\n".join(_problem(status) for status in PROBLEMS)
    return f"""\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
# Lines of lesser weight repeat the request, and with it what a person typed.
error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    server_tokens off;
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;

    # Slow clients wait here, on no thread of a service.
    client_header_timeout 10s;
    client_body_timeout 10s;
    send_timeout 10s;
    reset_timedout_connection on;
    client_max_body_size 64m;
    large_client_header_buffers 4 8k;
    proxy_request_buffering on;
    proxy_buffering on;
    # A little longer than a service's own deadline.
    proxy_connect_timeout 3s;
    proxy_read_timeout 35s;
    proxy_send_timeout 10s;
    proxy_next_upstream off;

    proxy_http_version 1.1;
    proxy_set_header Connection "";
    # The services' own word, which names no product and no version.
    proxy_pass_header Server;
    proxy_set_header Host $http_host;
    # Set, not added to: whatever a client claims about itself ends here.
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Host $http_host;

{upstreams}

    server {{
        listen {listen}:{port};
        error_page 400 = @problem400;
        error_page 404 = @problem404;
        error_page 408 = @problem408;
        error_page 413 = @problem413;
        error_page 414 = @problem414;
        error_page 494 = @problem431;
        error_page 502 503 504 = @problem503;

        location = / {{ return 302 /reception/; }}
{locations}
        location / {{ return 404; }}
{problems}
    }}
}}
"""


def _problem(status: int) -> str:
    code, title = PROBLEMS[status]
    body = json.dumps({"type": f"/problems/{code}", "title": title, "status": status}, ensure_ascii=False)
    # No address in it: what a client wrote there need not be good JSON.
    body = body[:-1] + ', "request_id": "$request_id"}'
    again = "            add_header Retry-After 2 always;\n" if status == 503 else ""
    return (
        f"        location @problem{status} {{\n            default_type application/problem+json;\n{again}"
        f"            return {status} '{body}';\n        }}"
    )
