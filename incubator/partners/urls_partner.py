from django.urls import path

from incubator.partners import views_partner, views_partner_commitments

app_name = "partners"
urlpatterns = [
    path("agreement/", views_partner.agreement, name="agreement"),
    path("agreement/<uuid:pk>/sign/", views_partner.sign, name="sign"),
    path("agreement/<uuid:pk>/document/", views_partner.document, name="document"),
    path("commitments/", views_partner_commitments.commitments, name="commitments"),
    path("agreement/<uuid:pk>/commitments/new/", views_partner_commitments.propose, name="propose"),
    path("commitments/<uuid:pk>/", views_partner_commitments.commitment, name="commitment"),
    path("commitments/<uuid:pk>/edit/", views_partner_commitments.revise, name="revise"),
    path("commitments/<uuid:pk>/work/", views_partner_commitments.contribute, name="contribute"),
    path("commitments/<uuid:pk>/evidence/", views_partner_commitments.evidence, name="evidence"),
    path("commitments/<uuid:pk>/<slug:step>/", views_partner_commitments.commitment_step, name="commitment-step"),
    path("contributions/<uuid:pk>/file/", views_partner_commitments.contribution_file, name="contribution-file"),
]
