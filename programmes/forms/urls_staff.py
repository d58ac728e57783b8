from django.urls import path

from programmes.forms import views_staff as views

app_name = "forms"
urlpatterns = [
    path("versions/<uuid:pk>/preview/", views.preview, name="preview"),
    path("versions/<uuid:pk>/copy/", views.copy, name="copy"),
]
