"""The programs of the benchmarks, on real servers; nginx is one of them. Run with `make bench-test`."""
