from django.urls import path

from incubator.startups import views_public as views

app_name = "startups"
urlpatterns = [
    path("startups/", views.portfolio, name="portfolio"),
    path("startups/<uuid:pk>/", views.startup, name="startup"),
]
