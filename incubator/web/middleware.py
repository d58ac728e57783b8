"""The staff portal's content security policy."""

from collections.abc import Callable

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse

# The two inline style blocks of django-unfold: its theme colours (from settings/unfold.py) and htmx's indicator.
# A test computes both and says what to write here when the colours or the package change.
UNFOLD_STYLE_HASHES = (
    "'sha256-fOO88m7iWhloF0FYgjM+oxYqz43lTxRbM1cgGSHPtws='",
    "'sha256-bsV5JivYxvGywDAZ22EZJKBFip65Ng9xoJVLbBg7bdo='",
)


class StaffCsp:
    """Loosens the policy on /staff/ alone, as far as the admin theme needs.

    Its Alpine evaluates expressions ('unsafe-eval') and sets style attributes; scripts still come from this site only.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/staff/"):
            response._csp_update = {  # type: ignore[attr-defined]
                "script-src": [UNSAFE_EVAL],
                "style-src-elem": [SELF, *UNFOLD_STYLE_HASHES],
                "style-src-attr": [UNSAFE_INLINE],
            }
        return response
