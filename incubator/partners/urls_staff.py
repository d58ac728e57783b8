from django.urls import path

from incubator.partners import views_agreements, views_staff

app_name = "partners"
urlpatterns = [
    path("", views_staff.index, name="index"),
    path("new/", views_staff.add, name="add"),
    path("agreements/", views_agreements.agreements, name="agreements"),
    path("agreements/<uuid:pk>/", views_agreements.agreement, name="agreement"),
    path("agreements/<uuid:pk>/edit/", views_agreements.edit, name="edit-agreement"),
    path("agreements/<uuid:pk>/document/", views_agreements.document, name="document"),
    path("agreements/<uuid:pk>/<slug:step>/", views_agreements.step, name="agreement-step"),
    path("<uuid:pk>/", views_staff.detail, name="detail"),
    path("<uuid:pk>/edit/", views_staff.edit, name="edit"),
    path("<uuid:pk>/agreements/new/", views_agreements.draft, name="draft-agreement"),
    path("<uuid:pk>/<slug:step>/", views_staff.step, name="step"),
]
