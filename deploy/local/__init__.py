"""Everything in one process: four apps behind one address, their relays, consumers and jobs as threads."""
