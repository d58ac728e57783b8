"""What is recorded about forms; nobody is told."""

from django.utils.translation import gettext_lazy as _

from incubator.outbox.registry import register

edited = register("forms.edited", _("edited the form"))
copied = register("forms.copied", _("made a new version of the form"))
