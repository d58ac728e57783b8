"""What reaches one, among the settings of one's account."""

from django.urls import path

from incubator.notifications import views_account as views

app_name = "notices"
urlpatterns = [
    path("notices/", views.reaching_me, name="mine"),
    path("notices/works/", views.works_again, name="works"),
    path("notices/off/<str:token>/", views.switch_off, name="off"),
]
