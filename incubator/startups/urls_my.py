from django.urls import path

from incubator.startups import views_disclosures, views_profile

app_name = "startups"
urlpatterns = [
    path("startup/", views_profile.profile, name="profile"),
    path("startup/new/", views_profile.create, name="create"),
    path("startup/edit/<slug:topic>/", views_profile.edit, name="edit"),
    path("startup/people/new/", views_profile.person, name="add-person"),
    path("startup/people/<uuid:pk>/", views_profile.person, name="person"),
    path("startup/people/<uuid:pk>/remove/", views_profile.remove_person, name="remove-person"),
    path("startup/documents/new/", views_profile.add_document, name="add-document"),
    path("startup/documents/<uuid:pk>/", views_profile.document, name="document"),
    path("startup/documents/<uuid:pk>/remove/", views_profile.remove_document, name="remove-document"),
    path("startup/verify/", views_profile.verify, name="verify"),
    path("disclosures/", views_disclosures.disclosures, name="disclosures"),
    path("disclosures/visibility/", views_disclosures.visibility, name="visibility"),
    path("disclosures/preview/<int:level>/", views_disclosures.preview, name="preview"),
    path("disclosures/new/", views_disclosures.disclose, name="disclose"),
    path("disclosures/<uuid:pk>/", views_disclosures.change, name="change-disclosure"),
    path("disclosures/<uuid:pk>/take-back/", views_disclosures.take_back, name="take-back"),
]
