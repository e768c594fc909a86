"""The protocol itself, by the official SDK: one server object a request, which ends with it.

Nothing outlives a request: no session is kept, and who leaves takes their call along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from lionrock import __version__
from lionrock.api.mcp.calling import called
from lionrock.api.mcp.library import LIBRARY_TOOLS, PAGES, page_of
from lionrock.api.mcp.tools import Call, declared_tools, open_to
from lionrock.api.mcp.under_way import UnderWay
from lionrock.errors import LionrockError
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import Progress

if TYPE_CHECKING:
    from lionrock.app import House

BODY_BYTES: Final = 4 << 20
"""A text to be translated, with room for its escapes."""
_CANCELLED: Final = -32800
"""As the SDK answers a cancelled request, where the protocol's version wants an answer."""
_INSTRUCTIONS: Final = (
    "An institution's own documents. Answers quote them, with document and page; where they hold no "
    "answer, that is said. `documents` gives the ids that other tools take."
)
Context = ServerRequestContext[Any, Any]


class Desk:
    """What one actor is shown and may call."""

    def __init__(self, house: House, actor: Actor, under_way: UnderWay) -> None:
        self._house, self._actor, self._under_way = house, actor, under_way
        self._tools = open_to(actor, [*declared_tools(), *LIBRARY_TOOLS])

    def server(self) -> Server[Any]:
        server: Server[Any] = Server(
            "lionrock", version=__version__, instructions=_INSTRUCTIONS,
            on_list_tools=self.list_tools, on_call_tool=self.call_tool,
            on_list_resources=self.list_resources, on_read_resource=self.read_resource,
            on_list_resource_templates=self.list_templates,
            get_tool_input_schema=lambda name: None,  # no argument is repeated in a header
        )  # fmt: skip
        server.add_notification_handler(
            "notifications/cancelled", types.CancelledNotificationParams, self.cancel
        )
        # What happens is told by the house's own telemetry.
        server.middleware.clear()
        return server

    async def list_tools(self, context: Context, _: object) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[t.described() for t in self._tools.values()])

    async def call_tool(
        self, context: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        tool = self._tools.get(params.name)
        if tool is None or context.request_id is None:
            told = "There is no such tool, or it is not for you: tools/list names yours."
            raise MCPError(types.INVALID_PARAMS, told)
        call = Call(self._house, self._actor, _Telling(context).tell)
        with self._under_way.held(self._actor, context.request_id):
            return await called(tool, call, params.arguments or {})
        raise MCPError(_CANCELLED, "The call was cancelled.")

    async def cancel(self, _: Context, params: types.CancelledNotificationParams) -> None:
        if params.request_id is not None:
            self._under_way.cancel(self._actor, params.request_id)

    async def list_resources(self, context: Context, _: object) -> types.ListResourcesResult:
        """None by name, for there may be millions: their addresses follow from the template."""
        return types.ListResourcesResult(resources=[])

    async def list_templates(
        self, context: Context, _: object
    ) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(resource_templates=[PAGES])

    async def read_resource(
        self, context: Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        uri = str(params.uri)
        try:
            page = await self._house.documents.page(self._actor, *page_of(uri))
        except LionrockError as error:
            raise MCPError(types.INVALID_PARAMS, error.detail) from None
        notice = f"[{page.held.notice}]\n\n" if page.held.notice else ""
        text = types.TextResourceContents(
            uri=uri, mime_type="text/plain", text=f"{notice}{page.text}"
        )
        return types.ReadResourceResult(contents=[text])


class _Telling:
    """Progress for a client that asked for it. Its figure must grow, whatever stage begins anew, so
    it counts what was told; how far a stage is stands in the message."""

    def __init__(self, context: Context) -> None:
        self._session, self._told = context.session, 0

    async def tell(self, update: Progress) -> None:
        self._told += 1
        far = f" {update.done} of {update.total}" if update.total else ""
        await self._session.report_progress(self._told, None, f"{update.stage}{far}")


class Spoken(Response):
    """The answer to one HTTP request, given by the SDK's transport for as long as it takes."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        manager = StreamableHTTPSessionManager(
            self._desk.server(), stateless=True, max_request_body_size=BODY_BYTES
        )
        async with manager.run():
            await manager.handle_request(scope, receive, send)


def spoken(house: House, actor: Actor, under_way: UnderWay) -> Response:
    """What one message of this actor's is answered with."""
    return Spoken(Desk(house, actor, under_way))
