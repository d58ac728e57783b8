"""Which thing of the world each address of the matrix is tried on."""

from __future__ import annotations

from fnmatch import fnmatch
from functools import cache
from typing import Any

from django.urls import get_resolver

from tests.architecture.world import World

# Addresses that are not the matrix's: the API (a matrix of its own), allauth's (its own tests), measurement.
SKIPPED = (
    "api:*", "account_*", "mfa_*", "usersessions_*", "prometheus*", "django_structlog*", "staff:jsi18n", "staff:(*", "(*", "*:(*", "staff:autocomplete", "staff:app_list",
)  # fmt: skip
KEPT = ("account_invitation", "account_settings", "account_switch", "account_calendar", "account_calendar_revoke", "account_calendar_feed")

# The first pattern that fits wins. Values are names of things of the world, `thing.field`, or `=literal`.
TARGETS: tuple[tuple[str, dict[str, str]], ...] = (
    ("my:applications:start", {"pk": "draft.intake_id"}),
    ("my:applications:sent", {"pk": "submitted"}),
    ("my:applications:receipt", {"pk": "submitted"}),
    ("my:applications:withdraw", {"pk": "submitted"}),
    ("my:applications:section", {"pk": "draft", "key": "=company"}),
    ("my:applications:answer", {"pk": "draft", "key": "=pitch"}),
    ("my:applications:file", {"pk": "draft", "file_id": "document.file_id"}),
    ("my:applications:*", {"pk": "draft"}),
    ("my:cohorts:letter", {"pk": "offer.application_id"}),
    ("my:cohorts:accept", {"pk": "offer.application_id"}),
    ("my:cohorts:decline", {"pk": "offer.application_id"}),
    ("staff:cohorts:cohort", {"pk": "membership.cohort.intake_id"}),
    ("staff:cohorts:deliberation", {"pk": "pending.intake_id"}),
    ("staff:cohorts:step", {"pk": "pending.intake_id", "step": "=decide"}),
    ("staff:cohorts:release", {"pk": "decided.intake_id"}),
    ("staff:cohorts:decide", {"pk": "pending"}),
    ("staff:cohorts:letter", {"pk": "decided"}),
    ("staff:cohorts:revert", {"pk": "decided"}),
    ("staff:cohorts:conditions-met", {"pk": "conditional"}),
    ("staff:cohorts:rescind", {"pk": "membership.application_id"}),
    ("staff:cohorts:membership-step", {"pk": "membership", "step": "=defer"}),
    ("staff:cohorts:membership", {"pk": "membership"}),
    ("my:startups:change-disclosure", {"pk": "disclosure"}),
    ("my:startups:take-back", {"pk": "disclosure"}),
    ("my:startups:preview", {"level": "=2"}),
    ("*:notifications:announcement", {"pk": "announced"}),
    ("partner:notifications:redeliver", {"pk": "endpoint", "delivery_pk": "hook"}),
    ("partner:notifications:step", {"pk": "endpoint", "verb": "=pause"}),
    ("partner:notifications:endpoints", {}),
    ("partner:notifications:create", {}),
    ("partner:notifications:inbox", {}),
    ("partner:notifications:bell", {}),
    ("partner:notifications:read-all", {}),
    ("partner:notifications:open", {"pk": "notice"}),
    ("*:notifications:open", {"pk": "notice"}),
    ("partner:notifications:*", {"pk": "endpoint"}),
    ("partner:startups:document", {"pk": "startup", "document_pk": "document"}),
    ("partner:startups:detail", {"pk": "startup"}),
    ("public:startups:startup", {"pk": "public_startup"}),
    ("public:catalogue:programme", {"slug": "draft.intake.programme.slug"}),
    ("review:reviews:file", {"pk": "assignment", "file": "document.file_id"}),
    ("review:reviews:index", {}),
    ("review:reviews:conflicts", {}),
    ("review:reviews:declare_free", {"pk": "undeclared"}),
    ("review:reviews:decline", {"pk": "undeclared"}),
    ("review:reviews:*", {"pk": "assignment"}),
    ("staff:applications:extend", {"pk": "draft"}),
    ("staff:applications:file", {"pk": "in_review", "file": "document.file_id"}),
    ("staff:applications:start_screening", {"pk": "submitted"}),
    ("staff:applications:resume", {"pk": "asked"}),
    ("staff:applications:*_finding", {"pk": "screening", "finding": "finding"}),
    ("staff:applications:find_ineligible", {"pk": "screening"}),
    ("staff:applications:ask", {"pk": "screening"}),
    ("staff:applications:detail", {"pk": "in_review"}),
    ("staff:applications:*", {}),
    ("staff:reviews:allocation", {}),
    ("staff:reviews:matrix", {"pk": "in_review.intake_id"}),
    ("staff:reviews:*_bulk", {"pk": "in_review.intake_id"}),
    ("staff:reviews:remind", {"pk": "in_review.intake_id"}),
    ("staff:reviews:unassign", {"pk": "assignment"}),
    ("staff:reviews:recuse", {"pk": "assignment"}),
    ("staff:reviews:reopen", {"pk": "other_assignment"}),
    ("staff:reviews:send_to_review", {"pk": "screening"}),
    ("staff:reviews:record_panel", {"pk": "shortlisted"}),
    ("staff:reviews:return_to_review", {"pk": "pending"}),
    ("staff:reviews:*", {"pk": "in_review"}),
    ("staff:catalogue:copy_rubric", {"pk": "draft.intake.rubric_id"}),
    ("staff:catalogue:step", {"kind": "=intake", "pk": "draft.intake_id", "verb": "=close"}),
    ("staff:catalogue_intake_*", {"object_id": "draft.intake_id"}),
    ("staff:catalogue_programme_*", {"object_id": "draft.intake.programme_id"}),
    ("staff:catalogue_rubric_*", {"object_id": "draft.intake.rubric_id"}),
    ("staff:forms_formversion_*", {"object_id": "draft.intake.form_version_id"}),
    ("my:startups:add-*", {}),
    ("my:startups:*document", {"pk": "document"}),
    ("my:startups:*person", {"pk": "person"}),
    ("my:startups:edit", {"topic": "=company"}),
    ("staff:startups:decide", {"pk": "startup", "verb": "=suspend"}),
    ("staff:startups:document", {"pk": "startup", "document_pk": "document"}),
    ("staff:startups:detail", {"pk": "startup"}),
    ("staff:startups_area_*", {"object_id": "area"}),
    ("staff:forms:*", {"pk": "draft.intake.form_version_id"}),
    ("staff:home:call_off", {"pk": "draft.intake_id"}),
    ("staff:home:reopen_call", {"pk": "closed_intake"}),
    ("staff:notifications_webhookendpoint_*", {"object_id": "endpoint"}),
    ("staff:notifications:announcement-step", {"pk": "announcement", "verb": "=send"}),
    ("staff:notifications:announcement-edit", {"pk": "announcement"}),
    ("staff:notifications:*text", {"kind": "=applications.submitted", "audience": "=founder"}),
    ("staff:notifications:run-job", {"name": "=notifications.digests"}),
    ("staff:notifications:delivery", {"pk": "mail"}),
    ("staff:notifications:send-again", {"pk": "mail"}),
    ("staff:notifications:broadcast", {"pk": "mail.event_id"}),
    ("staff:notifications:*-channel", {"channel": "=email"}),
    ("staff:notifications:resending", {"pk": "resending"}),
    ("staff:notifications:stop", {"pk": "mail.event_id"}),
    ("account_invitation", {"token": "invitation_token"}),
    ("account_switch", {"portal": "=my"}),
    ("account_calendar_feed", {"token": "calendar_token"}),
    ("notices:off", {"token": "off_token"}),
    ("home:portal", {"portal": "=my"}),
    ("home:mail", {"key": "=nothing"}),
    ("home:mail-html", {"key": "=nothing"}),
    ("*:accounts:withdraw", {"pk": "invitation"}),
    ("*:accounts:remove", {"pk": "teammate_membership"}),
    ("partner:api:revoke", {"pk": "key"}),
    ("partner:exports:cancel", {"pk": "waiting_export"}),
    ("partner:exports:file", {"pk": "export"}),
    ("partner:api:mode", {"to": "=test"}),
    ("partner:api:revoke-application", {"pk": "oauth_application"}),
    ("partner:api:request", {"pk": "request"}),
    ("my:interests:*", {"pk": "interest"}),
    ("my:expertise:index", {}),
    ("my:expertise:requests", {}),
    ("my:expertise:offering", {"pk": "offering"}),
    ("my:expertise:ask", {"pk": "offering"}),
    ("my:expertise:edit", {"pk": "draft_request"}),
    ("my:expertise:send", {"pk": "draft_request"}),
    ("my:expertise:code", {"pk": "coded_request"}),
    ("my:expertise:step", {"pk": "new_request", "step": "=withdraw"}),
    ("my:expertise:request", {"pk": "new_request"}),
    ("partner:expertise:offering-step", {"pk": "draft_offering", "step": "=submit"}),
    ("partner:expertise:edit", {"pk": "draft_offering"}),
    ("partner:expertise:offering", {"pk": "draft_offering"}),
    ("partner:expertise:schedule", {"pk": "accepted_request"}),
    ("partner:expertise:step", {"pk": "offered_request", "step": "=accept"}),
    ("partner:expertise:request", {"pk": "offered_request"}),
    ("partner:expertise:session-step", {"pk": "session", "step": "=no-show"}),
    ("partner:expertise:move", {"pk": "session"}),
    ("partner:expertise:*", {}),
    ("staff:expertise:offering-step", {"pk": "sent_offering", "step": "=publish"}),
    ("staff:expertise:offering", {"pk": "sent_offering"}),
    ("staff:expertise:step", {"pk": "new_request", "step": "=triage"}),
    ("staff:expertise:request", {"pk": "new_request"}),
    ("staff:expertise:*", {}),
    ("my:rounds:step", {"pk": "round", "step": "=pause"}),
    ("my:rounds:edit", {"pk": "draft_round"}),
    ("my:rounds:send", {"pk": "draft_round"}),
    ("my:rounds:*", {"pk": "round"}),
    ("partner:interests:*", {"pk": "interest"}),
    ("partner:partners:commitment-step", {"pk": "commitment", "step": "=deliver"}),
    ("partner:partners:revise", {"pk": "proposal"}),
    ("partner:partners:propose", {"pk": "agreement"}),
    ("partner:partners:contribution-file", {"pk": "contribution"}),
    ("partner:partners:commitments", {}),
    ("partner:partners:commitment", {"pk": "commitment"}),
    ("partner:partners:contribute", {"pk": "commitment"}),
    ("partner:partners:evidence", {"pk": "commitment"}),
    ("partner:partners:sign", {"pk": "agreement_to_sign"}),
    ("partner:partners:*", {"pk": "agreement"}),
    ("partner:rounds:*", {"pk": "open_round"}),
    ("staff:accounts:invite", {"pk": "startup.organisation_id"}),
    ("staff:accounts:*", {"pk": "officer_user"}),
    ("staff:accounts_organisation_*", {"object_id": "startup.organisation_id"}),
    ("staff:accounts_user_*", {"object_id": "founder_user"}),
    ("staff:interests:*", {"pk": "interest"}),
    ("staff:investors:step", {"pk": "pending_profile", "step": "=verify"}),
    ("staff:investors:*", {"pk": "pending_profile"}),
    ("staff:partners:agreement-step", {"pk": "draft_agreement", "step": "=negotiate"}),
    ("staff:partners:edit-agreement", {"pk": "draft_agreement"}),
    ("staff:partners:agreement", {"pk": "agreement"}),
    ("staff:partners:document", {"pk": "agreement"}),
    ("staff:partners:commitment-step", {"pk": "park_commitment", "step": "=deliver"}),
    ("staff:partners:revise", {"pk": "proposal"}),
    ("staff:partners:propose", {"pk": "agreement"}),
    ("staff:partners:add-workstream", {"pk": "agreement"}),
    ("staff:partners:contribution-file", {"pk": "contribution"}),
    ("staff:partners:commitment", {"pk": "commitment"}),
    ("staff:partners:contribute", {"pk": "park_commitment"}),
    ("staff:partners:evidence", {"pk": "commitment"}),
    ("staff:partners:step", {"pk": "partner", "step": "=end"}),
    ("staff:partners:*", {"pk": "partner"}),
    ("staff:rounds:step", {"pk": "reviewed_round", "step": "=list"}),
    ("staff:rounds:*", {"pk": "reviewed_round"}),
)


def skipped(route: str) -> bool:
    return route not in KEPT and any(fnmatch(route, pattern) for pattern in SKIPPED)


def target(route: str, world: World) -> dict[str, Any]:
    """The arguments of the address, from the table above; only those that the address takes."""
    taken = parameters(route)
    for pattern, arguments in TARGETS:
        if fnmatch(route, pattern):
            return {name: _value(source, world) for name, source in arguments.items() if name in taken}
    return {}


@cache
def parameters(route: str) -> frozenset[str]:
    """The names of the arguments in an address."""
    possibilities = get_resolver()
    *namespaces, name = route.split(":")
    for namespace in namespaces:
        _prefix, possibilities = possibilities.namespace_dict[namespace]
    return frozenset(parameter for entry in possibilities.reverse_dict.getlist(name) for _path, names in entry[0] for parameter in names)


def _value(source: str, world: World) -> Any:
    if source.startswith("="):
        return source[1:]
    name, *path = source.split(".")
    value: Any = getattr(world, name)
    for step in path:
        value = getattr(value, step)
    return getattr(value, "pk", value)
