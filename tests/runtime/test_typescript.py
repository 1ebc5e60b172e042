"""The runtime for TypeScript: compiled by the real compiler, run by Node, held against the vectors and against ours."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from promptc.cli.main import run
from promptc.driver.release.marking import revoke
from promptc.driver.release.opening import opened_desk
from promptc.driver.release.who import Author
from tests.runtime.faulty_server import Faulty, published

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "runtimes/typescript"
TYPESCRIPT = ("typescript@5.9.3", "@types/node@20.19.0")
SERVICE = """
import {{ Prompts }} from "{dist}/index.js";
const [where, options] = [process.argv[2], JSON.parse(process.argv[3])];
try {{
  const prompts = await Prompts.open(where === "-" ? undefined : where, {{ refreshSeconds: 0, ...options }});
  const said = await prompts.get(process.argv[4], "x");
  console.log(said.moment, said.artifact.digest, said.artifact.render({{}})[0].content[0].text);
}} catch (error) {{
  console.log(error.constructor.name, error.code);
}}
"""


@pytest.fixture(scope="module")
def dist(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as its users have it."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed, so the TypeScript runtime was NOT tried")
    folder = Path(pytestconfig.cache.mkdir("typescript-5.9.3"))  # type: ignore[union-attr]
    if not (folder / "node_modules/.bin/tsc").exists():
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), *TYPESCRIPT]
        subprocess.run(command, check=True, capture_output=True, text=True)
    out = tmp_path_factory.mktemp("typescript")
    shutil.copytree(PACKAGE / "src", out / "src")
    for name in ("package.json", "tsconfig.json"):
        shutil.copy(PACKAGE / name, out / name)
    (out / "node_modules").symlink_to(folder / "node_modules")
    done = subprocess.run([folder / "node_modules/.bin/tsc", "-p", out], capture_output=True, text=True)
    assert done.stdout == "", "it compiles under --strict"
    return out / "dist"


def node(*words: str) -> str:
    done = subprocess.run(["node", *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_it_passes_the_vectors(dist: Path) -> None:
    counts = json.loads(node(str(PACKAGE / "vectors.mjs"), str(dist), str(ROOT / "tests/vectors")))
    assert counts.keys() == {"numbers", "strings", "formats", "conditions", "programs", "inputs", "messages", "draws"}
    for name, count in counts.items():
        found = json.loads((ROOT / f"tests/vectors/{name}.json").read_text())
        assert count == len(found["cases"] if name == "conditions" else found)


def test_it_serves_what_ours_serves(dist: Path, tmp_path: Path) -> None:
    service = tmp_path / "service.mjs"
    service.write_text(SERVICE.format(dist=dist))
    folder = published(tmp_path / "source")
    assert run(["-C", str(tmp_path), "pin", "prod", "--registry", str(folder)]) == 0
    assert run(["vendor", str(tmp_path / "promptc.lock"), str(tmp_path / "image"), "a", "--registry", str(folder)]) == 0
    prod, pin = json.dumps({"channel": "prod"}), json.dumps({"pin": str(tmp_path / "image/promptc.lock")})
    with Faulty(folder) as server:
        for where, options in ((server.url, prod), (str(folder), prod), ("-", pin)):
            moment, digest, *text = node(str(service), where, options, "a").split()
            assert (moment, " ".join(text), digest[:7]) == ("prod@2", "one of a", "sha256:")
        assert node(str(service), server.url, prod, "nobody") == "UnknownTenant R101"
        assert node(str(service), "-", pin, "b") == "Damaged R104", "another tenant's text is not in the image"
        server.behave("blob", "other bytes")
        assert node(str(service), server.url, prod, "a") == "Damaged R104"
        server.behave("entry", "other bytes")
        assert node(str(service), server.url, prod, "a").startswith("Damaged")
        server.behave("blob", "page")
        assert node(str(service), server.url, prod, "a").startswith("Damaged")
        server.behave("", "")
        desk = opened_desk(str(tmp_path), str(folder))
        revoke(desk, desk.head("prod").root, lift=False, by=Author("ann", "wrong"))
        assert run(["export-static", str(tmp_path / "static"), "--registry", str(folder)]) == 0
        assert node(str(service), str(tmp_path / "static"), prod, "a") == "Revoked R103"
