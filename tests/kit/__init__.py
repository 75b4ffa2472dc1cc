"""What tests stand on: servers of their own, fresh databases and vhosts, the list of duties.

Servers are shared by the workers of one run and ended with it. While working on tests, `KIT_KEEP=1` keeps them for the
next run (RabbitMQ takes 10 s to boot) until `python -m tests.kit stop`.
"""
