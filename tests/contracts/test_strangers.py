"""Clients that nobody here wrote: pika binds a queue of its own, the CloudEvents SDK reads what arrives."""

from __future__ import annotations

import json

import pika
import pytest
from cloudevents.core.bindings.amqp import AMQPMessage, from_structured
from cloudevents.core.formats.json import JSONFormat

from tests.faults.facts import call, log_calls
from tests.kit.databases import RealUrls
from tests.kit.house import BRANCHES, House, stack_of


@stack_of("real")
@pytest.mark.duty("T6.1")
def test_a_stranger_with_rights_on_the_broker_reads_our_facts_as_cloudevents(house: House, real_urls: RealUrls) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(real_urls.broker.url(vhost=real_urls.vhost)))
    try:
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(queue, "dealer.events", routing_key=f"{BRANCHES[0]}.reception.#")
        log_calls(house, [call("service", n) for n in range(1, 4)])
        log_calls(house, [call("elsewhere", 1)], BRANCHES[1])
        house.settle()
        read = []
        while True:
            method, properties, body = channel.basic_get(queue, auto_ack=True)
            if method is None:
                break
            assert method.routing_key.startswith(f"{BRANCHES[0]}.reception.")
            if ".call." not in method.routing_key:
                continue
            message = AMQPMessage({"content-type": properties.content_type}, {}, body)
            event = from_structured(message, JSONFormat())
            assert event.get_source() == "/services/reception"
            assert event.get_subject().startswith("call/")
            assert event.get_data()["topic"] == "service"
            assert event.get_id() == properties.message_id
            read.append(event.get_extension("position"))
    finally:
        connection.close()
    assert len(read) == 3
    assert read == sorted(read)


@stack_of("real")
def test_no_name_lies_in_a_queue(house: House, real_urls: RealUrls) -> None:
    """Personal facts travel as a reference; the content is pulled by those whose key allows it."""
    connection = pika.BlockingConnection(pika.URLParameters(real_urls.broker.url(vhost=real_urls.vhost)))
    try:
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(queue, "dealer.events", routing_key="#")
        log_calls(house, [call("service", 1)])
        house.settle()
        bodies = []
        while (found := channel.basic_get(queue, auto_ack=True))[0] is not None:
            bodies.append(json.loads(found[2]))
    finally:
        connection.close()
    joined = [body for body in bodies if body["type"] == "reception.staff.joined.v1"]
    assert joined, "nobody joined: this run proves nothing"
    for body in joined:
        assert "data" not in body
        assert body["dataref"] == f"/reception/api/v1/events?after={body['position'] - 1}&limit=1"
    assert "agent-1" not in json.dumps(bodies)
