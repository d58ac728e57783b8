from django.urls import path

from incubator.startups import views_disclosures

app_name = "startups"
urlpatterns = [
    path("disclosures/", views_disclosures.disclosures, name="disclosures"),
    path("disclosures/visibility/", views_disclosures.visibility, name="visibility"),
    path("disclosures/preview/<int:level>/", views_disclosures.preview, name="preview"),
    path("disclosures/new/", views_disclosures.disclose, name="disclose"),
    path("disclosures/<uuid:pk>/", views_disclosures.change, name="change-disclosure"),
    path("disclosures/<uuid:pk>/take-back/", views_disclosures.take_back, name="take-back"),
]
