"""Settings: `base` for all, then one module per way of running. Only `production` is for real data; it has no default for a secret."""
