"""The HTTP application of a service, and of several behind one address."""

import asyncio
from collections.abc import Iterable, Sequence

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.bodies import BODY_MAX_BYTES, BodyMiddleware, Budget
from shared.web.host import Host, Watched
from shared.web.kit_routes import router as kit_router
from shared.web.metrics import MEDIA_TYPE, Metrics, describe_process, exposition
from shared.web.middleware import RequestMiddleware, TooLargeMiddleware
from shared.web.openapi import REFUSED, ServiceApp
from shared.web.problems import answer_problems


def service_app(host: Host) -> FastAPI:
    """Return a service's bare application; its routes stand under /api/<service>, its public ones at the root."""
    app = ServiceApp(
        title=f"Cheqi {host.service.name}",
        openapi_url=f"/api/{host.service.name}/openapi.json",
        docs_url=None,
        redoc_url=None,
        max_body_size=BODY_MAX_BYTES,
        generate_unique_id_function=lambda route: route.name,
        responses=REFUSED,
    )
    app.state.host, app.state.metrics = host, Metrics(host.service.name)
    app.state.metrics.watch(host)
    answer_problems(app)
    prefix = f"/api/{host.service.name}"
    for router in (host.service.router, kit_router):
        app.include_router(router, prefix=prefix)
    if host.service.public is not None:
        app.include_router(host.service.public)
    return app


def served(host: Host, budget: Budget | None = None) -> RequestMiddleware:
    """Return a service's application with what stands around every request; a process has one budget of bodies."""
    app = service_app(host)
    within = BodyMiddleware(TooLargeMiddleware(app), budget or Budget())
    return RequestMiddleware(within, app.state.metrics, host.random, host.tracer)


class Gateway:
    """Several services' applications behind one address, each asked for its own paths (ASGI)."""

    def __init__(self, hosts: Sequence[Host]) -> None:
        budget = Budget()
        self._apps = {host.service.name: served(host, budget) for host in hosts}
        self._public = [
            (path, self._apps[host.service.name]) for host in hosts for path in _public_paths(host.service.public)
        ]
        mine = Metrics("gateway")
        root = operations_app(hosts, [mine, *(app.metrics for app in self._apps.values())])
        self._root = RequestMiddleware(root, mine, hosts[0].random)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to the application whose path it is."""
        await self._choose(scope)(scope, receive, send)

    def _choose(self, scope: Scope) -> ASGIApp:
        path = scope.get("path", "")
        parts = path.split("/", 3)
        if len(parts) > 2 and parts[1] == "api" and parts[2] in self._apps:  # noqa: PLR2004 - /api/<service>
            return self._apps[parts[2]]
        return next((app for prefix, app in self._public if path.startswith(prefix)), self._root)


def _public_paths(router: APIRouter | None) -> Iterable[str]:
    """Return the beginnings of a public router's paths, up to their first parameter."""
    routes = router.routes if router is not None else []
    return sorted({getattr(route, "path", "/").partition("{")[0] for route in routes})


def operations_app(hosts: Sequence[Watched], metrics: Sequence[Metrics]) -> FastAPI:
    """Return what tells operators and their machines how services are, and serves nobody else."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    answer_problems(app)
    describe_process(metrics[0])

    @app.get("/livez")
    async def get_livez() -> dict[str, str]:
        """Tell that the process answers, also where no thread is free."""
        return {"status": "alive"}

    @app.get("/readyz")
    async def get_readyz() -> JSONResponse:
        """Tell whether every service can do its work, and why not (503)."""
        health = {host.service.name: await asyncio.to_thread(host.health) for host in hosts}
        ready = all(one.ready for one in health.values())
        reasons = {name: one.reasons for name, one in health.items() if not one.ready}
        return JSONResponse({"ready": ready, "reasons": reasons}, 200 if ready else 503)

    @app.get("/metrics")
    def get_metrics() -> Response:
        """Return what Prometheus scrapes, of all services."""
        return Response(exposition(metrics), media_type=MEDIA_TYPE)

    return app
