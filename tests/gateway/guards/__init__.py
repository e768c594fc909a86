"""What is personal data in a request, and what becomes of it."""
