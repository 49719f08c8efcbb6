"""Accounts: whose keys are here, where they are kept, and whether the network may be used."""
