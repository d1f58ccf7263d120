"""syncd beside the least that the same work can cost: `make bench`, docs/reference/performance.md."""
