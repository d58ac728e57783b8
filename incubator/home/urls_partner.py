from django.urls import path

from incubator.home import views_partner

app_name = "home"
urlpatterns = [path("", views_partner.index, name="index")]
