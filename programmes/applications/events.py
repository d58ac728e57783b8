"""What is told about applications, to whom."""

from django.utils.translation import gettext_lazy as _

from incubator.outbox.registry import IN_APP, Notice, register

FOUNDER = Notice(page="my:applications:detail")
STAFF = Notice(page="staff:applications:detail", channels=(IN_APP,))

# ── Screening ──
screening_started = register("applications.screening_started", _("took up the screening"))
information_requested = register("applications.information_requested", _("asked for information"), audiences={"founder": FOUNDER})
screening_resumed = register("applications.screening_resumed", _("went on without the information asked for"), audiences={"founder": FOUNDER})
ineligibility_proposed = register("applications.ineligibility_proposed", _("proposed to find it not eligible"), audiences={"staff": STAFF})
ineligibility_dismissed = register("applications.ineligibility_dismissed", _("dismissed the proposal to find it not eligible"))
found_ineligible = register("applications.found_ineligible", _("found it not eligible"), audiences={"founder": FOUNDER})
deadline_extended = register("applications.deadline_extended", _("extended the deadline"), audiences={"founder": FOUNDER})
