from django.urls import path

from incubator.partners import views_partner

app_name = "partners"
urlpatterns = [
    path("agreement/", views_partner.agreement, name="agreement"),
    path("agreement/<uuid:pk>/sign/", views_partner.sign, name="sign"),
    path("agreement/<uuid:pk>/document/", views_partner.document, name="document"),
]
