"""The Metadata API: packages, components, and what deploying them does to the org."""
