"""Measurements beside everything a user would pick instead: ``make bench``, or ``python -m benchmarks --help``.

peers          who is compared, and how each is told where the server is; environments: what is installed where
inside         runs in a peer's environment: program (orders and answers), verbs, gauges, floor (bare urllib3)
worker         the near end of such a program; bench: all that a measurement needs; address: where a server is
nginx          the server too fast to matter, listings: its answers; proxy: adds round-trip time, counts requests
measures       one module for each thing that is measured; figures: what comes out; scales: how much of it
kept           what an interrupted run has measured; machine: on what, with which versions and sources
report         the tables, the charts, the targets, and the page they stand on: made of the figures alone
"""
