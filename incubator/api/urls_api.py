"""Addresses of the partner API, below /api/v1/. No trailing slash. The names are the keys of the table of scopes."""

from django.urls import path

from incubator.api import oauth, views_documents
from incubator.api.v1 import (
    agreements,
    commitments,
    deliveries,
    downloads,
    events,
    interests,
    introductions,
    me,
    operations,
    programmes,
    rounds,
    startups,
    webhook_endpoints,
)
from incubator.api.v1 import documents as papers

app_name = "api"

documents = [
    path("schema", views_documents.schema, name="schema"),
    path("collection", views_documents.collection_file, name="collection"),
    path("docs", views_documents.docs, name="docs"),
    path("docs/<slug:name>", views_documents.page, name="guide"),
]

# Not for a credential but for getting one.
tokens = [
    path("oauth/token", oauth.token, name="oauth-token"),
    path("oauth/revoke", oauth.revoke, name="oauth-revoke"),
]

urlpatterns = [
    path("me", me.Me.as_view(), name="me"),
    path("programmes", programmes.ProgrammeList.as_view(), name="programmes"),
    path("programmes/<uuid:pk>", programmes.ProgrammeItem.as_view(), name="programme"),
    path("intakes", programmes.IntakeList.as_view(), name="intakes"),
    path("intakes/<uuid:pk>", programmes.IntakeItem.as_view(), name="intake"),
    path("startups", startups.StartupList.as_view(), name="startups"),
    path("startups/<uuid:pk>", startups.StartupItem.as_view(), name="startup"),
    path("startups/<uuid:pk>/documents", papers.DocumentList.as_view(), name="documents"),
    path("startups/<uuid:startup>/documents/<uuid:pk>/download", papers.DocumentDownload.as_view(), name="document-download"),
    path("downloads/<slug:token>", downloads.Download.as_view(), name="download"),
    path("exports", operations.ExportList.as_view(), name="exports"),
    path("operations/<uuid:pk>", operations.OperationItem.as_view(), name="operation"),
    path("operations/<uuid:pk>/cancel", operations.OperationCancel.as_view(), name="operation-cancel"),
    path("operations/<uuid:pk>/download", operations.OperationDownload.as_view(), name="operation-download"),
    path("rounds", rounds.RoundList.as_view(), name="rounds"),
    path("rounds/<uuid:pk>", rounds.RoundItem.as_view(), name="round"),
    path("rounds/<uuid:pk>/watch", rounds.RoundWatch.as_view(), name="round-watch"),
    path("interests", interests.InterestList.as_view(), name="interests"),
    path("interests/<uuid:pk>", interests.InterestItem.as_view(), name="interest"),
    path("interests/<uuid:pk>/indicate", interests.InterestIndicate.as_view(), name="interest-indicate"),
    path("interests/<uuid:pk>/withdraw", interests.InterestWithdraw.as_view(), name="interest-withdraw"),
    path("interests/<uuid:pk>/pass", interests.InterestPass.as_view(), name="interest-pass"),
    path("introductions", introductions.IntroductionList.as_view(), name="introductions"),
    path("introductions/<uuid:pk>", introductions.IntroductionItem.as_view(), name="introduction"),
    path("agreements", agreements.AgreementList.as_view(), name="agreements"),
    path("agreements/<uuid:pk>", agreements.AgreementItem.as_view(), name="agreement"),
    path("commitments", commitments.CommitmentList.as_view(), name="commitments"),
    path("commitments/<uuid:pk>", commitments.CommitmentItem.as_view(), name="commitment"),
    path("commitments/<uuid:pk>/start", commitments.CommitmentStart.as_view(), name="commitment-start"),
    path("commitments/<uuid:pk>/deliver", commitments.CommitmentDeliver.as_view(), name="commitment-deliver"),
    path("commitments/<uuid:pk>/resume", commitments.CommitmentResume.as_view(), name="commitment-resume"),
    path("commitments/<uuid:pk>/accept", commitments.CommitmentAccept.as_view(), name="commitment-accept"),
    path("commitments/<uuid:pk>/dispute", commitments.CommitmentDispute.as_view(), name="commitment-dispute"),
    path("events", events.EventList.as_view(), name="events"),
    path("webhook-endpoints", webhook_endpoints.EndpointList.as_view(), name="webhook-endpoints"),
    path("webhook-endpoints/<uuid:pk>", webhook_endpoints.EndpointItem.as_view(), name="webhook-endpoint"),
    path("webhook-endpoints/<uuid:pk>/rotate", webhook_endpoints.EndpointRotate.as_view(), name="webhook-endpoint-rotate"),
    path("webhook-endpoints/<uuid:pk>/test", webhook_endpoints.EndpointTest.as_view(), name="webhook-endpoint-test"),
    path("webhook-endpoints/<uuid:pk>/pause", webhook_endpoints.EndpointPause.as_view(), name="webhook-endpoint-pause"),
    path("webhook-endpoints/<uuid:pk>/resume", webhook_endpoints.EndpointResume.as_view(), name="webhook-endpoint-resume"),
    path("webhook-endpoints/<uuid:pk>/remove", webhook_endpoints.EndpointRemove.as_view(), name="webhook-endpoint-remove"),
    path("webhook-endpoints/<uuid:pk>/redeliver", deliveries.EndpointRedeliver.as_view(), name="webhook-endpoint-redeliver"),
    path("deliveries", deliveries.DeliveryList.as_view(), name="deliveries"),
    path("deliveries/<uuid:pk>", deliveries.DeliveryItem.as_view(), name="delivery"),
    path("deliveries/<uuid:pk>/redeliver", deliveries.DeliveryRedeliver.as_view(), name="delivery-redeliver"),
    *tokens,
    *documents,
]
