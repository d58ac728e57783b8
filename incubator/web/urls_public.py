from django.urls import path

from incubator.web import views_public

app_name = "web"
urlpatterns = [path("theme/", views_public.choose_theme, name="theme")]
