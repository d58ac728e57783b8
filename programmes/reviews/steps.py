"""The steps of an application's review, of one assignment, and a reviewer's ways out: their words and their operations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from incubator.web.confirming import ReasonForm, Step
from programmes.reviews import operations as reviews
from programmes.reviews.forms import OptionalReasonForm, PanelForm, ReopenForm, ShortlistForm

OFFICERS = (_("The officers of the programme, with your reason."),)

# Steps of an application; in the order of their buttons.
OF_APPLICATION = {
    one.verb: one
    for one in (
        Step(
            "send_to_review",
            _("Send to review"),
            (_("The screening ends; the reviewers assigned can read the application."),),
            reviews.send_to_review,
            (_("The reviewers, by e-mail."), _("The applicant, in their inbox: “In review”.")),
            done=_("The reviewers are asked."),
            icon="send",
        ),
        Step(
            "close_review",
            _("Close the review"),
            (_("The application waits for a decision."), _("Reviews that were not sent are taken back from their reviewers.")),
            reviews.close_review,
            (_("Reviewers whose review is taken back, by e-mail. The applicant is not told."),),
            OptionalReasonForm,
            done=_("The review is closed."),
            icon="lock",
        ),
        Step(
            "record_panel",
            _("Record the panel"),
            (_("The minutes and the score stand in the history; the application waits for a decision."),),
            reviews.record_panel,
            form=PanelForm,
            done=_("The panel is recorded."),
            icon="writing",
        ),
        Step(
            "shortlist",
            _("Invite to an interview"),
            (_("The review is closed, and the panel meets the applicant."),),
            reviews.shortlist,
            (_("The founder and team of %(startup)s, by e-mail: when and where."),),
            ShortlistForm,
            button=_("Send the invitation"),
            done=_("The invitation is on its way."),
            icon="users",
        ),
        Step(
            "return_to_review",
            _("Return to review"),
            (_("Reviewers can be assigned and reviews reopened again."),),
            reviews.return_to_review,
            form=ReasonForm,
            done=_("It is in review again."),
            icon="arrow-back-up",
        ),
    )
}
# Steps of one assignment, taken by staff.
OF_ASSIGNMENT = {
    one.verb: one
    for one in (
        Step(
            "reopen",
            _("Reopen the review"),
            (_("%(name)s can change the review; until it is sent again it does not count."),),
            reviews.reopen,
            (_("%(name)s, by e-mail, with your reason."),),
            ReopenForm,
            done=_("The review is reopened."),
            icon="arrow-back-up",
        ),
        Step(
            "unassign",
            _("Take the review back"),
            (_("%(name)s can no longer read the application; what was written is kept."),),
            reviews.unassign,
            (_("%(name)s, by e-mail, if they were asked already."),),
            ReasonForm,
            done=_("The review is taken back."),
            icon="user-minus",
        ),
        Step(
            "recuse",
            _("Recuse the reviewer"),
            (_("%(name)s sees nothing of this application any more, for good."), _("A review they sent no longer counts.")),
            reviews.recuse,
            (_("%(name)s, by e-mail, without details."),),
            ReasonForm,
            danger=True,
            button=_("Recuse"),
            done=_("The reviewer is recused."),
            icon="ban",
        ),
    )
}
# A reviewer's own, instead of reading or in the middle of it.
EXITS = {
    one.verb: one
    for one in (
        Step(
            "declare_conflict",
            _("Declare a conflict of interest"),
            (_("The application closes to you at once, for good."), _("Somebody else is asked to review it.")),
            reviews.declare_conflict,
            (_("The officers of the programme, with your reason. The applicant is not told."),),
            ReasonForm,
            danger=True,
            button=_("Declare the conflict"),
            done=_("Thank you. The application is closed to you."),
        ),
        Step(
            "abstain",
            _("Abstain"),
            (_("Your review ends without a score, and you can no longer open the application."),),
            reviews.abstain,
            OFFICERS,
            ReasonForm,
            done=_("You have abstained. Somebody else will be asked."),
        ),
        Step(
            "decline",
            _("Decline"),
            (_("You are not asked to review this application."),),
            reviews.decline,
            OFFICERS,
            ReasonForm,
            done=_("Thank you for saying so. Somebody else will be asked."),
        ),
    )
}
