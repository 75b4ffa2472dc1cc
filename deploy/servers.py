"""Private servers of our own, for tests, benchmarks and a single host without a database or broker yet."""

from deploy.broker_definitions import OPERATOR, SERVICES, definitions
from deploy.postgres_server import PostgresServer, ServiceUrls
from deploy.processes import ServerFailed
from deploy.rabbit_server import RabbitServer

__all__ = ["OPERATOR", "SERVICES", "PostgresServer", "RabbitServer", "ServerFailed", "ServiceUrls", "definitions"]
