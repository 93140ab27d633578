"""What a release has to prove: the suite passes on each pair of Python and Django, and each installer takes the wheel.

Nothing here is part of the package; ``make matrix`` and ``make installers`` run it.
"""
