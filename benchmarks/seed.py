"""Fill a migrated database: ROWS startups with two people each, shown in full to one of 200 partners; rounds; a key.

Run with the settings' environment; prints one JSON object with what the measurement needs.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta

import django

django.setup()

from django.db import connection  # noqa: E402

from incubator.accounts.models import ApiKey, Organisation  # noqa: E402
from incubator.api.scopes import all_scopes  # noqa: E402
from incubator.lib import sealing  # noqa: E402
from incubator.lib.clock import now, today  # noqa: E402
from investments.investors.models import InvestorProfile  # noqa: E402

ROUNDS_MOST = 5_000
SQL = """
INSERT INTO accounts_organisation (id, version, created_at, updated_at, kind, name, has_access, is_sandbox)
SELECT uuidv7(), 1, now(), now(), 'partner', 'Partner ' || n, true, false FROM generate_series(1, 200) n;
INSERT INTO accounts_organisation (id, version, created_at, updated_at, kind, name, has_access, is_sandbox)
SELECT uuidv7(), 1, now(), now(), 'startup', 'Startup ' || n, true, false FROM generate_series(1, %(rows)s) n;
INSERT INTO startups_startup (id, version, created_at, updated_at, organisation_id, name, name_local, alias, is_stealth, pitch, abstract, website,
    address, jurisdiction, registration_no, focus_areas, expertise_wanted, stage, trl, team_size, traction, funding_raised, currency,
    intellectual_property, profile, visibility, park_stage, reverify_needed)
SELECT uuidv7(), 3, now(), now() - n * interval '1 second', o.id, o.name, '', '', false, 'Settles payments ' || n || ' times faster than by hand',
    repeat('We match what shops are owed with what they were paid. ', 8), 'https://startup' || n || '.example', '', 'HK', '', ARRAY['fintech', 'ai'],
    ARRAY['payment-systems', 'cloud'], 'pilot', 1 + n %% 9, 2 + n %% 40, repeat('Three merchants pay for it. ', 4), n * 1000, 'HKD',
    'One patent filed.', 'verified', 'private', 'incubatee', false
FROM (SELECT id, name, row_number() OVER (ORDER BY id) n FROM accounts_organisation WHERE kind = 'startup') o;
INSERT INTO startups_person (id, startup_id, name, title, is_founder, is_full_time, is_technical, equity_percent, profile_url)
SELECT uuidv7(), s.id, 'Person ' || k, 'Engineer', k = 1, true, true, 10, '' FROM startups_startup s, generate_series(1, 2) k;
INSERT INTO startups_disclosure (id, version, created_at, updated_at, startup_id, audience, organisation_id, level, source, status)
SELECT uuidv7(), 1, now(), now(), s.id, 'organisation', p.id, 3, 'founder', 'active'
FROM startups_startup s, LATERAL (SELECT id FROM accounts_organisation WHERE kind = 'partner' AND name = 'Partner 1') p;
INSERT INTO startups_disclosure (id, version, created_at, updated_at, startup_id, audience, level, source, status)
SELECT uuidv7(), 1, now(), now(), s.id, 'partners', 2, 'founder', 'active' FROM startups_startup s;
INSERT INTO rounds_round (id, version, created_at, updated_at, startup_id, title, instrument, target, minimum_ticket, currency, has_lead, use_of_funds,
    audience, level, closes_on, consented_at, listed_at, status)
SELECT uuidv7(), 2, now(), now(), s.id, 'Seed round', 'equity', 12000000, 500000, 'HKD', false, 'Two engineers.', 'partners', 2, %(closes)s, now(), now(), 'listed'
FROM startups_startup s ORDER BY s.id LIMIT %(rounds)s;
CREATE TABLE floor_interest (LIKE interests_interest INCLUDING DEFAULTS INCLUDING INDEXES);
ANALYZE;
"""


def main() -> None:
    rows = int(os.environ["BENCH_ROWS"])
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(SQL, {"rows": rows, "rounds": min(rows, ROUNDS_MOST), "closes": today() + timedelta(days=60)})
        cursor.execute("SELECT id FROM rounds_round ORDER BY id")
        rounds = [str(row[0]) for row in cursor.fetchall()]
        cursor.execute("SELECT id FROM startups_startup ORDER BY updated_at DESC LIMIT 1")
        (startup,) = cursor.fetchone()
    partner = Organisation.objects.get(name="Partner 1")
    at = now()
    stamps = {"created_at": at, "updated_at": at}
    InvestorProfile.objects.create(
        organisation=partner, kind="corporate", ground="assets", status="verified", verified_until=today() + timedelta(days=300), **stamps
    )
    secret = sealing.new_token()
    ApiKey.objects.create(
        organisation=partner,
        name="Benchmark",
        key_id="bench",
        secret_digest=sealing.digest(secret),
        scopes=all_scopes(),
        expires_at=at + timedelta(days=1),
        **stamps,
    )
    print(json.dumps({"key": f"spk_bench.{secret}", "organisation": str(partner.pk), "startup": str(startup), "rounds": rounds}))


main()
