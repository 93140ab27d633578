"""Nothing lost: every operation on every protocol, with everything going wrong that can; see docs/reliability.md."""
