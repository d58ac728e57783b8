"""What waits for those who look after delivery."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incubator.notifications import jobs
from incubator.notifications.models import Delivery, JobRun
from incubator.notifications.querysets import DELIVERY_READERS
from incubator.notifications.states import RESENDABLE
from incubator.web.waiting import Item, Work, register

register(
    Work(
        "notifications.undelivered",
        "staff",
        _("Messages that could not be delivered"),
        lambda actor: Delivery.objects.visible_to(actor).filter(state__in=RESENDABLE).select_related("user").order_by("-created_at", "-pk"),
        lambda row: Item(
            str(row.user or row.get_channel_display()), reverse("staff:notifications:delivery", args=[row.pk]), row.note or row.kind, since=row.created_at
        ),
        roles=DELIVERY_READERS,
        icon="mail-x",
        all_page="staff:notifications:deliveries",
        badge="deliveries",
        is_late=True,
    ),
    Work(
        "notifications.jobs_failed",
        "staff",
        _("Jobs of the clock that failed"),
        lambda actor: JobRun.objects.filter(is_good=False, name__in=jobs.scheduled()).exclude(problem="").order_by("started_at", "name"),
        lambda row: Item(row.name, reverse("staff:notifications:jobs") + "?show=failed", row.problem, since=row.finished_at),
        roles=frozenset({"manager", "admin"}),
        icon="clock-x",
        all_page="staff:notifications:jobs",
        badge="jobs",
        is_late=True,
    ),
)
