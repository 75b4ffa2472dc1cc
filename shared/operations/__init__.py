"""What operators and their machines ask a service: alive, ready, how much, which build, what is wrong."""
