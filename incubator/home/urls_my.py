from django.urls import path

from incubator.home import views_my

app_name = "home"
urlpatterns = [path("", views_my.index, name="index")]
