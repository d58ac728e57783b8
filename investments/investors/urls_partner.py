from django.urls import path

from investments.investors import views_partner

app_name = "investors"
urlpatterns = [path("investor/", views_partner.profile, name="profile")]
