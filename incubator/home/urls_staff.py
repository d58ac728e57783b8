from django.urls import path

from incubator.home import views_calls

app_name = "home"
urlpatterns = [
    path("calls/<uuid:pk>/reopening/", views_calls.reopen_call, name="reopen_call"),
    path("calls/<uuid:pk>/cancellation/", views_calls.call_off, name="call_off"),
]
