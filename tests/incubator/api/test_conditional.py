"""ETags: 304 for what is known, one winner among those who act on the same version."""

import pytest
from django.conf import settings

from incubator.accounts.models import ApiKey, Organisation
from incubator.startups.models import Startup
from investments.interests.models import Interest
from tests.factories.api import ApiClient, ApiKeyFactory
from tests.factories.interests import InterestFactory
from tests.factories.startups import DisclosureFactory, PersonFactory
from tests.incubator.api.test_contract import assert_problem
from tests.incubator.api.test_idempotency import at_once


@pytest.mark.django_db
def test_what_is_known_is_not_sent_again(api: ApiClient) -> None:
    startup = DisclosureFactory(level=3).startup
    for path in ("me", "startups", f"startups/{startup.pk}"):
        etag = api.get(path).headers["ETag"]
        assert etag.startswith('"')
        for given in (etag, f'"other", {etag}', f"W/{etag}", "*"):
            answer = api.get(path, **{"If-None-Match": given})
            assert (answer.status, answer.raw, answer.headers["ETag"]) == (304, b"", etag)
            assert "Content-Type" not in answer.headers
        assert api.get(path, **{"If-None-Match": '"other"'}).status == 200


@pytest.mark.django_db
def test_a_list_with_more_pages_has_a_stable_tag(api: ApiClient) -> None:
    for _ in range(3):
        DisclosureFactory()
    first = api.get("startups?page_size=2")
    assert first.json["next"]
    assert api.get("startups?page_size=2").raw == first.raw


@pytest.mark.django_db
def test_a_change_anywhere_in_the_representation_changes_the_tag(api: ApiClient) -> None:
    startup = DisclosureFactory(level=3).startup
    etags = [api.get(f"startups/{startup.pk}").headers["ETag"]]
    PersonFactory(startup=startup)
    etags.append(api.get(f"startups/{startup.pk}").headers["ETag"])
    Startup.objects.filter(pk=startup.pk).update(pitch="New words")
    etags.append(api.get(f"startups/{startup.pk}").headers["ETag"])
    assert len(set(etags)) == 3


@pytest.mark.django_db
def test_tags_of_two_organisations_differ() -> None:
    interest = InterestFactory()
    first, second = ApiKeyFactory(organisation=interest.organisation), ApiKeyFactory(organisation=interest.organisation, scopes=["interests:read"])
    tags = [ApiClient(key).get(f"interests/{interest.pk}").headers["ETag"] for key in (first, second)]
    assert tags[0] != tags[1]


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["*", 'W/"0-abc"', '"nonsense"', ""])
def test_only_the_tag_that_was_read_matches(api: ApiClient, key: ApiKey, given: str) -> None:
    interest = InterestFactory(organisation=key.organisation)
    answer = api.post(f"interests/{interest.pk}/withdraw", **{"If-Match": given})
    assert_problem(answer, 412, "stale_etag")
    assert Interest.objects.get().status == "watching"
    weak = api.post(f"interests/{interest.pk}/withdraw", **{"If-Match": f"W/{answer.json['current']}"})
    assert_problem(weak, 412, "stale_etag")


@pytest.mark.django_db(transaction=True)
def test_of_many_who_act_on_one_version_one_wins(key: ApiKey, partner_organisation: Organisation) -> None:
    interest = InterestFactory(organisation=partner_organisation)
    etag = ApiClient(key).get(f"interests/{interest.pk}").headers["ETag"]
    steps = ["withdraw", "pass"] * (settings.API_AT_ONCE // 2)
    bodies = {"withdraw": {}, "pass": {"reason": "stage"}}
    answers = at_once([lambda step=step: ApiClient(key).post(f"interests/{interest.pk}/{step}", bodies[step], **{"If-Match": etag}) for step in steps])
    statuses = sorted(one.status for one in answers)
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 409, 412}
    assert Interest.objects.get().version == interest.version + 1
