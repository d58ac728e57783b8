"""How much of what is possible the API reaches: ratios to programs that do the same work with nothing around it."""
