"""The servers that tests stand on keep what they promise: durable, private, whole after a wipe, ended by their id."""

from __future__ import annotations

import socket

import amqp
import psycopg
import pytest

from deploy.processes import Recorded, free_port
from deploy.servers import SERVICES, PostgresServer, RabbitServer, definitions
from tests.kit.sharing import give_back_vhost, take_vhost


def connect(server: RabbitServer, user: str, vhost: str) -> amqp.Connection:
    connection = amqp.Connection(f"127.0.0.1:{server.port}", user, server.passwords[user], virtual_host=vhost)
    connection.connect()
    return connection


def test_a_service_owns_nothing_but_its_own_database(postgres: PostgresServer) -> None:
    urls = postgres.create_service("reception", "kit_reception")
    try:
        with psycopg.connect(urls.owner, autocommit=True) as owner:
            owner.execute("CREATE TABLE note (words text)")
        with psycopg.connect(urls.app, autocommit=True) as app:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("SELECT * FROM note")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("CREATE TABLE mine (words text)")
            rights = app.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
            assert rights == (False, False)
        stranger = postgres.create_service("followup", "kit_followup").app
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(stranger.replace("kit_followup", "kit_reception"))
    finally:
        postgres.drop_database("kit_reception")
        postgres.drop_database("kit_followup")


def test_postgres_keeps_what_it_acknowledged_over_a_kill(own_postgres: PostgresServer) -> None:
    urls = own_postgres.create_service("reception", "kit_kill")
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("CREATE TABLE note (words text)")
        owner.execute("INSERT INTO note VALUES ('kept')")
    own_postgres.kill()
    assert not own_postgres.alive()
    own_postgres.start()
    with psycopg.connect(urls.owner) as owner:
        assert owner.execute("SELECT words FROM note").fetchall() == [("kept",)]
    own_postgres.drop_database("kit_kill")


def test_a_service_publishes_under_its_own_name_only(broker: RabbitServer) -> None:
    vhost = take_vhost(broker)
    with connect(broker, "reception", vhost) as connection:
        channel = connection.channel()
        channel.confirm_select()
        channel.queue_declare("reception.kit", durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
        channel.queue_bind("reception.kit", "dealer.events", "*.reception.#")
        channel.basic_publish(amqp.Message("mine"), "dealer.events", "bj.reception.visit", mandatory=True)
        with pytest.raises(amqp.AccessRefused):
            channel.queue_declare("followup.kit", auto_delete=False)
        channel = connection.channel()
        with pytest.raises(amqp.AccessRefused):
            channel.basic_publish(amqp.Message("not mine"), "dealer.events", "bj.followup.call")
            connection.drain_events(timeout=5)
    give_back_vhost(broker, vhost)


def test_a_vhost_comes_back_empty(broker: RabbitServer) -> None:
    vhost = take_vhost(broker)
    with connect(broker, "reception", vhost) as connection:
        connection.channel().queue_declare("reception.left", durable=True, auto_delete=False)
    broker.empty_vhosts([vhost])
    with connect(broker, "reception", vhost) as connection:
        with pytest.raises(amqp.NotFound):
            connection.channel().queue_declare("reception.left", passive=True)
        connection.channel().exchange_declare("dealer.events", "topic", passive=True)
    give_back_vhost(broker, vhost)


def test_a_wiped_broker_comes_back_whole(own_broker: RabbitServer) -> None:
    own_broker.add_vhost("kit-wiped")
    own_broker.wipe()
    own_broker.start()
    with connect(own_broker, "reporting", "kit-wiped") as connection:
        connection.channel().exchange_declare("dealer.events", "topic", passive=True)
    policies = own_broker.ctl("list_policies", "-p", "kit-wiped")
    assert "drop-head" in policies


def test_a_frozen_broker_says_nothing_and_goes_on(own_broker: RabbitServer) -> None:
    own_broker.freeze()
    with socket.create_connection(("127.0.0.1", own_broker.port), timeout=5) as waiting:
        waiting.sendall(b"AMQP\x00\x00\x09\x01")
        waiting.settimeout(1)
        with pytest.raises(TimeoutError):
            waiting.recv(1)
        own_broker.thaw()
        waiting.settimeout(30)
        assert waiting.recv(1) == b"\x01"


def test_tests_that_break_a_server_run_in_one_worker(own_broker: RabbitServer, request: pytest.FixtureRequest) -> None:
    if hasattr(request.config, "workerinput"):
        assert request.node.nodeid.endswith("@own_broker"), "this pytest-xdist does not group"


def test_nothing_listens_but_on_loopback(own_broker: RabbitServer) -> None:
    notes = own_broker.notes.read()
    with open("/proc/net/tcp") as four, open("/proc/net/tcp6") as six:
        listening = [line.split()[1] for line in [*four, *six][1:] if line.split()[3] == "0A"]
    for name in ("port", "dist_port", "epmd_port"):
        found = [address for address in listening if address.endswith(f":{notes[name]:04X}")]
        assert found, name
        assert all(a.startswith(("0100007F:", "00000000000000000000000001000000:")) for a in found), (name, found)


def test_a_later_process_with_the_same_number_is_another() -> None:
    born_earlier = Recorded(1, "0")
    assert not born_earlier.alive()
    assert born_earlier.children() == []
    born_earlier.kill()   # and nothing happened to process 1


def test_permissions_name_every_service_once_per_vhost() -> None:
    content = definitions(["a", "b"], dict.fromkeys((*SERVICES, "operator"), "secret"))
    assert len(content["permissions"]) == 10
    assert len(content["topic_permissions"]) == 8
    assert "secret" not in str(content)


def test_free_ports_lie_below_those_that_clients_are_given() -> None:
    with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
        lowest = int(file.read().split()[0])
    assert 20000 <= free_port() < lowest
