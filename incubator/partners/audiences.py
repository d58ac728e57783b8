"""Partners as an audience."""

from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Membership
from incubator.outbox.audiences import Audience, register
from incubator.partners.models import Partner

register(
    Audience(
        "partners",
        _("People of active partners"),
        lambda choice: Membership.objects.filter(organisation__in=Partner.objects.active().order_by().values("organisation_id")),
    )
)
