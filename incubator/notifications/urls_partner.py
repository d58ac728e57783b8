from incubator.notifications.urls_inbox import inbox_urls

app_name = "notifications"
urlpatterns = inbox_urls("partner")
