"""Models at others: one engine for all of them, over a provider's few calls and a table of its models.

A provider is a module in `providers`, a model a row in it. This package is light to import: the registry reads the
names of the models, and nothing is loaded for it.
"""
