from django.urls import path

from programmes.catalogue import views_staff as views

app_name = "catalogue"
urlpatterns = [
    path("steps/<slug:kind>/<uuid:pk>/<slug:verb>/", views.step, name="step"),
    path("rubrics/<uuid:pk>/copy/", views.copy_rubric, name="copy_rubric"),
]
