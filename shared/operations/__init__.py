"""What operators and their machines ask a service: are you alive, are you ready, how much, which build, what is wrong."""
