from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "programmes.reviews"
    label = "reviews"
