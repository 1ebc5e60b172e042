"""A service with FastAPI: each tenant's own prompt, refreshed beside the requests; a receipt in every answer.

    PROMPTS=../registry uvicorn service:app
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel

from promptc.runtime import InputError, Prompts, Revoked, UnknownPrompt, UnknownTenant


class Ticket(BaseModel):
    message: str
    channel: str = "email"


async def ask_model(body: dict[str, Any]) -> str:
    """Where a model would be asked: `client.messages.create(**body)`, `client.chat.completions.create(**body)`."""
    return f"(an answer of {body['model']})"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    # One client for the life of the process: it refreshes by itself, and serves what it verified when the registry is down.
    with Prompts.open(
        os.environ["PROMPTS"], channel=os.environ.get("CHANNEL", "prod"), cache=os.environ.get("PROMPTS_CACHE"),
        refresh_seconds=float(os.environ.get("REFRESH_SECONDS", "30")), prompts={"support-reply": ["message", "channel"]},
    ) as app.state.prompts:  # fmt: skip
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/tenants/{tenant}/replies")
async def reply(tenant: str, ticket: Ticket, request: Request) -> dict[str, Any]:
    prompts: Prompts = request.app.state.prompts
    try:
        prompt = await prompts.aget(tenant, "support-reply")
        ready = prompt.render(ticket.model_dump())
    except (UnknownTenant, UnknownPrompt) as error:
        raise HTTPException(404, error.message) from error
    except Revoked as error:
        raise HTTPException(503, "this prompt was withdrawn") from error
    except InputError as error:
        raise HTTPException(422, error.message) from error
    return {"answer": await ask_model(ready.body()), "receipt": ready.receipt_data}


@app.get("/health")
async def health(request: Request) -> dict[str, Any]:
    status = request.app.state.prompts.status
    refused = str(status.refused or "")
    return {"serves": status.moment, "age_seconds": round(status.age_seconds), "is_stale": status.is_stale, "refused": refused}
