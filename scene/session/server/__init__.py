"""The server that makes the takes: which one, how it is reached, the accounts and models that it has."""
