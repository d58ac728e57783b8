"""Which way the code imports, and which way its foreign keys point: down."""

import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from incubator.embedded.places import ROOT

PACKAGES = ("incubator", "programmes", "investments")
# An app of another may import these; its forms, views, tasks and admin are private.
PUBLIC = {"models", "operations", "querysets", "access", "states"}
FREE = {"incubator.web", "incubator.lib", "incubator.outbox"}
# What else is public, and why.
ALSO_PUBLIC = {
    "incubator.accounts.actors": "who acts: every operation is given one",
    "incubator.accounts.roles": "the names of roles, which tables of states and querysets speak of",
    "programmes.applications.eligibility": "arithmetic of the subject, for the demo's history only",
    "incubator.startups.completeness": "arithmetic of the subject, for the founder's home page only",
}
ALSO_PUBLIC_FOR = {"programmes.applications.eligibility": "incubator.home", "incubator.startups.completeness": "incubator.home"}


def contracts():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def layers_of(package):
    """The package's layers from the top, each a set of apps."""
    contract = next(contract for contract in contracts() if contract.get("containers") == [package])
    return [{name.strip().strip("()") for name in layer.split("|")} for layer in contract["layers"]]


def height(app_name):
    """(package above package, layer above layer); larger is higher. The park lies below the two others, its roof above them."""
    package, _, folder = app_name.partition(".")
    layers = layers_of(package)
    layer = next(len(layers) - number for number, names in enumerate(layers) if folder in names)
    if package != "incubator":
        return (1, package, layer)
    return (2, package, layer) if folder in {"home", "reports", "api", "urls"} else (0, package, layer)


def our_apps():
    return [config for config in apps.get_app_configs() if config.name.split(".")[0] in PACKAGES]


def test_import_contracts_hold():
    done = subprocess.run([str(Path(sys.executable).with_name("lint-imports")), "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_import_contracts_are_exhaustive_and_cover_the_three_packages():
    by_package = {contract["containers"][0]: contract for contract in contracts() if "containers" in contract}
    assert set(by_package) == set(PACKAGES)
    assert all(contract["exhaustive"] for contract in by_package.values())


def test_every_app_folder_is_installed_and_stands_in_one_layer():
    folders = {f"{path.parent.parent.name}.{path.parent.name}" for package in PACKAGES for path in (ROOT / package).glob("*/apps.py")}
    assert folders == {config.name for config in our_apps()}
    for name in folders:
        package, _, folder = name.partition(".")
        assert sum(folder in layer for layer in layers_of(package)) == 1, name


def test_installed_apps_are_listed_from_the_highest_down():
    """A template or a command of a higher app then wins over one below it."""
    ours = [name for name in settings.INSTALLED_APPS if name.split(".")[0] == "incubator"]
    heights = [height(name) for name in ours]
    assert heights == sorted(heights, reverse=True)


def foreign_keys():
    """Every (field, name of the app it points to) of our models that leaves its own app for another of ours."""
    names = {config.name for config in our_apps()}
    for config in our_apps():
        for model in config.get_models():
            for field in model._meta.get_fields():
                target = getattr(field, "related_model", None)
                if field.concrete and target and target._meta.app_config.name in names - {config.name}:
                    yield field, target._meta.app_config.name


def test_foreign_keys_point_down_the_layers():
    up = []
    for field, there in foreign_keys():
        to_a_user = field.related_model._meta.label == settings.AUTH_USER_MODEL
        if not to_a_user and height(there) >= height(field.model._meta.app_config.name):
            up.append(f"{field} → {field.related_model._meta.label}")
    assert not up


def test_park_reaches_into_programmes_and_investments_by_these_accessors_only():
    """A reverse accessor is an import in disguise: these are for querysets above, every other is switched off."""
    known = {"Startup.memberships", "Startup.applications", "Startup.rounds", "Organisation.investor_profile"}
    found = {
        f"{field.related_model.__name__}.{field.remote_field.get_accessor_name()}"
        for field, there in foreign_keys()
        if there.startswith("incubator.") and not field.model._meta.app_config.name.startswith("incubator.") and not field.remote_field.hidden
    }
    assert found <= known


@pytest.fixture(scope="module")
def graph():
    import grimp

    return grimp.build_graph(*PACKAGES)


def is_public(importer, imported):
    if imported in ALSO_PUBLIC:
        return importer.startswith(ALSO_PUBLIC_FOR.get(imported, ""))
    parts = imported.split(".")
    return len(parts) > 2 and parts[2] in PUBLIC


def test_private_files_of_an_app_are_imported_by_nobody_else(graph):
    apps_of_ours = {config.name for config in our_apps()}
    broken = []
    for module in sorted(graph.modules):
        app = ".".join(module.split(".")[:2])
        for imported in sorted(graph.find_modules_directly_imported_by(module)):
            other = ".".join(imported.split(".")[:2])
            if app in apps_of_ours and other in apps_of_ours and other != app and other not in FREE and not is_public(module, imported):
                broken.append(f"{module} imports {imported}")
    assert not broken


def test_exceptions_to_privacy_are_still_needed(graph):
    for module in ALSO_PUBLIC:
        assert importlib.util.find_spec(module), f"{module} is gone; take it off the list"
        importers = {".".join(name.split(".")[:2]) for name in graph.find_modules_that_directly_import(module)}
        assert importers - {".".join(module.split(".")[:2])}, f"nobody else imports {module}; take it off the list"


def test_nobody_calls_notifications(graph):
    """Operations record events; notifications reads them. Only the roof, which shows what was sent, may know it."""
    importers = {
        ".".join(name.split(".")[:2])
        for module in graph.modules
        if module.startswith("incubator.notifications")
        for name in graph.find_modules_that_directly_import(module)
    }
    assert importers <= {"incubator.notifications", "incubator.home", "incubator.api", "incubator.reports", "incubator.urls"}
