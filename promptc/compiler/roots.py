"""Roots: what a template may see of a tenant: its variables and labels, the tools and the model that its chain chose.

    Project, Tenant, Choice -> [roots] -> render, trie, link

Pure. A tenant's id is not among them: equal prompts of many tenants are one artifact.
"""

from __future__ import annotations

from typing import Any

from promptc.compiler.project import Choice, Project, Tenant


def roots_of(project: Project, tenant: Tenant, choice: Choice) -> dict[str, Any]:
    """What a template may see of a tenant."""
    tools, model = chosen_roots(project, choice)
    return {"vars": tenant.variables, "tenant": labels_root(tenant), "tools": tools, "model": model}


def labels_root(tenant: Tenant) -> dict[str, Any]:
    """The root `tenant`."""
    return {"labels": dict(tenant.labels)}


def chosen_roots(project: Project, choice: Choice) -> tuple[dict[str, Any], dict[str, Any]]:
    """The roots `tools` and `model`, which a choice decides alone."""
    model = project.models.get(choice.model)
    shown: dict[str, Any] = {"alias": choice.model}
    if model is not None:
        shown.update(provider=model.provider, name=model.name, window=model.window)
    tools = {name: {"description": project.tools[name].description} for name in choice.tools if name in project.tools}
    return tools, shown
