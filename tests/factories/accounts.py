"""People and organisations."""

from datetime import timedelta

import factory
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from factory.django import DjangoModelFactory

from incubator.accounts.models import Membership, Organisation, User
from incubator.accounts.roles import OrganisationKind
from incubator.lib.clock import now

PASSWORD = "correct horse battery staple"


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    kind = OrganisationKind.STARTUP
    name = factory.Sequence(lambda number: f"Organisation {number}")
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)

    class Params:
        ended = factory.Trait(access_until=factory.LazyFunction(lambda: now() - timedelta(days=1)))


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"person{number}@example.org")
    name = factory.Sequence(lambda number: f"Person {number}")

    @factory.post_generation
    def password(self: User, create: bool, extracted: str | None, **kwargs: object) -> None:
        self.set_password(extracted or PASSWORD)
        if create:
            self.save(update_fields=["password"])

    @factory.post_generation
    def verified(self: User, create: bool, extracted: bool | None, **kwargs: object) -> None:
        if create and extracted is not False:
            EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)

    @factory.post_generation
    def second_factor(self: User, create: bool, extracted: bool | None, **kwargs: object) -> None:
        if create and extracted:
            Authenticator.objects.create(user=self, type=Authenticator.Type.TOTP, data={"secret": "not-a-real-secret"})


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = "founder"
