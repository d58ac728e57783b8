"""Who am I: the credential, what it may do and how much; also a client's health check."""

from __future__ import annotations

import orjson
from django.conf import settings
from django.db.models import F
from django.http import HttpResponse
from rest_framework import serializers

from incubator.accounts.models import ApiKey
from incubator.api import conditional, throttling
from incubator.api.endpoints import ApiRequest, Endpoint, answer
from incubator.api.serializers import Out
from incubator.api.versions import CURRENT
from incubator.partners.models import Agreement


class OrganisationOut(Out):
    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(["partner", "investor"])


class CredentialOut(Out):
    kind = serializers.ChoiceField(["api_key", "oauth_application"])
    name = serializers.CharField()
    key_id = serializers.CharField(help_text="The part of the key before the dot, without spk_; of an OAuth application its client id.")
    scopes = serializers.ListField(child=serializers.CharField())
    expires_at = serializers.DateTimeField(help_text="The end of the key or of the access token.")
    api_version = serializers.DateField(help_text="The version this credential speaks without an API-Version header.")


class AgreementOut(Out):
    reference = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()


class LimitOut(Out):
    requests = serializers.IntegerField()
    seconds = serializers.IntegerField()


class LimitsOut(Out):
    read = LimitOut()
    write = LimitOut()
    file = LimitOut(help_text="Fetching files.")
    at_once = serializers.IntegerField(help_text="Requests under way at the same time.")


class MeOut(Out):
    organisation = OrganisationOut()
    credential = CredentialOut()
    agreement = AgreementOut(allow_null=True, help_text="The active agreement; null for an organisation without one.")
    limits = LimitsOut()


class Me(Endpoint):
    tag = "me"
    out = MeOut
    example = {
        "organisation": {"id": "0197e0c2-7d1f-7c3a-9a55-2f6f0c1d9b10", "name": "Meridian Technologies", "kind": "partner"},
        "credential": {
            "kind": "api_key",
            "name": "Deal flow import",
            "key_id": "4f1d2c3b5a69",
            "scopes": ["interests:read", "interests:write", "startups:read"],
            "expires_at": "2027-05-01T00:00:00+00:00",
            "api_version": "2026-12-01",
        },
        "agreement": {
            "reference": "MOU-2026-03",
            "title": "Memorandum of understanding",
            "state": "active",
            "starts_on": "2026-03-01",
            "ends_on": "2029-02-28",
        },
        "limits": {"read": {"requests": 600, "seconds": 60}, "write": {"requests": 60, "seconds": 60}, "file": {"requests": 20, "seconds": 60}, "at_once": 10},
    }

    def get(self, request: ApiRequest) -> HttpResponse:
        """Show the credential

        The organisation, the scopes, the limits and the pinned version of the credential that asks.
        """
        credential = request.credential
        agreement = (
            Agreement.objects.visible_to(request.actor)
            .filter(status="active")
            .order_by("-starts_on", "-id")
            .values("reference", "title", "starts_on", "ends_on", state=F("status"))
            .first()
        )
        body = orjson.dumps(
            {
                "organisation": {"id": credential.organisation_id, "name": credential.organisation_name, "kind": credential.organisation_kind},
                "credential": {
                    "kind": "api_key" if credential.kind is ApiKey else "oauth_application",
                    "name": credential.name,
                    "key_id": credential.key_id,
                    "scopes": sorted(credential.scopes),
                    "expires_at": credential.expires_at,
                    "api_version": credential.pinned or CURRENT,
                },
                "agreement": agreement,
                "limits": {
                    **{name: {"requests": limit.quota, "seconds": throttling.WINDOW} for name, limit in throttling.limits().items()},
                    "at_once": settings.API_AT_ONCE,
                },
            }
        )
        etag = conditional.body_tag(body)
        return conditional.not_modified(etag) if conditional.unchanged(request, etag) else answer(body, etag=etag)
