"""Finding a customer by what is said on the phone, typing mistakes included: candidates from indexes, then a careful look."""
