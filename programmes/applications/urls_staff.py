from django.urls import path

from programmes.applications import views_staff, views_staff_detail, views_staff_steps

app_name = "applications"
urlpatterns = [
    path("", views_staff.index, name="index"),
    path("screening/", views_staff.queue, name="queue"),
    path("arrivals/", views_staff.arrivals, name="arrivals"),
    path("unsent/", views_staff.unsent, name="unsent"),
    path("unsent/<uuid:pk>/extend/", views_staff_steps.extend, name="extend"),
    path("<uuid:pk>/", views_staff_detail.detail, name="detail"),
    path("<uuid:pk>/files/<uuid:file>/", views_staff_detail.file, name="file"),
    path("<uuid:pk>/start-screening/", views_staff_steps.step, {"verb": "start_screening"}, name="start_screening"),
    path("<uuid:pk>/ask/", views_staff_steps.step, {"verb": "ask_for_information"}, name="ask"),
    path("<uuid:pk>/resume/", views_staff_steps.step, {"verb": "answer_request"}, name="resume"),
    path("<uuid:pk>/ineligible/", views_staff_steps.step, {"verb": "find_ineligible"}, name="find_ineligible"),
    path("<uuid:pk>/findings/<uuid:finding>/confirm/", views_staff_steps.confirm_finding, name="confirm_finding"),
    path("<uuid:pk>/findings/<uuid:finding>/dismiss/", views_staff_steps.dismiss_finding, name="dismiss_finding"),
]
