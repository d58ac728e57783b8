"""The demo park: an invented science park with two years behind it, made from a seed and dated from the day of loading.

What lies in the past is written in bulk, each step checked against the state tables; nobody is mailed about it. What
happened lately goes through the real operations, so that mail, notices and webhooks of it arrive.
"""
