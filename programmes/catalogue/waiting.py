"""Dates of calls that the staff who work on them want in their calendar."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incubator.lib.clock import now
from incubator.web.waiting import Item, Work, register
from programmes.catalogue.models import Intake

register(
    Work(
        "catalogue.closes",
        "staff",
        _("Call closes"),
        lambda actor: Intake.objects.visible_to(actor).filter(status__in=("scheduled", "open"), closes_at__gt=now()).order_by("closes_at", "pk"),
        lambda row: Item(row.title, reverse("staff:catalogue_intake_change", args=[row.pk]), due=row.closes_at, plain=row.title),
        roles=frozenset({"officer", "manager", "chair"}),
        to_do=False,
    )
)
