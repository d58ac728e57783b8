"""Landing pages over several apps, health checks and the demo data command. No models; the highest layer."""
