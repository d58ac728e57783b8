"""The widest audiences: everybody, and the park's own people."""

from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Membership
from incubator.accounts.roles import STAFF_ROLES
from incubator.outbox.audiences import Audience, register

register(
    Audience("everybody", _("Everybody with an account"), lambda choice: Membership.objects.filter(user__is_active=True)),
    Audience("staff", _("The park's staff"), lambda choice: Membership.objects.filter(organisation__kind="park", role__in=STAFF_ROLES)),
    Audience("reviewers", _("Reviewers"), lambda choice: Membership.objects.filter(organisation__kind="park", role="reviewer")),
)
