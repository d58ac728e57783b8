"""An open call with a small form, and the founder's draft to it."""

import pytest

from incubator.accounts.models import Organisation
from incubator.lib.clock import now
from incubator.startups.models import Startup
from programmes.applications import operations as applications
from programmes.applications.models import Application
from programmes.catalogue.models import Intake
from tests.factories.catalogue import EligibilityRuleFactory, IntakeFactory
from tests.factories.forms import FormVersionFactory, QuestionFactory
from tests.factories.startups import PersonFactory, StartupFactory

SECTIONS = [{"key": "company", "title": "Company"}, {"key": "team", "title": "Team"}, {"key": "sending", "title": "Declarations"}]


@pytest.fixture
def files_root(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    return settings.FILES_ROOT


@pytest.fixture
def call(db) -> Intake:
    form = FormVersionFactory(sections=SECTIONS)
    columns = [{"key": "name", "label": "Name", "kind": "text"}, {"key": "full-time", "label": "Full-time", "kind": "yes_no"}]
    countries = [{"value": "HK", "label": "Hong Kong"}, {"value": "SG", "label": "Singapore"}]
    specs = [
        ("company", "name", "short_text", {"profile_field": "name", "max_length": 60}),
        ("company", "country", "single_choice", {"choices": countries, "profile_field": "jurisdiction"}),
        ("company", "problem", "long_text", {"max_length": 200}),
        ("company", "budget", "money", {"is_required": False}),
        ("company", "founded", "date", {"is_required": False}),
        ("company", "regulated", "yes_no", {}),
        ("company", "licence", "short_text", {"condition": {"question": "regulated", "is": True}}),
        ("team", "people", "table", {"columns": columns, "profile_field": "people"}),
        ("team", "deck", "file", {"is_required": False}),
        ("sending", "true", "declaration", {}),
    ]
    for position, (section, key, kind, more) in enumerate(specs):
        QuestionFactory(form_version=form, section=section, key=key, kind=kind, label=f"The {key}", position=position, **more)
    intake = IntakeFactory(form_version=form, reference_prefix="FIN26A")
    EligibilityRuleFactory(intake=intake, question_key="country", title="Incorporated in Hong Kong", value="HK")
    return intake


@pytest.fixture
def startup(startup_organisation: Organisation) -> Startup:
    startup = StartupFactory(organisation=startup_organisation, name="Lumen Pay", jurisdiction="HK")
    PersonFactory(startup=startup, name="Lam Ka Yan")
    return startup


@pytest.fixture
def draft(call, startup, founder) -> Application:
    return applications.start(call, startup, by=founder.actor, at=now())


@pytest.fixture
def write(founder):
    """Save one answer as the founder, over whatever is there."""

    def write(application: Application, **answers):
        for key, value in answers.items():
            question = application.intake.form_version.questions.get(key=key)
            found = application.answer_set.answers.filter(question=question).first()
            version = found.version if found else 0
            applications.save_answer(application, question, value, version=version, by=founder.actor, at=now())

    return write


@pytest.fixture
def ready(draft, write) -> Application:
    """A draft with nothing missing."""
    write(draft, problem="Shops wait for their money.", regulated=False, true=True)
    return draft


@pytest.fixture
def sent(ready, founder) -> Application:
    return applications.submit(ready, by=founder.actor, at=now())
