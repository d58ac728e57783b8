"""What money does: investors, rounds, interests, co-investment."""
