import pytest

from tests.factories.api import ApiClient
from tests.factories.startups import DisclosureFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("level", "name"), [(1, "teaser"), (2, "summary"), (3, "full")])
def test_startups_are_shown_at_the_disclosed_level(api: ApiClient, level: int, name: str) -> None:
    disclosure = DisclosureFactory(audience="partners", level=level)
    answer = api.get("startups")
    assert answer.status == 200, answer.json
    assert [row["id"] for row in answer.json["data"]] == [str(disclosure.startup_id)]
    assert answer.json["data"][0]["level"] == name
    assert ("abstract" in answer.json["data"][0]) == (level >= 2)
    assert ("traction" in answer.json["data"][0]) == (level == 3)
    assert api.get(f"startups/{disclosure.startup_id}").json == answer.json["data"][0]
