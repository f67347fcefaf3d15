"""HTTP for services: what a route has of its request, problems, pages, and the application around them."""

from shared.web.call import Call, Caller, OpenCaller, ServiceCaller
from shared.web.pages import Cursor, Page, page_of

__all__ = ["Call", "Caller", "Cursor", "OpenCaller", "Page", "ServiceCaller", "page_of"]
