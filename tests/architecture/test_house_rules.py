"""The rules of the house that a reader of one file cannot see broken: sizes, names, and words that must not appear."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from incubator.embedded.places import ROOT

PACKAGES = ("incubator", "programmes", "investments")
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "services", "managers"}
FILE_LINES, TEST_LINES, VIEW_LINES, OPERATION_LINES, MODELS = 500, 600, 40, 60, 8

# Django's own verbs; a read in a view begins with one of ours instead, which says who may see the rows.
UNFENCED = re.compile(
    r"\.objects\.(all|filter|get|exclude|create|values|values_list|order_by|annotate|count|bulk_create|first|select_related|prefetch_related"
    r"|in_bulk|aggregate|get_or_create|update_or_create|raw|only|defer)\b"
)
# Views that still do, and how often. A number may only fall; a file that is not here has none.
UNFENCED_KNOWN = {
    "incubator/accounts/admin.py": 1,
    "incubator/accounts/views_team.py": 2,
    "incubator/api/v1/events.py": 2,
    "incubator/api/v1/introductions.py": 1,
    "incubator/api/v1/startups.py": 1,
    "incubator/home/views_calls.py": 2,
    "incubator/home/views_entry.py": 1,
    "incubator/home/views_health.py": 1,
    "incubator/home/views_public.py": 1,
    "incubator/notifications/views_partner.py": 1,
    "incubator/notifications/views_staff.py": 2,
    "incubator/partners/views_staff.py": 2,
    "incubator/startups/views_disclosures.py": 1,
    "incubator/startups/views_partner.py": 2,
    "incubator/startups/views_profile.py": 3,
    "incubator/startups/views_public.py": 2,
    "incubator/startups/views_staff.py": 1,
    "investments/interests/views_my.py": 2,
    "investments/interests/views_partner.py": 1,
    "investments/interests/views_partner_rounds.py": 1,
    "investments/interests/views_staff.py": 1,
    "programmes/catalogue/views_landing.py": 1,
    "programmes/catalogue/views_public.py": 5,
    "programmes/cohorts/views_cohort.py": 1,
    "programmes/cohorts/views_deliberation.py": 6,
    "programmes/cohorts/views_my.py": 1,
}


def sources() -> Iterator[Path]:
    """Our Python files without migrations."""
    for package in PACKAGES:
        yield from (path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)


def is_view(path: Path) -> bool:
    return path.name.startswith("views") or path.name == "admin.py" or "v1" in path.parts


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef))


def lines(node: ast.FunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def with_lines_matching(pattern: re.Pattern[str], paths: Iterator[Path]) -> list[str]:
    return [f"{named(path)}:{number}" for path in paths for number, line in enumerate(path.read_text().splitlines(), 1) if pattern.search(line)]


def test_files_are_short_enough_to_read():
    tests = dict.fromkeys((ROOT / "tests").rglob("*.py"), TEST_LINES)
    long = [named(path) for path, limit in {**dict.fromkeys(sources(), FILE_LINES), **tests}.items() if len(path.read_text().splitlines()) > limit]
    assert not long


def test_views_and_operations_are_short_enough_to_read():
    long = []
    for path in sources():
        limit = VIEW_LINES if is_view(path) else OPERATION_LINES if "operations" in named(path) else None
        if limit:
            long += [f"{named(path)}: {node.name} has {lines(node)} lines" for node in functions(path) if lines(node) > limit]
    assert not long


def test_no_file_is_named_after_nothing():
    assert not [named(path) for path in sources() if FORBIDDEN_NAMES & {path.stem, *path.parent.parts[len(ROOT.parts) :]}]


def test_every_app_says_what_it_holds():
    assert not [named(path) for package in PACKAGES for path in (ROOT / package).glob("*/__init__.py") if not ast.get_docstring(ast.parse(path.read_text()))]


def test_no_app_has_more_models_than_one_can_keep_in_mind():
    from django.apps import apps

    ours = [config for config in apps.get_app_configs() if config.name.split(".")[0] in PACKAGES]
    assert not [config.name for config in ours if len([model for model in config.get_models() if not model._meta.auto_created]) > MODELS]


def test_no_retry_is_left_to_celery():
    """Every retry is a due column: the broker hands delayed messages out again and again."""
    assert not with_lines_matching(re.compile(r"countdown=|\beta=|\.retry\("), sources())


def test_csv_is_written_in_one_module_only():
    assert len({place.partition(":")[0] for place in with_lines_matching(re.compile(r"csv\.(writer|DictWriter)"), sources())}) <= 1


def test_no_control_flow_through_model_signals():
    assert not with_lines_matching(re.compile(r"\b(pre|post)_(save|delete|init)\b|\bm2m_changed\b"), sources())


def test_order_is_said_in_the_queryset_not_in_meta():
    ordered = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and node.name == "Meta":
                ordered += [
                    named(path) for line in node.body if isinstance(line, ast.Assign) and any(getattr(name, "id", "") == "ordering" for name in line.targets)
                ]
    assert not ordered


def test_text_is_marked_safe_in_two_places_only():
    """Markdown after nh3 has cleaned it, and icons from our own files. A literal in the code is no text of anybody's."""
    places = {place.partition(":")[0] for place in with_lines_matching(re.compile(r"\bmark_safe\((?!\")|\bSafeString\("), sources())}
    assert places <= {"incubator/web/markdown.py", "incubator/web/templatetags/web.py"}


def test_reads_in_views_begin_with_who_may_see():
    counted = {}
    for path in sources():
        if is_view(path) and (count := len(UNFENCED.findall(path.read_text()))):
            counted[named(path)] = count
    assert not {name: count for name, count in counted.items() if count > UNFENCED_KNOWN.get(name, 0)}


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda path: path.name)
def test_links_in_the_documentation_lead_somewhere(path):
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text())
    assert not [target for target in targets if "://" not in target and not target.startswith(("mailto:", "/")) and not (path.parent / target).exists()]
