from django.urls import path

from programmes.applications import views_form, views_my

app_name = "applications"
urlpatterns = [
    path("", views_my.index, name="index"),
    path("start/<uuid:pk>/", views_my.start, name="start"),
    path("<uuid:pk>/", views_my.detail, name="detail"),
    path("<uuid:pk>/sent/", views_my.sent, name="sent"),
    path("<uuid:pk>/receipt/", views_my.receipt, name="receipt"),
    path("<uuid:pk>/withdraw/", views_my.withdraw, name="withdraw"),
    path("<uuid:pk>/form/", views_form.form, name="form"),
    path("<uuid:pk>/form/<slug:key>/", views_form.section, name="section"),
    path("<uuid:pk>/answers/<slug:key>/", views_form.answer, name="answer"),
    path("<uuid:pk>/review/", views_form.review, name="review"),
    path("<uuid:pk>/send/", views_form.send, name="send"),
    path("<uuid:pk>/files/<uuid:file_id>/", views_form.file, name="file"),
]
