"""A staff site with two kinds of record, for the tests of the base classes."""

from django.urls import path

from incubator.lib.actor import Actor
from incubator.urls import *  # noqa: F403
from incubator.urls import urlpatterns as product_patterns
from incubator.web.admin import RecordAdmin, TableInline
from incubator.web.staff import StaffSite
from programmes.catalogue import access, events
from programmes.catalogue.models import Criterion, Programme, Rubric

site = StaffSite()


class Criteria(TableInline):
    model = Criterion
    fields = ("position", "title", "weight")


class RubricAdmin(RecordAdmin):
    edited = events.edited
    list_display = ("name", "number")
    search_fields = ("name__istartswith",)
    fields = ("name", "number")
    inlines = (Criteria,)

    def may_add(self, actor: Actor) -> bool:
        return access.may_configure(actor)

    def may_change(self, actor: Actor, row: Rubric | None) -> bool:
        return access.may_configure(actor) and (row is None or access.may_edit_rubric(actor, row))


class ProgrammeAdmin(RecordAdmin):
    edited = events.edited
    list_display = ("title", "status")
    fields = ("title", "tagline", "status")

    def may_add(self, actor: Actor) -> bool:
        return True

    def may_delete(self, actor: Actor, row: Programme | None) -> bool:
        return True

    def may_change(self, actor: Actor, row: Programme | None) -> bool:
        return access.may_configure(actor)


site.register(Rubric, RubricAdmin)
site.register(Programme, ProgrammeAdmin)
urlpatterns = [path("staff/", site.urls), *product_patterns]
