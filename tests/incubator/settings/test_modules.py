"""What each way of running differs in, read in processes of their own, as the settings are read once per process."""

import json
import re
import subprocess
import sys

import pytest

from incubator.embedded.park import read_variables
from incubator.embedded.places import ROOT
from tests.park import clean_environment

PRODUCTION = {**read_variables(ROOT / ".ci" / "production.env"), "LOG_FORMAT": "json"}
PRODUCTION.pop("DJANGO_SETTINGS_MODULE")

# The closed list: everything in which `make run` is not production, and why it cannot be.
DEMO_DIFFERENCES = {
    "DEMO": "the mailbox page, the sign-in table and the demo command are there",
    "ALLOWED_HOSTS": "any host",
    "SESSION_COOKIE_SECURE": "plain http",
    "SESSION_COOKIE_NAME": "__Host- needs Secure",
    "CSRF_COOKIE_SECURE": "plain http",
    "CSRF_COOKIE_NAME": "__Host- needs Secure",
    "LANGUAGE_COOKIE_SECURE": "plain http",
    "MFA_REQUIRED": "one may skip it",
    "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": "passkeys on http://localhost",
    "WEBHOOK_TEST_TARGETS": "loopback http, to receive webhooks on the same machine",
    "STATIC_ROOT": "files are served from where they lie",
    "WHITENOISE_USE_FINDERS": "files are served from where they lie",
    "STORAGES": "files are served from where they lie",
    "WHITENOISE_KEEP_ONLY_HASHED_FILES": "files are served from where they lie",
    "SECURE_HSTS_SECONDS": "plain http",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": "plain http",
    "SECURE_HSTS_PRELOAD": "plain http",
    "SECURE_SSL_REDIRECT": "plain http",
    "SECURE_REDIRECT_EXEMPT": "plain http",
    "SECRET_KEY_FALLBACKS": "the demo's key is never rotated",
}

READ = """
import importlib, json, os
from types import ModuleType
import django
django.setup()  # translated words can be written out only then
module = importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
print(json.dumps({name: repr(value) for name, value in vars(module).items() if name.isupper() and not isinstance(value, ModuleType)}))
"""


def read(module, **environment):
    """The module's settings as text, in a process with just these variables."""
    env = clean_environment(**environment, DJANGO_SETTINGS_MODULE=f"incubator.settings.{module}", INCUBATOR_DATA="/nonexistent")
    return subprocess.run([sys.executable, "-c", READ], env=env, cwd=ROOT, capture_output=True, text=True, check=False)


def settings(module, **environment):
    done = read(module, **environment)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    found.pop("REQUIRED", None)  # names of variables, not a setting
    return {name: re.sub(r" at 0x[0-9a-f]+", "", text) for name, text in found.items()}


def test_demo_differs_from_production_in_the_closed_list_only():
    production = settings("production", **PRODUCTION)
    demo = settings("demo", **PRODUCTION, WEBHOOK_TEST_TARGETS="http://127.0.0.1")
    different = {name for name in production.keys() | demo.keys() if production.get(name) != demo.get(name)}
    assert different == set(DEMO_DIFFERENCES)


def test_production_has_no_debug_no_demo_and_requires_second_factors():
    production = settings("production", **PRODUCTION)
    assert (production["DEBUG"], production["DEMO"], production["MFA_REQUIRED"]) == ("False", "False", "True")
    assert production["WEBHOOK_TEST_TARGETS"] == "[]"


@pytest.mark.parametrize("name", sorted(PRODUCTION.keys() - {"LOG_FORMAT"}))
def test_production_without_a_required_variable_does_not_start_and_names_it(name):
    done = read("production", **{key: value for key, value in PRODUCTION.items() if key != name})
    assert done.returncode != 0
    assert f"Set in the environment: {name}." in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("ALLOWED_HOSTS", "*", "name the hosts"),
        ("BASE_URL", "http://incubator.example.org", "must begin with https://"),
        ("WEBHOOK_TEST_TARGETS", "http://127.0.0.1", "unset it"),
        ("FIELD_KEYS", "1:c2hvcnQ=", "has 5 bytes, it needs 32"),
        ("FIELD_KEYS", "not a key", "write it as number:base64"),
        ("API_KEY_PEPPERS", "one:Y2hlY2tzIG9ubHksIHRoaXMgb3BlbnMgbm90aGluZy4=", "write it as number:base64"),
    ],
)
def test_production_with_a_demo_or_malformed_value_does_not_start_and_says_why(name, value, remedy):
    done = read("production", **{**PRODUCTION, name: value})
    assert done.returncode != 0
    assert f"{name}: " in done.stderr
    assert remedy in done.stderr


def test_time_scale_shortens_every_wait_and_keeps_their_order():
    """A task ends before its lease, the lease before the broker hands the task to somebody else."""
    found = {scale: settings("dev", TIME_SCALE=scale) for scale in ("1", "0.1")}
    for waits in found.values():
        visibility = float(re.findall(r"'visibility_timeout': ([0-9.]+)", waits["CELERY_BROKER_TRANSPORT_OPTIONS"])[0])
        assert float(waits["CELERY_TASK_SOFT_TIME_LIMIT"]) < float(waits["CELERY_TASK_TIME_LIMIT"]) < float(waits["DELIVERY_LEASE"]) < visibility
    assert float(found["0.1"]["DISPATCH_POLL"]) == pytest.approx(float(found["1"]["DISPATCH_POLL"]) / 10)


@pytest.mark.parametrize("secret", ["", "postmark", "postmark:short"])
def test_production_with_a_mail_provider_wants_the_password_of_its_webhook(secret):
    done = read("production", **PRODUCTION, MAIL_PROVIDER="postmark", MAIL_WEBHOOK_SECRET=secret)
    assert done.returncode != 0
    assert "MAIL_WEBHOOK_SECRET" in done.stderr
