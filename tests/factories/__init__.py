"""Minimal valid rows, one module per app."""
