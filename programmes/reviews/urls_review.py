from django.urls import path

from programmes.reviews import views_review, views_review_exits, views_review_queue

app_name = "reviews"
urlpatterns = [
    path("", views_review_queue.index, name="index"),
    path("conflicts/", views_review_queue.conflicts, name="conflicts"),
    path("<uuid:pk>/", views_review.detail, name="detail"),
    path("<uuid:pk>/no-conflict/", views_review_exits.declare_free, name="declare_free"),
    path("<uuid:pk>/draft/", views_review.draft, name="draft"),
    path("<uuid:pk>/send/", views_review.submit, name="submit"),
    path("<uuid:pk>/files/<uuid:file>/", views_review.file, name="file"),
    path("<uuid:pk>/conflict/", views_review_exits.leave, {"verb": "declare_conflict"}, name="declare_conflict"),
    path("<uuid:pk>/abstain/", views_review_exits.leave, {"verb": "abstain"}, name="abstain"),
    path("<uuid:pk>/decline/", views_review_exits.leave, {"verb": "decline"}, name="decline"),
]
