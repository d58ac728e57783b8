from django.urls import path

from incubator.partners import views_agreements, views_commitments, views_staff

app_name = "partners"
urlpatterns = [
    path("", views_staff.index, name="index"),
    path("new/", views_staff.add, name="add"),
    path("agreements/", views_agreements.agreements, name="agreements"),
    path("agreements/<uuid:pk>/", views_agreements.agreement, name="agreement"),
    path("agreements/<uuid:pk>/edit/", views_agreements.edit, name="edit-agreement"),
    path("agreements/<uuid:pk>/document/", views_agreements.document, name="document"),
    path("agreements/<uuid:pk>/workstreams/new/", views_commitments.add_workstream, name="add-workstream"),
    path("agreements/<uuid:pk>/commitments/new/", views_commitments.propose, name="propose"),
    path("commitments/<uuid:pk>/", views_commitments.commitment, name="commitment"),
    path("commitments/<uuid:pk>/edit/", views_commitments.revise, name="revise"),
    path("commitments/<uuid:pk>/work/", views_commitments.contribute, name="contribute"),
    path("commitments/<uuid:pk>/evidence/", views_commitments.evidence, name="evidence"),
    path("commitments/<uuid:pk>/<slug:step>/", views_commitments.commitment_step, name="commitment-step"),
    path("contributions/<uuid:pk>/file/", views_commitments.contribution_file, name="contribution-file"),
    path("agreements/<uuid:pk>/<slug:step>/", views_agreements.step, name="agreement-step"),
    path("<uuid:pk>/", views_staff.detail, name="detail"),
    path("<uuid:pk>/edit/", views_staff.edit, name="edit"),
    path("<uuid:pk>/agreements/new/", views_agreements.draft, name="draft-agreement"),
    path("<uuid:pk>/<slug:step>/", views_staff.step, name="step"),
]
