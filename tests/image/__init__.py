"""The container image: what its Dockerfile says, and, where an engine is named, the image itself, built and started."""
