"""Which portal answers which path. Each portal's own pages are in its apps' `urls_<portal>.py`.

An app adds its file to the list of the portal; its `app_name` completes the URL names: `<portal>:<app>:<action>`.
"""

from django.urls import URLPattern, URLResolver, include, path

from incubator.home.views_today import today
from incubator.notifications.views_mail_events import mail_events
from incubator.web.staff import site

Routes = list[URLPattern | URLResolver]

public: Routes = [
    path("", include("programmes.catalogue.urls_public")),
    path("", include("incubator.startups.urls_public")),
    path("", include("incubator.web.urls_public")),
]
my: Routes = [
    path("", include("incubator.home.urls_my")),
    path("", include("incubator.startups.urls_my")),
    path("", include("incubator.notifications.urls_my")),
    path("applications/", include("programmes.applications.urls_my")),
    path("cohort/", include("programmes.cohorts.urls_my")),
    path("", include("incubator.accounts.urls_my")),
    path("", include("programmes.expertise.urls_my")),
    path("", include("investments.interests.urls_my")),
    path("", include("investments.interests.urls_my_rounds")),
]
partner: Routes = [
    path("", include("incubator.startups.urls_partner")),
    path("startups/exports/", include("incubator.api.urls_partner_exports")),
    path("developers/", include("incubator.api.urls_partner")),
    path("", include("incubator.notifications.urls_partner")),
    path("", include("incubator.accounts.urls_partner")),
    path("", include("incubator.partners.urls_partner")),
    path("", include("programmes.expertise.urls_partner")),
    path("", include("investments.investors.urls_partner")),
    path("", include("investments.interests.urls_partner")),
    path("", include("investments.interests.urls_partner_rounds")),
    path("", include("incubator.home.urls_partner")),
]
review: Routes = [
    path("", include("programmes.reviews.urls_review")),
    path("", include("incubator.notifications.urls_review")),
]
site.routes = [
    path("", today, name="index"),
    path("investors/", include("investments.investors.urls_staff")),
    path("rounds/", include("investments.interests.urls_staff_rounds")),
    path("interests/", include("investments.interests.urls_staff")),
    path("partners/", include("incubator.partners.urls_staff")),
    path("", include("incubator.notifications.urls_staff")),
    path("applications/", include("programmes.applications.urls_staff")),
    path("reviews/", include("programmes.reviews.urls_staff")),
    path("cohorts/", include("programmes.cohorts.urls_staff")),
    path("", include("programmes.expertise.urls_staff")),
    path("catalogue/", include("programmes.catalogue.urls_staff")),
    path("accounts/", include("incubator.accounts.urls_staff")),
    path("", include("incubator.home.urls_staff")),
    path("forms/", include("programmes.forms.urls_staff")),
    path("startups/", include("incubator.startups.urls_staff")),
]  # the staff portal's own pages; its records are registered in each app's admin.py

urlpatterns = [
    path("", include("incubator.home.urls_health")),
    path("mail/events/", mail_events, name="mail_events"),
    path("api/v1/", include("incubator.api.urls_api")),
    path("", include("incubator.home.urls")),
    path("accounts/", include("incubator.accounts.urls")),
    path("accounts/", include("incubator.notifications.urls_account")),
    path("accounts/", include("allauth.urls")),
    path("my/", include((my, "my"))),
    path("partner/", include((partner, "partner"))),
    path("review/", include((review, "review"))),
    path("staff/", site.urls),
    path("", include((public, "public"))),
]

handler400 = "incubator.web.views_errors.bad_request"
handler403 = "incubator.web.views_errors.not_allowed"
handler404 = "incubator.web.views_errors.not_found"
handler500 = "incubator.web.views_errors.broken"
