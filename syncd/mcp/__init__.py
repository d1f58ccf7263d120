"""What assistants may ask over the Model Context Protocol: the same questions as people, and nothing that changes."""
