import pytest

from tests.factories.api import ApiClient

pytestmark = pytest.mark.django_db


def test_me_tells_who_asks(api: ApiClient) -> None:
    answer = api.get("me")
    assert answer.status == 200, answer.json
    assert answer.json["organisation"]["name"] == "Meridian Technologies"
