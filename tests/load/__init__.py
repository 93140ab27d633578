"""Load: many threads, many processes, many objects, and what is left behind."""
