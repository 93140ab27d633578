"""The doctor: examines a storage on its real server, in the order in which things depend on each other.

One small function for each examination, in files by matter; ``examinations`` lists them, ``run`` carries them out.
"""
