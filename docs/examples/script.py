"""A script: one tenant's prompt, one request, one receipt. `python script.py REGISTRY TENANT MESSAGE`"""

from __future__ import annotations

import json
import sys

from promptc.runtime import ClientError, InputError, Prompts


def main(registry: str, tenant: str, message: str) -> int:
    try:
        with Prompts.open(registry, channel="prod", refresh_seconds=0) as prompts:
            ready = prompts.get(tenant, "support-reply").render({"message": message})
    except (ClientError, InputError) as error:
        print(f"{error.code}: {error.message}", file=sys.stderr)
        return 1
    print(json.dumps(ready.body(), ensure_ascii=False)[:200])
    print(ready.receipt)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
