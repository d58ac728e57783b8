from django.urls import path

from programmes.reviews import views_staff, views_staff_application, views_staff_steps

app_name = "reviews"
urlpatterns = [
    path("", views_staff.allocation, name="allocation"),
    path("intakes/<uuid:pk>/", views_staff.matrix, name="matrix"),
    path("intakes/<uuid:pk>/assign/", views_staff.assign_bulk, name="assign_bulk"),
    path("intakes/<uuid:pk>/remind/", views_staff.remind, name="remind"),
    path("applications/<uuid:pk>/", views_staff_application.application, name="application"),
    path("applications/<uuid:pk>/summary/", views_staff_application.summary, name="summary"),
    path("applications/<uuid:pk>/assign/", views_staff_application.assign, name="assign"),
    path("applications/<uuid:pk>/send-to-review/", views_staff_steps.step, {"verb": "send_to_review"}, name="send_to_review"),
    path("applications/<uuid:pk>/close/", views_staff_steps.step, {"verb": "close_review"}, name="close_review"),
    path("applications/<uuid:pk>/shortlist/", views_staff_steps.step, {"verb": "shortlist"}, name="shortlist"),
    path("applications/<uuid:pk>/panel/", views_staff_steps.step, {"verb": "record_panel"}, name="record_panel"),
    path("applications/<uuid:pk>/return/", views_staff_steps.step, {"verb": "return_to_review"}, name="return_to_review"),
    path("assignments/<uuid:pk>/unassign/", views_staff_steps.assignment_step, {"verb": "unassign"}, name="unassign"),
    path("assignments/<uuid:pk>/recuse/", views_staff_steps.assignment_step, {"verb": "recuse"}, name="recuse"),
    path("assignments/<uuid:pk>/reopen/", views_staff_steps.assignment_step, {"verb": "reopen"}, name="reopen"),
]
