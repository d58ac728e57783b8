"""Forms, their questions, and answers to them."""

import factory
from factory.django import DjangoModelFactory

from incubator.lib.clock import now
from programmes.forms.models import Answer, AnswerSet, FormVersion, Question, Revision
from tests.factories.accounts import OrganisationFactory


class FormVersionFactory(DjangoModelFactory[FormVersion]):
    class Meta:
        model = FormVersion

    name = factory.Sequence(lambda n: f"Incubation form {n}")
    number = 1
    sections = factory.LazyFunction(lambda: [{"key": "company", "title": "Company", "help": ""}])
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)


class QuestionFactory(DjangoModelFactory[Question]):
    class Meta:
        model = Question

    form_version = factory.SubFactory(FormVersionFactory)
    section = "company"
    key = factory.Sequence(lambda n: f"question-{n}")
    position = factory.Sequence(lambda n: n)
    kind = Question.Kind.SHORT_TEXT
    label = factory.Sequence(lambda n: f"Question {n}")
    is_required = True


class AnswerSetFactory(DjangoModelFactory[AnswerSet]):
    class Meta:
        model = AnswerSet

    form_version = factory.SubFactory(FormVersionFactory)
    organisation = factory.SubFactory(OrganisationFactory, kind="startup")
    created_at = factory.LazyFunction(now)


class AnswerFactory(DjangoModelFactory[Answer]):
    class Meta:
        model = Answer

    answer_set = factory.SubFactory(AnswerSetFactory)
    question = factory.SubFactory(QuestionFactory, form_version=factory.SelfAttribute("..answer_set.form_version"))
    value = "An answer"
    updated_at = factory.LazyFunction(now)


class RevisionFactory(DjangoModelFactory[Revision]):
    class Meta:
        model = Revision

    answer_set = factory.SubFactory(AnswerSetFactory)
    number = 1
    answers = factory.LazyFunction(dict)
    sha256 = "0" * 64
    frozen_at = factory.LazyFunction(now)
