"""How complete a profile is: what forms and verification can make use of, and what is still empty."""

from dataclasses import dataclass

from django.utils.functional import Promise

from incubator.startups.models import Startup

# By page of the profile. People count as one entry.
WANTED: dict[str, tuple[str, ...]] = {
    "company": ("name", "jurisdiction", "registration_no", "incorporated_on", "address", "website"),
    "pitch": ("pitch", "abstract", "focus_areas", "expertise_wanted"),
    "progress": ("traction", "intellectual_property"),
}


@dataclass(frozen=True, slots=True)
class Completeness:
    done: int
    total: int
    empty: dict[str, list[str | Promise]]

    @property
    def is_complete(self) -> bool:
        return self.done == self.total


def of(startup: Startup, *, people: int) -> Completeness:
    """Counts loaded fields; `people` is how many the team lists."""
    empty: dict[str, list[str | Promise]] = {}
    total = done = 0
    for topic, names in WANTED.items():
        missing = [name for name in names if not getattr(startup, name)]
        total, done = total + len(names), done + len(names) - len(missing)
        if missing:
            empty[topic] = [Startup._meta.get_field(name).verbose_name for name in missing]  # type: ignore[union-attr]
    return Completeness(done + bool(people), total + 1, empty)
