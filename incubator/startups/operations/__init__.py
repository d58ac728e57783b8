"""What is done with startups. Import the verbs from here: `from incubator.startups import operations as startups`."""

from incubator.startups.operations.disclosing import disclose, record_read, revoke, set_visibility
from incubator.startups.operations.standing import set_park_stage, tie, untie

__all__ = ["disclose", "record_read", "revoke", "set_park_stage", "set_visibility", "tie", "untie"]
