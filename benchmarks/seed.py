"""Fill a migrated database in a few statements: ROWS startups, what they disclose to 200 partners, rounds, two keys.

Every other startup is shown in full to all partners, the others each to one of the 200; an investor is shown 200 in
all, spread over everything. Half of the abstracts have a common word, twenty a rare one. Run with the settings'
environment; prints one JSON object with what the measurement needs.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta

import django

django.setup()

from django.db import connection  # noqa: E402

from incubator.accounts.models import ApiKey, Organisation  # noqa: E402
from incubator.api import pagination  # noqa: E402
from incubator.api.scopes import all_scopes  # noqa: E402
from incubator.lib import sealing  # noqa: E402
from incubator.lib.clock import now, today  # noqa: E402
from incubator.startups import access  # noqa: E402
from incubator.startups.models import Startup  # noqa: E402
from investments.investors.models import InvestorProfile  # noqa: E402

ROUNDS_MOST = 5_000
INVESTORS = 4  # partners that declare interests: each once in a round, so that a small park has enough rounds
# Indexes and references are made after the rows: ten times faster. Triggers have nothing to say about rows made finished.
TABLES = ["accounts_organisation", "startups_startup", "startups_person", "startups_disclosure", "rounds_round"]
INDEXES = "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique"
REFERENCES = "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])"
SQL = """
INSERT INTO accounts_organisation (id, version, created_at, updated_at, kind, name, has_access, is_sandbox)
SELECT uuidv7(), 1, now(), now(), 'partner', 'Partner ' || n, true, false FROM generate_series(1, 200) n;
INSERT INTO accounts_organisation (id, version, created_at, updated_at, kind, name, has_access, is_sandbox)
SELECT uuidv7(), 1, now(), now(), 'investor', 'Investor 1', true, false;
INSERT INTO accounts_organisation (id, version, created_at, updated_at, kind, name, has_access, is_sandbox)
SELECT uuidv7(), 1, now(), now(), 'startup', 'Startup ' || n, true, false FROM generate_series(1, %(rows)s) n;
INSERT INTO startups_startup (id, version, created_at, updated_at, organisation_id, name, name_local, alias, is_stealth, pitch, abstract, website,
    address, jurisdiction, registration_no, focus_areas, expertise_wanted, stage, trl, team_size, traction, funding_raised, currency,
    intellectual_property, profile, visibility, park_stage, reverify_needed)
SELECT uuidv7(), 3, now(), now() - n * interval '1 second', o.id, o.name, '', '', false, 'Settles payments ' || n || ' times faster than by hand',
    repeat('We match what shops are owed with what they were paid. ', 7) || 'lane' || n %% 997 || ' port' || n %% 89
        || CASE WHEN n / 7 %% 2 = 0 THEN ' logistics' ELSE '' END || CASE WHEN n %% greatest(%(rows)s / 20, 1) = 20 THEN ' zeolite' ELSE '' END,
    'https://startup' || n || '.example', '', 'HK', '', ARRAY['area-' || n %% 10, 'area-' || (n + 3) %% 10],
    ARRAY['payment-systems', 'cloud'], (ARRAY['idea', 'prototype', 'pilot', 'revenue', 'scaling'])[1 + n / 10 %% 5], 1 + n %% 9, 2 + n %% 40,
    repeat('Three merchants pay for it. ', 4), n * 100, 'HKD', 'One patent filed.', 'verified', 'private', 'incubatee', false
FROM (SELECT id, name, row_number() OVER (ORDER BY id) n FROM accounts_organisation WHERE kind = 'startup') o;
INSERT INTO startups_person (id, startup_id, name, title, is_founder, is_full_time, is_technical, equity_percent, profile_url)
SELECT uuidv7(), s.id, 'Person ' || k, 'Engineer', k = 1, true, true, 10, '' FROM startups_startup s, generate_series(1, 2) k;
CREATE TEMP TABLE numbered AS SELECT id, row_number() OVER (ORDER BY updated_at DESC) n FROM startups_startup;
CREATE TEMP TABLE partner AS SELECT id, substr(name, 9)::int n FROM accounts_organisation WHERE kind = 'partner';
INSERT INTO startups_disclosure (id, version, created_at, updated_at, startup_id, audience, organisation_id, level, source, status)
SELECT uuidv7(), 1, now(), now(), s.id, CASE WHEN s.n %% 2 = 0 THEN 'partners' ELSE 'organisation' END, p.id, 3, 'founder', 'active'
FROM numbered s LEFT JOIN partner p ON s.n %% 2 = 1 AND p.n = 1 + s.n / 2 %% 200;
INSERT INTO startups_disclosure (id, version, created_at, updated_at, startup_id, audience, organisation_id, level, source, status)
SELECT uuidv7(), 1, now(), now(), s.id, 'organisation', o.id, 3, 'founder', 'active'
FROM numbered s, accounts_organisation o WHERE o.kind = 'investor' AND s.n %% greatest(%(rows)s / 200, 1) = 0;
INSERT INTO rounds_round (id, version, created_at, updated_at, startup_id, title, instrument, target, minimum_ticket, currency, has_lead, use_of_funds,
    audience, level, closes_on, consented_at, listed_at, status)
