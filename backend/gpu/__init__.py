"""The graphics card's memory, for every engine: what there is, which model has it, and how it is given back.

An engine hands over numbers and the protocols `Plan`, `Demand` and `Resident`; what its models are stays with it.
"""
