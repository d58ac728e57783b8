"""Texts as people paste them and attackers send them, eighty of them."""

_CONTROL = ["\x00", "a\x00b", "\x01\x02\x1f", "\x7f", "\x1b[31mred\x1b[0m", "\r\nX-Injected: yes", "\n\n\n", "\tTAB", "\u0085\u2028\u2029", "\ufeffBOM"]
_DIRECTION = ["\u202eevil", "\u202agood\u202c", "\u2066x\u2069", "\u200b", "a\u200db", "e\u0301" * 20, "Z\u0351\u036b\u0343\u036a" * 10, "\ufffd\uffff"]
_SCRIPTS = ["林嘉欣", "اختبار", "עברית", "ไทย", "हिन्दी", "🚀👩‍👩‍👧‍👦🏳️‍🌈", "ﷺ" * 50, "𝕳𝖊𝖑𝖑𝖔", "ＦＵＬＬ", "İıſK"]
_FORMULA = ["=1+1", "=HYPERLINK('http://x.example')", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "＝1+1", "=cmd|' /C calc'!A0", "'=1"]
_TEMPLATE = ["{{7*7}}", "{% load static %}", "{0.__class__}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "%(secret)s", "%s%s%s%n", "{{ settings.SECRET_KEY }}", "{#"]
_HTML = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg/onload=alert(1)>", "</title>", "javascript:alert(1)", "&lt;b&gt;", "<!--", "]]>",
    "<a href='data:text/html,x'>x</a>", "<style>*{}</style>",
]  # fmt: skip
_SQL = ["' OR 1=1 --", "'; DROP TABLE accounts_user; --", "\\", "\\'", "%' AND 1=0 --", "1;SELECT pg_sleep(9)", "$$x$$", "E'\\\\x00'"]
_HEADER = ["=?utf-8?q?x?=", "Bcc: a@x.example", "a@x.example,b@x.example", "%0d%0aSet-Cookie: a=b", "\u010d\u010aX: y"]
_SHAPE = ["null", "None", "NaN", "true", "undefined", "-0", "1e309", "../../etc/passwd", "C:\\con\\con", " ", "\u00a0", "x" * 40_000]

ALL = [*_CONTROL, *_DIRECTION, *_SCRIPTS, *_FORMULA, *_TEMPLATE, *_HTML, *_SQL, *_HEADER, *_SHAPE]
