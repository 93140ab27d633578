"""Direct uploads in a real browser, on the demo's site. Run with `make browser-test`."""