SELECT uuidv7(), 2, now(), now(), s.id, 'Seed round', 'equity', 12000000, 500000, 'HKD', false, 'Two engineers.', 'partners', 2, %(closes)s, now(), now(), 'listed'
FROM numbered s WHERE s.n %% 2 = 0 ORDER BY s.n LIMIT %(rounds)s;
CREATE TABLE floor_interest (LIKE interests_interest INCLUDING DEFAULTS INCLUDING INDEXES);
"""


def fill(rows: int) -> None:
    values = {"rows": rows, "rounds": min(rows // 2, ROUNDS_MOST), "closes": today() + timedelta(days=60)}
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET maintenance_work_mem = '512MB'")
        cursor.execute(INDEXES, [TABLES])
        indexes = cursor.fetchall()
        cursor.execute(REFERENCES, [TABLES])
        references = cursor.fetchall()
        before = [*(f"DROP INDEX {name}" for name, _ in indexes), *(f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, _ in references)]
        after = [*(text for _, text in indexes), *(f"ALTER TABLE {table} ADD CONSTRAINT {name} {text}" for table, name, text in references)]
        for line in [*before, *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in TABLES)]:
            cursor.execute(line)
        cursor.execute(SQL, values)
        for line in [*(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in TABLES), *after]:
            cursor.execute(line)
        cursor.execute("VACUUM ANALYZE")


def key(organisation: Organisation, key_id: str) -> tuple[ApiKey, str]:
    at = now()
    secret = sealing.new_token()
    made = ApiKey.objects.create(
        organisation=organisation,
        name="Benchmark",
        key_id=key_id,
        secret_digest=sealing.digest(secret),
        scopes=all_scopes(),
        expires_at=at + timedelta(days=1),
        created_at=at,
        updated_at=at,
    )
    return made, f"spk_{key_id}.{secret}"


def last_cursor(made: ApiKey) -> str:
    """The cursor of a list's last page of fifty, which one would reach after thousands of pages."""
    actor = access.outsider(made.organisation)
    oldest = Startup.objects.visible_to(actor).order_by("updated_at", "id").values_list("updated_at", "id")[:51]
    updated_at, pk = list(oldest)[-1]
    return pagination.seal([updated_at.isoformat(), str(pk)], made.pk, "/api/v1/startups", "-updated_at", {})


def main() -> None:
    fill(int(os.environ["BENCH_ROWS"]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM rounds_round ORDER BY id")
        rounds = [str(row[0]) for row in cursor.fetchall()]
        cursor.execute("SELECT startup_id FROM startups_disclosure WHERE audience = 'partners' ORDER BY startup_id LIMIT 1")
        (startup,) = cursor.fetchone()
    partners = [Organisation.objects.get(name=f"Partner {number}") for number in range(1, INVESTORS + 1)]
    at, until = now(), today() + timedelta(days=300)
    for one in partners:
        InvestorProfile.objects.create(
            organisation=one, kind="corporate", ground="assets", status="verified", verified_until=until, created_at=at, updated_at=at
        )
    made, text = key(partners[0], "bench")
    _, sparse = key(Organisation.objects.get(name="Investor 1"), "sparse")
    print(
        json.dumps(
            {
                "key": text,
                "sparse_key": sparse,
                "last_cursor": last_cursor(made),
                "organisation": str(partners[0].pk),
                "investor_keys": [text, *(key(one, f"bench{number}")[1] for number, one in enumerate(partners[1:], 2))],
                "startup": str(startup),
                "rounds": rounds,
            }
        )
    )


main()
