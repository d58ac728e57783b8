"""For any set of disclosures, what an outsider sees is the highest live level that reaches it, and nothing else."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incubator.lib.clock import now
from incubator.startups.models import Disclosure, Startup
from tests.factories.startups import DisclosureFactory, StartupFactory

REACHES = {"partner": {"public", "partners", "own"}, "investor": {"public", "investors", "own"}}

rows = st.lists(
    st.fixed_dictionaries(
        {
            "audience": st.sampled_from(["public", "partners", "investors", "own", "other"]),
            "level": st.sampled_from(Disclosure.Level.values),
            "source": st.sampled_from(Disclosure.Source.values),
            "status": st.sampled_from(["active", "active", "revoked"]),
            "hours": st.sampled_from([None, None, 5, -5]),
        }
    ),
    max_size=6,
    unique_by=lambda row: (row["audience"], row["source"]),
)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows, kind=st.sampled_from(["partner", "investor"]), profile=st.sampled_from(["draft", "verified", "suspended", "archived"]))
def test_level_is_the_highest_of_the_live_rows_that_reach_the_organisation(partner_person, investor_person, rows, kind, profile):
    me, other = (partner_person, investor_person) if kind == "partner" else (investor_person, partner_person)
    startup = StartupFactory(profile=profile)
    for row in rows:
        named = {"own": me.organisation, "other": other.organisation}.get(row["audience"])
        DisclosureFactory(
            startup=startup,
            audience="organisation" if named else row["audience"],
            organisation=named,
            level=row["level"],
            source=row["source"],
            status=row["status"],
            expires_at=now() + timedelta(hours=row["hours"]) if row["hours"] else None,
        )
    reaching = [row["level"] for row in rows if row["status"] == "active" and row["hours"] != -5 and row["audience"] in REACHES[kind]]
    expected = max(reaching, default=None) if profile in ("draft", "verified") else None
    found = Startup.objects.disclosed_to(me.actor).filter(pk=startup.pk).values_list("level", flat=True).first()
    assert found == expected
    assert Startup.objects.visible_to(me.actor).filter(pk=startup.pk).exists() is (expected is not None)
