"""The floor: bare WSGI under the same gunicorn; Postgres builds the JSON in one prepared statement. No key, no policy.

It gives the same members at the full level from the same tables, so nobody who answers from this database is faster.
`/list` fifty startups, `/detail/<id>` one, `/search?<word>` the newest fifty with the word and two filters, through the
index that the API has too, planned for the word; `POST /create` one plain insert with its own commit.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

import orjson
import psycopg2

ROW = """json_build_object(
  'id', s.id, 'level', 'full', 'name', s.name, 'pitch', s.pitch, 'focus_areas', s.focus_areas, 'stage', s.stage,
  'updated_at', s.updated_at, 'name_local', s.name_local, 'website', s.website, 'abstract', s.abstract, 'trl', s.trl,
  'expertise_wanted', s.expertise_wanted, 'team_size', s.team_size,
  'team', ARRAY(SELECT json_build_object('name', p.name, 'title', p.title, 'is_founder', p.is_founder)
                FROM startups_person p WHERE p.startup_id = s.id ORDER BY p.id),
  'traction', s.traction, 'funding', json_build_object('amount', s.funding_raised::text, 'currency', s.currency),
  'intellectual_property', s.intellectual_property,
  'documents', ARRAY(SELECT json_build_object('id', d.id, 'kind', d.kind, 'title', d.title)
                     FROM startups_document d WHERE d.startup_id = s.id ORDER BY d.id))"""
STATEMENTS = {
    "list": f"""SELECT '{{"data":' || coalesce(json_agg(r)::text, '[]') || '}}' FROM (SELECT {ROW} r FROM startups_startup s
        ORDER BY s.updated_at DESC, s.id DESC LIMIT 50) q""",
    "detail(uuid)": f"SELECT ({ROW})::text FROM startups_startup s WHERE s.id = $1",
    "make(uuid, uuid, uuid, numeric, numeric, text)": """INSERT INTO floor_interest
        (id, version, created_at, updated_at, amount_min, amount_max, currency, part, note, answer_note, pass_reason, status, organisation_id, round_id)
        VALUES ($1, 0, now(), now(), $4, $5, 'HKD', 'follow', $6, '', '', 'consent_pending', $2, $3) RETURNING row_to_json(floor_interest)::text""",
}
# Which index serves depends on the word, so this one is not prepared: a plan for any word is a bad one for most.
SEARCH = f"""SELECT '{{"data":' || coalesce(json_agg(r)::text, '[]') || '}}' FROM (SELECT {ROW} r FROM startups_startup s
    WHERE s.search @@ websearch_to_tsquery('english', %s) AND s.stage = 'pilot' AND s.focus_areas && ARRAY['area-0']::varchar(40)[]
    ORDER BY s.updated_at DESC, s.id DESC LIMIT 50) q"""
_connection: Any = None


def cursor() -> Any:
    global _connection
    if _connection is None:
        _connection = psycopg2.connect(os.environ["DATABASE_URL"])
        _connection.autocommit = True
        with _connection.cursor() as preparing:
            for head, sql in STATEMENTS.items():
                preparing.execute(f"PREPARE {head} AS {sql}")
            preparing.execute("SET plan_cache_mode = force_generic_plan; SET jit = off")
    return _connection.cursor()


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path, run = environ["PATH_INFO"], cursor()
    status = "200 OK"
    if path == "/list":
        run.execute("EXECUTE list")
    elif path.startswith("/detail/"):
        run.execute("EXECUTE detail(%s)", [path.removeprefix("/detail/")])
    elif path == "/search":
        run.execute(SEARCH, [environ["QUERY_STRING"]])
    else:
        data = orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        values = [str(uuid4()), os.environ["BENCH_ORGANISATION"], data["round"], data["amount_min"], data["amount_max"], data["note"]]
        run.execute("EXECUTE make(%s, %s, %s, %s, %s, %s)", values)
        status = "201 Created"
    body: bytes = run.fetchone()[0].encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
