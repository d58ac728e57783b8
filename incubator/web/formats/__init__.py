"""How dates are written where no page part writes them: in the records of the staff site."""
