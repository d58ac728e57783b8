"""Applications and what is asked of applicants."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from incubator.lib.clock import now, today
from programmes.applications.models import Application, InfoRequest, Reader
from programmes.applications.states import Status
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import IntakeFactory
from tests.factories.forms import AnswerSetFactory, RevisionFactory
from tests.factories.startups import StartupFactory


class ApplicationFactory(DjangoModelFactory[Application]):
    """A draft; `sent=True` makes one that was sent in: reference, revision and time, in the state `submitted`."""

    class Meta:
        model = Application

    class Params:
        sent = factory.Trait(
            status=Status.SUBMITTED,
            reference=factory.LazyAttributeSequence(lambda row, n: f"{row.intake.reference_prefix}-{n + 1:04}"),
            submitted_at=factory.LazyFunction(now),
            revision=factory.SubFactory(RevisionFactory, answer_set=factory.SelfAttribute("..answer_set")),
        )

    intake = factory.SubFactory(IntakeFactory)
    startup = factory.SubFactory(StartupFactory)
    answer_set = factory.SubFactory(
        AnswerSetFactory,
        form_version=factory.SelfAttribute("..intake.form_version"),
        organisation=factory.SelfAttribute("..startup.organisation"),
    )
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)


class InfoRequestFactory(DjangoModelFactory[InfoRequest]):
    class Meta:
        model = InfoRequest

    application = factory.SubFactory(ApplicationFactory, sent=True, status=Status.INFO_REQUESTED)
    asks = factory.LazyFunction(lambda: ["Please attach the certificate of incorporation."])
    due_on = factory.LazyFunction(lambda: today() + timedelta(days=7))
    asked_by = factory.SubFactory(UserFactory)
    asked_at = factory.LazyFunction(now)


class ReaderFactory(DjangoModelFactory[Reader]):
    class Meta:
        model = Reader

    application = factory.SubFactory(ApplicationFactory, sent=True)
    user = factory.SubFactory(UserFactory)
