"""What is told about reviews, to whom. What reviewers are told is checked once more before it is sent."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from incubator.accounts.actors import acting_for
from incubator.accounts.models import Organisation, User
from incubator.outbox.models import Event
from incubator.outbox.registry import DEADLINE, DECISION, IN_APP, Notice, Recipient, register
from programmes.reviews.models import Assignment


def _application(event: Event, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"pk": facts["application"]}


def _nothing(event: Event, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


def _still_asked(event: Event, recipient: Recipient) -> bool:
    """A reviewer hears of a review only while it is theirs; a conflict that came up since ends it."""
    if recipient.audience != "reviewer":
        return True
    user = User.objects.filter(pk=recipient.user_id).first() if recipient.user_id else None
    if user is None:
        return False
    actor = acting_for(user, Organisation.objects.park().first(), frozenset({"reviewer"}))
    return Assignment.objects.asked_of(actor).filter(pk=event.subject_id).exists()


REVIEWER = Notice(page="review:reviews:detail")
QUEUE = Notice(page="review:reviews:index", page_args=_nothing)
STAFF = Notice(page="staff:reviews:application", page_args=_application, channels=(IN_APP,))
FOUNDER = Notice(page="my:applications:detail")

# ── Asking reviewers ──
assigned = register("reviews.assigned", _("assigned a reviewer"))
review_requested = register("reviews.review_requested", _("asked for a review"), audiences={"reviewer": REVIEWER.bound(DEADLINE)}, still_allowed=_still_asked)
unassigned = register("reviews.unassigned", _("took the review back"), audiences={"reviewer": QUEUE})
review_due = register("reviews.review_due", _("reminded of the review"), audiences={"reviewer": REVIEWER.bound(DEADLINE)}, still_allowed=_still_asked)
review_overdue = register(
    "reviews.review_overdue", _("reminded of the overdue review"), audiences={"reviewer": REVIEWER.bound(DEADLINE)}, still_allowed=_still_asked
)
expired = register("reviews.expired", _("ended the review, which was not sent in time"), audiences={"reviewer": QUEUE, "staff": STAFF})
locked = register("reviews.locked", _("locked the review"))
reopened = register("reviews.reopened", _("reopened the review"), audiences={"reviewer": REVIEWER.bound(DEADLINE)}, still_allowed=_still_asked)

# ── Reviewing ──
declared_free = register("reviews.declared_free", _("declared to have no conflict of interest"))
file_read = register("reviews.file_read", _("fetched a file"))
started = register("reviews.started", _("began the review"))
submitted = register("reviews.submitted", _("sent the review"), audiences={"staff": STAFF})
conflict_declared = register("reviews.conflict_declared", _("declared a conflict of interest"), audiences={"staff": STAFF})
recused = register("reviews.recused", _("recused the reviewer"), audiences={"reviewer": QUEUE})
abstained = register("reviews.abstained", _("abstained"), audiences={"staff": STAFF})
declined = register("reviews.declined", _("declined to review"), audiences={"staff": STAFF})

# ── The application in review ──
sent_to_review = register("reviews.sent_to_review", _("sent it to review"), audiences={"founder": Notice(page="my:applications:detail", channels=(IN_APP,))})
shortlisted = register("reviews.shortlisted", _("invited to an interview"), audiences={"founder": FOUNDER.bound(DECISION)})
review_closed = register("reviews.review_closed", _("closed the review"))
panel_recorded = register("reviews.panel_recorded", _("recorded what the panel found"))
returned_to_review = register("reviews.returned_to_review", _("returned it to review"))
