from django.urls import path

from programmes.cohorts import views_my

app_name = "cohorts"
urlpatterns = [
    path("", views_my.index, name="index"),
    path("letters/<uuid:pk>/", views_my.letter, name="letter"),
    path("letters/<uuid:pk>/accept/", views_my.accept, name="accept"),
    path("letters/<uuid:pk>/decline/", views_my.decline, name="decline"),
]
