"""`promptc diff`: what two moments serve differently, grouped, with causes, in the form that its reader needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_selection, format_option, jobs_option

if TYPE_CHECKING:
    from promptc.core.review import Review


@click.command(
    "diff",
    cls=Command,
    help="""Show what two moments serve differently: the compiled prompts, not the sources.

    BASE and HEAD are a revision of git (`main`, `HEAD~1`, `v1.2`), `working-tree`, `build` (the last one), a root's
    digest, or a pin file. Without HEAD it is the working tree; without BASE it is where this branch left the default
    one. Revisions are compiled from their own tree, read from git: nothing is checked out, and no code of it runs.

    Targets that change in the same way are one group, odd ones first, each with its cause. Exits with 3 when something
    could not be compiled, and with `--exit-code` with 1 when anything differs.""",
)
@click.argument("base", required=False)
@click.argument("head", required=False)
@click.option(
    "--select",
    multiple=True,
    metavar="SELECT",
    shell_complete=complete_selection,
    help="Only these targets, as `promptc build` selects them; may be repeated.",
)
@click.option(
    "--exclude", multiple=True, metavar="SELECT", shell_complete=complete_selection, help="Leave out; may be repeated."
)
@click.option("--by", default="", metavar="LABEL", help="Count tenants by this label alone, with all of its values.")
@click.option("--usage", metavar="FILE", default=None, help="Say what the change costs at this traffic; the setting `usage`.")
@click.option("--stat", is_flag=True, help="One line for each group, without bodies.")
@click.option("--name-only", is_flag=True, help="Only the names of the targets that differ.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when anything differs.")
@click.option("--reveal", is_flag=True, help="Show confidential values.")
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False),
    default=None,
    metavar="FILE",
    help="Write there, and say the counts here.",
)
@click.option("--no-pager", is_flag=True, help="Never show the answer in a pager.")
@jobs_option()
@format_option("text", "markdown", "html", "json", "github")
def command(
    base: str | None, head: str | None, select: tuple[str, ...], exclude: tuple[str, ...], by: str,
    usage: str | None, stat: bool, name_only: bool, exit_code: bool, reveal: bool, output: str | None, no_pager: bool,
    jobs: int | None, form: str,
) -> int:  # fmt: skip
    """Parse, review, show."""
    from promptc.cli.progress import progress
    from promptc.driver.review import ReviewRequest, review

    request = ReviewRequest(start_folder(), base, head, select, exclude, jobs or 0, reveal, by, usage=usage)
    with progress("Comparing", quiet=form not in ("text", "html", "markdown")) as on_progress:
        found = review(request, on_progress)
    if form == "text" and not output:
        _show(found, stat=stat, name_only=name_only, pages=not no_pager)
    else:
        _write(written(found, form, stat=stat, name_only=name_only), found, output)
    return exit_code_of(found, asked=exit_code)


def exit_code_of(review: Review, *, asked: bool) -> int:
    """3 when something could not be compiled, 1 when that was asked and anything differs, else 0."""
    from promptc.core.errors import Exit

    if review.incomplete or any(finding.is_error for finding in review.findings):
        return int(Exit.SOURCES)
    return int(Exit.NO if asked and review.differs else Exit.OK)


def written(review: Review, form: str, *, stat: bool = False, name_only: bool = False) -> str:
    """The review in a form, as one text."""
    import json

    from promptc.cli.review_text import lines_of, names_of
    from promptc.cli.terminal import Paint, json_safe

    if name_only:
        return "".join(f"{name}\n" for name in names_of(review))
    if form == "json":
        from promptc.core.review import document

        return json_safe(json.dumps(document(review), ensure_ascii=False)) + "\n"
    if form == "markdown":
        from promptc.cli.review_markdown import comment

        return comment(review)
    if form == "html":
        from promptc.cli.review_html import page

        return page(review)
    if form == "github":
        from promptc.cli.github import annotations, folder_in_repository

        folder = folder_in_repository(start_folder())
        return "".join(f"{line}\n" for line in annotations(review.findings, folder=folder))
    return "".join(f"{line}\n" for line in lines_of(review, Paint(None), stat=stat))


def _show(review: Review, *, stat: bool, name_only: bool, pages: bool) -> None:
    import shutil
    import sys

    from promptc.cli.findings import show_findings
    from promptc.cli.review_text import lines_of, names_of
    from promptc.cli.terminal import Paint, colours, out

    lines = names_of(review) if name_only else lines_of(review, Paint(sys.stdout), stat=stat)
    if pages and sys.stdout.isatty() and len(lines) >= shutil.get_terminal_size().lines:
        # A pager that shows colours as they are; where there is none, click writes the text itself.
        import os

        os.environ.setdefault("LESS", "-FRX")
        click.echo_via_pager("".join(f"{line}\n" for line in lines), color=colours(sys.stdout))
    else:
        for line in lines:
            out(line)
    sys.stdout.flush()
    if not name_only:
        listed = {finding for _, finding in review.stale}
        show_findings([finding for finding in review.findings if finding not in listed])


def _write(text: str, review: Review, output: str | None) -> None:
    import sys

    from promptc.cli.terminal import say

    if output is None:
        sys.stdout.write(text)
        return
    from pathlib import Path

    from promptc.cli.review_text import headline
    from promptc.stores.write import write_file

    write_file(Path(output), text.encode("utf-8", "replace"))
    say(f"{headline(review)}\nwritten to {output}")
