"""The public page of a certificate: HTML from values, everything in it escaped, no script, no other host."""

import base64
import hashlib
from html import escape
from pathlib import Path
from string import Template

import segno

from services.training.certificates.schemas import PublicCertificate

HERE = Path(__file__).parent
STYLE = (HERE / "page.css").read_text(encoding="utf-8")
PAGE = Template((HERE / "page.html").read_text(encoding="utf-8"))
STYLE_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
JSON_HEADERS = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language", "X-Content-Type-Options": "nosniff"}
HEADERS = {
    **JSON_HEADERS,
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{STYLE_DIGEST}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
}

WORDS = {
    "zh-CN": {
        "title": "证书查验",
        "valid": "证书有效",
        "expired": "证书已过期（有效期至 {expires_on}）",
        "revoked": "证书已于 {revoked_on} 撤销：{reason}",
        "number": "编号",
        "holder": "持证人",
        "course": "课程",
        "subdistrict": "签发街道",
        "issued_on": "签发日期",
        "expires_on": "有效期至",
        "address": "扫码可再次查验",
    },
    "en": {
        "title": "Certificate check",
        "valid": "This certificate is valid",
        "expired": "This certificate expired (valid until {expires_on})",
        "revoked": "This certificate was revoked on {revoked_on}: {reason}",
        "number": "Number",
        "holder": "Holder",
        "course": "Course",
        "subdistrict": "Issued by",
        "issued_on": "Issued on",
        "expires_on": "Valid until",
        "address": "Scan to check again",
    },
}


def certificate_page(shown: PublicCertificate, language: str) -> str:
    """Return the page of a certificate; a revoked or expired one says so first."""
    words = WORDS[language]
    in_chinese = language == "zh-CN"
    facts = {
        "number": shown.number,
        "holder": shown.holder,
        "course": shown.title_zh if in_chinese else shown.title_en,
        "subdistrict": shown.subdistrict_name,
        "issued_on": shown.issued_on.isoformat(),
        "expires_on": shown.expires_on.isoformat() if shown.expires_on else None,
    }
    verdict = words[shown.state].format(
        expires_on=facts["expires_on"],
        revoked_on=shown.revoked_on,
        reason=shown.reason_zh if in_chinese else shown.reason_en,
    )
    listed = "\n".join(
        f"<dt>{escape(words[name])}</dt><dd>{escape(value)}</dd>" for name, value in facts.items() if value
    )
    figure = f"<figure>{_code(shown.url)}<figcaption>{escape(words['address'])}</figcaption></figure>"
    return _page(language, shown.state, verdict, f"<dl>\n{listed}\n</dl>\n{figure}")


def unknown_page(title: str, detail: str, language: str) -> str:
    """Return the page for a number that is mistyped or was never issued."""
    return _page(language, "unknown", title, f"<p>{escape(detail)}</p>")


def _page(language: str, state: str, verdict: str, details: str) -> str:
    return PAGE.substitute(
        language=escape(language),
        title=escape(WORDS[language]["title"]),
        style=STYLE,
        state=escape(state),
        verdict=escape(verdict),
        details=details,
    )


def _code(url: str) -> str:
    return str(segno.make(url, error="m").svg_inline(border=2, svgclass=None, lineclass=None, omitsize=True, title=url))
