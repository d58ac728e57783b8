from django.urls import path

from programmes.cohorts import views_cohort, views_deliberation

app_name = "cohorts"
urlpatterns = [
    path("", views_cohort.index, name="index"),
    path("intakes/<uuid:pk>/deliberation/", views_deliberation.board, name="deliberation"),
    path("intakes/<uuid:pk>/deliberation/<slug:step>/", views_deliberation.step, name="step"),
    path("intakes/<uuid:pk>/release/", views_deliberation.release, name="release"),
    path("intakes/<uuid:pk>/", views_cohort.cohort, name="cohort"),
    path("applications/<uuid:pk>/decision/", views_deliberation.decide, name="decide"),
    path("applications/<uuid:pk>/letter/", views_deliberation.letter, name="letter"),
    path("applications/<uuid:pk>/revert/", views_deliberation.revert, name="revert"),
    path("applications/<uuid:pk>/conditions-met/", views_deliberation.conditions_met, name="conditions-met"),
    path("applications/<uuid:pk>/rescind/", views_cohort.rescind, name="rescind"),
    path("memberships/<uuid:pk>/", views_cohort.membership, name="membership"),
    path("memberships/<uuid:pk>/<slug:step>/", views_cohort.membership_step, name="membership-step"),
]
