"""The pages: what each shows, who may see it, and what may be done there. Each is a rendering of its own JSON."""
