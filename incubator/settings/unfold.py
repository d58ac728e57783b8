"""The dress of the staff portal: brand, colours, and a sidebar that follows the work."""

from typing import Any

from django.templatetags.static import static

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "incubator.web.staff.site_title",
    "SITE_HEADER": "incubator.web.staff.site_title",
    "SITE_SYMBOL": "psychiatry",
    "SITE_URL": "/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("web/mark.svg")}],
    "STYLES": [lambda request: static("web/parts.css"), lambda request: static("web/staff.css")],
    "SCRIPTS": [lambda request: static("web/staff.js"), lambda request: static("web/web.js")],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": False,
    "BORDER_RADIUS": "6px",
    # Weights 600 and above are dark enough for white text and for links on white (4.5:1).
    "COLORS": {
        "primary": {
            "50": "#f0fdfa",
            "100": "#ccfbf1",
            "200": "#99f6e4",
            "300": "#5eead4",
            "400": "#2dd4bf",
            "500": "#14b8a6",
            "600": "#0f766e",
            "700": "#115e59",
            "800": "#134e4a",
            "900": "#123f3c",
            "950": "#042f2e",
        },
        "font": {
            "subtle-light": "var(--color-base-600)",
            "subtle-dark": "var(--color-base-300)",
            "default-light": "var(--color-base-700)",
            "default-dark": "var(--color-base-200)",
            "important-light": "var(--color-base-900)",
            "important-dark": "var(--color-base-100)",
        },
    },
    "ACCOUNT": {"navigation": "incubator.web.staff.account_links"},
    "COMMAND": {"search_models": False, "show_history": False, "search_callback": "incubator.web.staff.search"},
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": "incubator.web.staff.sidebar",
    },
}
