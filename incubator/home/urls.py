from django.urls import path

from incubator.home import views_demo, views_entry, views_mailbox, views_public

app_name = "home"
urlpatterns = [
    path("mailbox/", views_mailbox.index, name="mailbox"),
    path("mailbox/<str:key>/", views_mailbox.mail, name="mail"),
    path("mailbox/<str:key>/html/", views_mailbox.html, name="mail-html"),
    path("partners/", views_public.partners, name="partners"),
    path("robots.txt", views_public.robots, name="robots"),
    path("sitemap.xml", views_public.sitemap, name="sitemap"),
    path("demo/received/", views_demo.received, name="demo_received"),
    path("demo/webhooks/", views_demo.receive, name="demo_receive"),
    path("welcome/", views_entry.after_login, name="after_login"),
    path("welcome/places/", views_entry.all_places, name="places"),
    path("welcome/<slug:portal>/", views_entry.to_portal, name="portal"),
]
