"""What staff steer of the sending of messages: acts that tell many, channels that are paused, messages sent again in numbers.

Layer: below notifications, whose workers ask these rows what they may do; above accounts. The operations on them are
in notifications, which sends.
"""
