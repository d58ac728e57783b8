from incubator.accounts.urls_team import team_urls

app_name = "accounts"
urlpatterns = team_urls("my")
