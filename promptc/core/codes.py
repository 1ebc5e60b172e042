"""Codes: every finding and error that promptc can give, with why it is refused and how to mend it.

    [codes] -> docs/errors.md, `promptc help CODE`

Pure data. Families: Y YAML, O overlay, T template, U Unicode, P path, S sources, D store, B limit, N conflict,
R inputs when running, C command line, X cost and evidence. A code never changes its meaning and is never used again.
"""

from __future__ import annotations

from promptc.core.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One code's docs entry: what it is called, why it is refused, how to mend it."""

    title: str
    why: str
    mend: str


CODES: dict[str, Code] = {
    # Y: YAML and JSON as text.
    "Y001": Code(
        "duplicate key",
        "A map gives the same key twice. Parsers keep one of the two and say nothing, and not all keep the same.",
        "Remove one of the two places that the message names.",
    ),
    "Y002": Code(
        "key is not text",
        "A key reads as a number, a boolean or null, or is a list or a map. Parsers disagree on what key that is.",
        "Quote the key, or give it a name.",
    ),
    "Y003": Code(
        "ambiguous plain value",
        "A plain scalar looks like a number, or like null, and YAML versions disagree on its value (`010`, "
        "`1e3`, `.nan`, `1_000`).",
        "Quote it if it is text; write a plain decimal if it is a number.",
    ),
    "Y004": Code(
        "tag is not known",
        "Only the overlay directives are tags here; others make a parser build objects or change types.",
        "Remove the tag. Overlays know `!append`, `!prepend`, `!remove`, `!replace`, `!unset` and `!file`.",
    ),
    "Y005": Code(
        "anchor, alias or merge key",
        "Aliases make a small file into a huge value, and merge keys hide where a value comes from.",
        "Write the value out, or put what is shared into a layer.",
    ),
    "Y006": Code(
        "the file can't be parsed",
        "The text isn't YAML (or JSON, where the file is JSON) at the place named.",
        "Mend the syntax at that place; a value with `: `, `#`, `{` or `[` in it needs quotes.",
    ),
    "Y007": Code(
        "not one document that is a map",
        "A file holds exactly one document, and that is a map of keys.",
        "Keep one document per file and write `key: value` lines. An empty tenant overlay is allowed, and warned of.",
    ),
    "Y008": Code(
        "tab outside of text",
        "Parsers differ on tabs used as space or indentation.",
        "Indent and separate with spaces. Tabs inside quoted or block text are fine.",
    ),
    "Y009": Code(
        "libyaml is missing",
        "promptc reads YAML with libyaml alone, so that a file reads the same on every machine.",
        "Install PyYAML from a wheel, or build it with libyaml's headers present.",
    ),
    # U: Unicode.
    "U001": Code(
        "lone surrogate",
        "Half of a surrogate pair is no character and can't be written as UTF-8.",
        "Write the character itself, or both halves of the pair in JSON.",
    ),
    "U002": Code(
        "not UTF-8",
        "Sources and overlays are UTF-8. Guessing another encoding would give other text on other machines.",
        "Save the file as UTF-8.",
    ),
    "U003": Code(
        "foreign line break",
        "NEL, U+2028, U+2029, a byte order mark inside the file or a lone CR ends a line for some readers "
        "and not for others.",
        "Use plain line ends; inside quoted YAML write the character as an escape.",
    ),
    "U004": Code(
        "control character",
        "Control characters can't be seen in an editor and drive terminals.",
        "Remove it; where it is meant, write it as an escape in a quoted YAML value.",
    ),
    "U005": Code(
        "bidirectional control",
        "These characters make text look like other text than the model reads (CVE-2021-42574).",
        "Remove it. Right-to-left text needs none.",
    ),
    "U006": Code(
        "tag character",
        "Characters of the tag block are invisible to people and legible to models.",
        "Remove it. Only well-formed flag sequences may hold them.",
    ),
    "U007": Code(
        "invisible character",
        "Zero-width characters, soft hyphens and blank fillers can't be seen and change what a model reads.",
        "Remove it, or allow it with the setting `allow_characters`.",
    ),
    "U008": Code(
        "name in mixed scripts, or confusable with another",
        "Two names that look alike are taken for one another.",
        "Write the name in one script and make it differ visibly.",
    ),
    "U009": Code(
        "character without a meaning of its own",
        "Private-use characters, noncharacters and unassigned code points mean different things in different places.",
        "Remove it, or set `private_use` for private-use characters, or `allow_characters` for single ones.",
    ),
    # P: paths.
    "P001": Code(
        "path is not portable or leaves its folder",
        "A path must mean the same file on every system and stay inside its folder.",
        "Use a relative path with `/`, without `..`, and with portable names.",
    ),
    "P002": Code(
        "symbolic link",
        "A link can leave the project, and change between check and read.",
        "Replace the link with the file.",
    ),
    "P003": Code(
        "file name is not portable",
        "A name with control characters, quotes or bytes that aren't UTF-8 can't be written on every system.",
        "Rename the file: letters, digits, `.`, `_` and `-`.",
    ),
    "P004": Code(
        "no such file",
        "A file names another file of the project that isn't there.",
        "Mend the path; it is relative to what the message names.",
    ),
    "P005": Code(
        "file names that collide",
        "Two names differ only in case or in Unicode form, and are one file on some systems.",
        "Rename one of them.",
    ),
    "P006": Code(
        "not a readable file",
        "Only regular files are read; a device, pipe, socket or folder in a file's place would hang or mislead.",
        "Remove it, or make it a readable regular file.",
    ),
    "P007": Code(
        "no project here",
        "promptc builds the project in the folder it runs in, and there are no sources in this one.",
        "Run it in a project's folder, name one with `-C DIR`, or begin one with `promptc init`.",
    ),
    # S: sources.
    "S001": Code(
        "unknown key in a source",
        "An unknown key would be ignored, and whoever wrote it believes that it does something.",
        "Use the name that the hint offers, or remove the key.",
    ),
    "S002": Code(
        "wrong type or value in a source",
        "The value isn't of the kind that the key takes.",
        "Write a value of the kind that the message names.",
    ),
    "S003": Code(
        "missing key in a source",
        "The key has no default.",
        "Add the key.",
    ),
    "S004": Code(
        "unknown model",
        "A prompt names a model that `models.yaml` doesn't declare.",
        "Declare the alias in sources/models.yaml, or use one that is there.",
    ),
    "S005": Code(
        "unknown tool",
        "A prompt names a tool without a file in sources/tools.",
        "Add the tool's file, or use a name that is there.",
    ),
    "S006": Code(
        "unknown schema",
        "A prompt's output names a schema that isn't under sources.",
        "Add the file, or mend the path: it is relative to the sources folder.",
    ),
    "S007": Code(
        "unknown variable in `$vars`",
        "A schema or tool asks for a variable that `variables.yaml` doesn't declare.",
        "Declare the variable, or use one that is there.",
    ),
    "S008": Code(
        "front matter is missing or not closed",
        "A prompt begins with `---`, keys, and `---` again.",
        "Add both lines.",
    ),
    "S009": Code(
        "wrong JSON Schema",
        "The schema uses a keyword or a type outside of what promptc reads, so it would promise a check that "
        "nobody makes.",
        "Use the keywords that docs/prompt-sources.md lists.",
    ),
    "S010": Code(
        "name can't be used",
        "Names appear in templates, paths and command lines: letters, digits, `_` and, for files, `-`.",
        "Choose another name.",
    ),
    "S011": Code(
        "defined twice",
        "Two places define the same name, and which one counts would depend on their order.",
        "Rename or remove one of the two.",
    ),
    "S012": Code(
        "default doesn't fit",
        "The default isn't a value that the schema beside it takes.",
        "Change the default or the schema.",
    ),
    "S013": Code(
        "unknown prompt",
        "A file names a prompt that isn't there.",
        "Use the name of a file in sources/prompts.",
    ),
    "S014": Code(
        "contradiction in a source",
        "Two keys of one file can't both hold.",
        "Change one of the two.",
    ),
    "S015": Code(
        "file of no known kind",
        "Nothing reads this file, and whoever put it there believes that something does.",
        "Move it to the folder of its kind, or out of the sources.",
    ),
    "S016": Code(
        "wrong setting",
        "A setting of `[tool.promptc]` isn't known or has a wrong value.",
        "Use the settings that docs/settings.md lists.",
    ),
    # B: limits.
    "B001": Code(
        "file is too large",
        "A source or overlay holds at most 1 MiB, so that a hostile file costs nothing. A `.jsonl` may hold 1 GiB, "
        "each line 1 MiB.",
        "Split it, or keep data out of prompts.",
    ),
    "B002": Code(
        "nested too deeply, or too many values or findings",
        "One file holds at most 64 levels and 50,000 values, and is read until its thousandth finding.",
        "Flatten or split it.",
    ),
    # O: overlays.
    "O001": Code(
        "unknown key in an overlay",
        "An unknown key would be ignored, and whoever wrote it believes that it does something.",
        "Use the name that the hint offers, or remove the key.",
    ),
    "O002": Code(
        "wrong type in an overlay",
        "The value isn't of the kind that is declared for its place.",
        "Write a value of the declared kind; `!replace` replaces a map by another kind where the schema lets it.",
    ),
    "O003": Code(
        "directive doesn't fit its place",
        "Lists are added to and removed from; a scalar is set; `!unset` takes no value.",
        "Write the directive that fits the value's kind, or the value alone.",
    ),
    "O004": Code(
        "directive with nothing to act on",
        "Nothing before it in the chain gives the value that it would change, so it does nothing or not what it says.",
        "Remove the directive, or mend the name or the chain.",
    ),
    "O005": Code(
        "removal of what exists nowhere",
        "No default, enum or layer gives the item, so the name is probably mistyped and what was meant stays.",
        "Mend the item's spelling, or remove it from the list.",
    ),
    "O006": Code(
        "removal of what isn't here",
        "The item exists in the project, and not in this tenant's value: the removal does nothing.",
        "Remove it from the line, or leave it if other chains need it.",
    ),
    "O007": Code(
        "two items with one key",
        "The list's items merge by this key, so it names one item.",
        "Join the two items, or give one another key.",
    ),
    "O008": Code(
        "item without its key",
        "The list's items merge by a key, and an item without it could neither merge nor be removed.",
        "Give the item the key that the variable's `merge: {by: KEY}` names.",
    ),
    "O010": Code(
        "final",
        "An earlier overlay of the chain locked the path for all that come after it.",
        "Remove the definition, or drop the path from `final` at the place that the message names.",
    ),
    "O011": Code(
        "tenant extends a tenant",
        "What one customer asks for must not change another's prompts.",
        "Move what both need into a layer and extend that.",
    ),
    "O012": Code(
        "layers extend each other in a circle",
        "A circle has no first layer, so no order of its values can be right.",
        "Take one `extends` out of the circle that the message prints.",
    ),
    "O013": Code(
        "no order keeps every `extends` list",
        "One list puts two layers in one order and another in the other; whichever won would surprise somebody.",
        "Change the order in one of the two lists that the message prints.",
    ),
    "O014": Code(
        "delete marker on what is required",
        "Without the value no prompt of the tenant could be compiled.",
        "Give it another value, or take `required` from its declaration.",
    ),
    "O015": Code(
        "`final` names no path",
        "A lock on a path that doesn't exist protects nothing, and whoever wrote it believes that it does.",
        "Mend the path: `variables.NAME`, `prompts.NAME.config`, `models.ALIAS`.",
    ),
    "O016": Code(
        "`final` in a tenant",
        "A tenant stands last in its chain, so nothing comes after it that could be refused.",
        "Move the lock to a layer, or remove it.",
    ),
    "O020": Code(
        "two tenants with one id",
        "Ids that differ only in case, Unicode form or a trailing dot are one file on some systems and one "
        "name to people.",
        "Rename one of the two.",
    ),
    "O023": Code(
        "`title` or `aliases` in a layer",
        "They name one tenant, and a layer is shared by many.",
        "Move them to the tenant's file.",
    ),
    "O030": Code(
        "`${}` asks for what isn't there",
        "No variable of this name is declared, or its value has no such key.",
        "Mend the name, declare the variable, or write `$${` for a plain `${`.",
    ),
    "O031": Code(
        "`${}` asks for a variable without a value",
        "The text can't be finished: nothing in the chain sets the variable, and it has no default.",
        "Set the variable in the chain, or give it a default.",
    ),
    "O032": Code(
        "`${}` asks for itself",
        "The texts that the message prints ask for each other in a circle.",
        "Write one of them out.",
    ),
    "O033": Code(
        "`${` begins no reference",
        "A reference is `${name}` or `${name.key}`, and this can't be read as one.",
        "Close or mend it; `$${` writes a plain `${`.",
    ),
    "O034": Code(
        "value has no text of its own",
        "Null, lists and maps can't stand inside of text.",
        "Ask for one of the value's parts, or let `${name}` stand alone as a variable's whole value.",
    ),
    "O040": Code(
        "required variable without a value",
        "The variable is declared as required, and nothing in the tenant's chain sets it.",
        "Set it in the tenant's file, or extend a layer that sets it.",
    ),
    "O041": Code(
        "variable may not be set here",
        "The variable's `set_by` says which kind of overlay may set it.",
        "Move the value to an overlay of that kind, or change `set_by` in sources/variables.yaml.",
    ),
    "O042": Code(
        "block isn't open to tenants",
        "A prompt's `overridable.blocks` lists what tenants may touch; all else is the prompt's own.",
        "Use a block that is open, set it in a layer, or open it in the prompt.",
    ),
    "O043": Code(
        "config key isn't open to tenants",
        "A prompt's `overridable.config` lists what tenants may touch.",
        "Set it in a layer, or open it in the prompt.",
    ),
    "O044": Code(
        "tools aren't open to tenants",
        "The prompt doesn't say `overridable: {tools: true}`.",
        "Set the tools in a layer, or open them in the prompt.",
    ),
    "O045": Code(
        "tool may not be added",
        "An overlay may add a prompt's `optional_tools` and no others.",
        "List the tool under `optional_tools` in the prompt, or remove it here.",
    ),
    "O046": Code(
        "model isn't a tenant's to choose",
        "Which model answers decides on cost and quality, so it is set by prompts and layers.",
        "Set it in a layer that the tenant extends.",
    ),
    "O047": Code(
        "`models` in a tenant",
        "Only layers put one model in place of another.",
        "Move it to a layer that the tenant extends.",
    ),
    "O048": Code(
        "wrong `variants`",
        "`variants` is a map from a variant's name to the percent of keys that it is given, of at most two decimals, or "
        "`only: NAME` alone.",
        "Write `variants: {NAME: PERCENT}`, or `variants: {only: NAME}`.",
    ),
    "O049": Code(
        "no prompt takes this",
        'What stands under `"*"` is for each prompt that lets this overlay set it, and none does.',
        "Remove it, or open it in a prompt.",
    ),
    "O101": Code(
        "unknown variable",
        "An overlay sets what sources/variables.yaml doesn't declare, so no prompt could read it.",
        "Mend the name, or declare the variable.",
    ),
    "O102": Code(
        "unknown prompt",
        "An overlay names a prompt without a file in sources/prompts.",
        "Mend the name.",
    ),
    "O103": Code(
        "unknown block",
        "An overlay names a block that no prompt has there.",
        "Mend the name.",
    ),
    "O104": Code(
        "unknown layer",
        "`extends` or the setting `base` names a layer without a file under tenants/layers.",
        "Mend the name: the path below tenants/layers without `.yaml`.",
    ),
    "O105": Code(
        "unknown config key",
        "The generation settings are a closed list; an unknown one would be ignored by providers or refused late.",
        "Use the name that the hint offers, or put it under `native: {PROVIDER: {…}}`.",
    ),
    "O106": Code(
        "unknown model in an overlay",
        "Overlays name models by the aliases of sources/models.yaml.",
        "Mend the alias, or declare it.",
    ),
    "O107": Code(
        "unknown tool in an overlay",
        "An overlay names a tool without a file in sources/tools.",
        "Mend the name, or add the tool's file.",
    ),
    # D: stored documents and the folders that hold them.
    "D001": Code(
        "stored bytes are damaged",
        "The bytes don't have the digest that was asked for, or aren't the document that they say they are.",
        "Run `promptc build`: it replaces what is damaged. If it comes back, look at the disk.",
    ),
    "D002": Code(
        "stored document is missing",
        "Something names a digest whose bytes are not in the store.",
        "Run `promptc build`: it makes what is missing anew.",
    ),
    "D003": Code(
        "format of a newer promptc",
        "Guessing at a format that isn't known would serve something else than what was reviewed.",
        "Upgrade promptc.",
    ),
    "D004": Code(
        "not a file where a stored document belongs",
        "A link, folder, pipe or device stands in its place, and is not followed.",
        "Run `promptc build`: it puts the document back.",
    ),
    "D005": Code(
        "digest of another kind of document",
        "A digest is followed only to the kind of document that is expected there.",
        "Name the digest of the right kind: `promptc list` prints those of artifacts, `promptc build` the root.",
    ),
    "D006": Code(
        "the machine refused to write",
        "No space, no permission, a read-only file system, or too many open files.",
        "Mend what the message names and run the command again; what was there before is still whole.",
    ),
    "D007": Code(
        "the machine refused to read",
        "No permission, a fault of the disk, or too many open files.",
        "Mend what the message names and run the command again.",
    ),
    "D008": Code(
        "a clean build gives something else",
        "`build --verify` and `--check-traces` compile again without any cache. What came out is not what the build gave: a "
        "cache was damaged in a way that no checksum shows, a file changed without its size, times or inode, or promptc "
        "has a bug.",
        "The caches were removed: build again, and publish nothing that was built before. Please report it.",
    ),
    "D009": Code(
        "the file is there already",
        "Nothing that you wrote is overwritten.",
        "Choose another name, or remove the file first.",
    ),
    # G: moments, and revisions of git.
    "G001": Code(
        "no git repository",
        "A revision is a commit of the repository around the project, and there is none.",
        "Name builds or roots instead, or begin a repository: `git init`, `git add -A`, `git commit`.",
    ),
    "G002": Code(
        "git can't be asked",
        "Revisions are read by the program `git`, which is not installed, or did not answer in time.",
        "Install git, or compare builds and roots, which need none.",
    ),
    "G003": Code(
        "unknown revision",
        "The word is no commit, branch or tag that this clone knows; it may be one that a shallow clone left out.",
        "`git log` and `git branch -a` show what there is; `git fetch --unshallow` brings what a shallow clone left out. "
        "What is compared with by default is the commit where this branch left the default one.",
    ),
    "G004": Code(
        "no merge base",
        "Without BASE the comparison is with the commit where this branch left the default one. Which branch that is, or "
        "where they parted, is not known in this clone.",
        "Name BASE (`promptc diff origin/main`), or fetch the default branch with enough of its history.",
    ),
    "G005": Code(
        "not all of a revision is here",
        "The clone is partial or shallow, and files of the revision were never fetched. promptc fetches nothing itself.",
        "`git fetch --refetch` (or `--unshallow`) brings what is missing.",
    ),
    "G006": Code(
        "no project in that revision",
        "The commit has no folder of sources where the project is now: it may be older than the project, or the project "
        "stood elsewhere.",
        "Name a commit in which the project stands in this folder.",
    ),
    "G007": Code(
        "a moment of a channel",
        "`prod@42` names an entry of a channel, which lives in a registry.",
        "Write `git:WORD` where a revision of git is meant.",
    ),
    "G008": Code(
        "no such root",
        "The word should name a build, the digest of a root, or a pin file, and nothing that is stored here fits.",
        "`promptc build` makes a build; `promptc list` shows its root; a longer piece of a digest is less ambiguous.",
    ),
    "G009": Code(
        "the tokenizer can't be used",
        "The setting `tokenizer` names a file by which tokens are counted. It is not there, is no tokenizer's file, or the "
        "extra that reads it is not installed.",
        "`pip install 'promptc-build[tokens]'`, and name a file below the project's folder; or take the setting out.",
    ),
    "G010": Code(
        "sources of then are not here",
        "A build record names the digest of each file that was read, and some of those bytes are neither in the working tree nor in "
        "the commit that was built.",
        "Fetch the commit that the record names. What was built of files that were never committed can't be explained later.",
    ),
    "G011": Code(
        "sources of then compile to other bytes now",
        "All files that the build read were found by their digests, and this promptc makes another artifact of them than was served: "
        "its own version, or that of a library, is another.",
        "`promptc show --at` shows what was served. To explain it, use the toolchain that the build record names.",
    ),
    # N: conflicts between those who work at the same time.
    "N001": Code(
        "others were faster",
        "An entry takes its number only if nobody else has; others appended to the channel again and again meanwhile.",
        "Run the command again when they are done.",
    ),
    "N002": Code(
        "a target moved meanwhile",
        "The plan says from which digest each target moves, and one of them is served otherwise by now. Applying it would undo "
        "somebody else's work unseen.",
        "Look at what moved with `promptc history CHANNEL TARGET`, and plan again.",
    ),
    "N003": Code(
        "somebody else works in the registry",
        "Deleting and pushing exclude each other, and the other one did not end within half a minute.",
        "Wait until it is done. Whoever was killed leaves no lock behind.",
    ),
    # V: registries and channels.
    "V001": Code(
        "no such channel",
        "The registry has no channel of that name.",
        "`promptc channels` lists them; `promptc promote CHANNEL --new` begins one.",
    ),
    "V002": Code(
        "no such moment",
        "The channel has no entry with that number, or had none yet at that time.",
        "`promptc history CHANNEL` lists the entries with their numbers and times.",
    ),
    "V003": Code(
        "an entry is damaged",
        "An entry carries its own digest, and its bytes are others than were written, or belong to another channel or number.",
        "`promptc verify` says what is still safe to serve; `promptc verify --repair --from REGISTRY` restores it from a copy.",
    ),
    "V004": Code(
        "the history is broken",
        "Each entry names the digest of the one before it, and here that is another one, or missing: somebody edited the "
        "registry by hand, or mixed two of them.",
        "Restore the registry from a copy of it. `promptc verify` says what is still safe to serve.",
    ),
    "V005": Code(
        "of another registry's history",
        "Entries, plans and pins hold the lineage of the registry that they were made with, so that two histories are"
        " never mixed.",
        "Name the registry that it was made with, or make it anew with this one.",
    ),
    "V006": Code(
        "the channel has no entry yet",
        "A channel begins when it is told to, so that a misspelt name does not become one.",
        "Add `--new`, or mend the name.",
    ),
    "V007": Code(
        "the source can't remove anything",
        "A root of limited scope holds what was selected, or what compiled. What it lacks may well exist.",
        "Build without a selection and without `--keep-going`, or leave out `--remove`.",
    ),
    "V008": Code(
        "a target is held",
        "A rollback holds the targets that it moved against what it moved them away from, and `promptc hold` holds them too, so that "
        "the next promote does not bring a bad prompt back.",
        "Let it go with `promptc unhold`, or promote the others with `--skip-held`.",
    ),
    "V009": Code(
        "a gate says no",
        "The settings ask for something before this channel moves: findings, approvals by name, a command that exits with 0.",
        "Do what it asks for, and promote again. `promptc approve PLAN` gives an approval.",
    ),
    "V010": Code(
        "there is nothing to do",
        "What was asked for is so already.",
        "Nothing needs to be done.",
    ),
    "V011": Code(
        "no registry",
        "Nothing at that place is a registry, or this promptc can't open one of that kind.",
        "Mend the place, or let `promptc push` or `promptc promote CHANNEL --new` make it.",
    ),
    "V012": Code(
        "the plan is not the one expected",
        "`--expect` names the plan digest that was approved, and what would move now is something else.",
        "Look at the diff again: what was approved is not what is built here.",
    ),
    "V013": Code(
        "revoked",
        "Somebody said of this root or artifact that nobody should serve it any more, and why.",
        "Build it anew without what was wrong with it; `promptc revoke --lift DIGEST` takes the word back.",
    ),
    "V014": Code(
        "the text was removed",
        "The registry still knows which digest was served when, and to whom; the text itself was retired, or "
        "forgotten with its tenant.",
        "Nothing brings it back from here. `promptc history` shows when it was served.",
    ),
    "V017": Code(
        "no name of a channel or service",
        "Names stand in paths, URLs and moments (`prod@42`), so that they are small letters, digits, `-`, `_` and `.`.",
        "Choose another name.",
    ),
    "V018": Code(
        "no plan",
        "The file is not there, is no plan, or was edited after it was written.",
        "Write it with `promptc promote CHANNEL --plan FILE`.",
    ),
    "V019": Code(
        "nothing is selected",
        "A word of the selection names no tenant, prompt or label of the roots that are compared.",
        "Mend the word; `promptc list` and `promptc history` show names.",
    ),
    "V020": Code(
        "nothing to go back to",
        "The entry that is named is not below the head, or the channel never served anything else.",
        "`promptc history CHANNEL` lists the entries; name one with `--to N`.",
    ),
    "V021": Code(
        "nothing to reconcile",
        "The entry made no rollback manifest: it is no rollback, nor a promote that moves on what was rolled back.",
        "`promptc history CHANNEL` shows the rollbacks.",
    ),
    "V022": Code(
        "no such step",
        "The manifest has no step or place of that name.",
        "`promptc reconcile CHANNEL --dry-run` lists them.",
    ),
    "V040": Code(
        "the registry is damaged, so nothing is deleted",
        "What a damaged node leads to can't be told, and it may be what somebody serves.",
        "Run `promptc verify --repair`, and then `promptc gc` again.",
    ),
    "V041": Code(
        "something is damaged or missing",
        "`promptc verify` read everything again, and not all of it is what was written. What it affects, and what is still "
        "safe to serve, stands above the message.",
        "`promptc verify --repair` restores from the project's build and its sources, `--from REGISTRY` from a copy.",
    ),
    "V042": Code(
        "entry that can't be retired",
        "Its texts are what a channel serves, or what a rollback would go back to.",
        "Retire it when another entry has taken its place.",
    ),
    "V043": Code(
        "folder of another registry",
        "What is written into one folder is of one registry's history; two would be mixed.",
        "Name an empty folder, or the one that this registry was written to before.",
    ),
    "V060": Code(
        "address that can't be that of a registry",
        "It is no address, or carries a name, a password, a query or a fragment.",
        "Write `https://HOST/PATH`; credentials go into an environment variable.",
    ),
    "V061": Code(
        "server that refuses",
        "It answered with a status that is neither the file nor its absence.",
        "Look whether the address is that of a registry; put a token into `PROMPTC_REGISTRY_TOKEN` where it asks for one.",
    ),
    "V062": Code(
        "redirect to another host",
        "Credentials and trust belong to the host that was named, so no redirect leads away from it.",
        "Name the address that it leads to, if that is to be trusted.",
    ),
    "V063": Code(
        "answer that is no file of a registry",
        "A page, an encoded body, or one that is too large came back in place of a document.",
        "Name the registry's own address: something else answers there.",
    ),
    "V064": Code(
        "certificate that can't be trusted",
        "The server's certificate is expired, of another host, or of an authority that is not known.",
        "Name its authority's file in `SSL_CERT_FILE`, or mend the certificate.",
    ),
    "V065": Code(
        "server that can't be reached",
        "It gave no answer that counts in the time and the attempts that it was given.",
        "Try again; nothing was changed.",
    ),
    "V066": Code(
        "registry that is read-only",
        "Over https a registry is read: nothing can be pushed, promoted, deleted or listed there.",
        "Name the folder or bucket that is published there, and publish it anew.",
    ),
    "V070": Code(
        "no signing without the extra",
        "Signing and the check of signatures take the `cryptography` library.",
        "`pip install 'promptc-build[sign]'`.",
    ),
    "V071": Code(
        "file that is no private key",
        "A key is PEM, Ed25519, without a password.",
        "`promptc keys new FILE` makes one.",
    ),
    "V072": Code(
        "object store that can't be opened",
        "The extra `s3` is not installed, or the address is none that obstore opens.",
        "`pip install 'promptc-build[s3]'`; write `s3://BUCKET/PREFIX`.",
    ),
    "V073": Code(
        "store that ignores conditions",
        "An entry must be created only where its number is free. This store overwrites in silence, so that two who promote at once "
        "would both believe that they won.",
        "Use a store that honours `If-None-Match`: S3, R2, MinIO, GCS, Azure.",
    ),
    "V074": Code(
        "object store that refuses",
        "The store did not answer, or said no.",
        "Look at the bucket, its region and the credentials.",
    ),
    # K: pins.
    "K001": Code(
        "no pin",
        "The file is no pin, was edited by hand, or has the marks of a merge in it. A pin carries its own digest, so that nothing is "
        "served that nobody pinned.",
        "Write it anew with `promptc pin CHANNEL -o FILE`.",
    ),
    "K002": Code(
        "no pin file",
        "The command reads a pin, and there is none at that place.",
        "Write one with `promptc pin CHANNEL -o FILE`, or mend the name.",
    ),
    "K003": Code(
        "what a pin names can't be served",
        "Something that the pin leads to is missing in the registry, or its bytes are not those of its digest.",
        "`promptc verify --repair` restores it, also from another registry. Services go on with what they have verified before.",
    ),
    "K004": Code(
        "a pin that disagrees with the history",
        "The pin names an entry and a root, and that entry has another root.",
        "Write it anew with `promptc pin CHANNEL`.",
    ),
    "K005": Code(
        "a pin of a newer promptc",
        "The pin's format is newer than this promptc knows.",
        "Upgrade promptc, or pin with the version that is here.",
    ),
    "K006": Code(
        "a pin that is behind",
        "`--fresh` asks that the pin serves what its channel's head serves, and the head has moved.",
        "Look at the difference with `promptc diff`, and take it over with `promptc pin --update`.",
    ),
    "K007": Code(
        "service that lacks a tool or an input",
        "A prompt of the pin needs a tool that the service has no handler for, or an input that it does not give.",
        "Deploy a service that has it, or pin an entry that does not need it.",
    ),
    "K008": Code(
        "file that does not say what a service has",
        "`--provides` reads a JSON map of `tools` and `prompts`.",
        "Write `{\"tools\": [\"NAME\"], \"prompts\": {\"PROMPT\": [\"INPUT\"]}}`.",
    ),
    # R: inputs and requests, when running.
    "R001": Code(
        "input is missing",
        "The prompt declares this input, or this property of one, without a default, so it can't be rendered without it.",
        "Give it, or let the prompt's author declare a `default`.",
    ),
    "R002": Code(
        "unknown input",
        "The prompt declares no such input or property. What is passed over in silence would be missing from the prompt.",
        "Correct the name, leave it out, or declare it under `inputs:`.",
    ),
    "R003": Code(
        "input does not fit its schema",
        "The value is of another type, or outside of the limits or the list that the prompt declares.",
        "Give a value of the declared type within its limits.",
    ),
    "R004": Code(
        "input can't be held in JSON",
        "NaN, infinities, integers beyond 2^53-1, lone surrogates and very deep values read differently in other places.",
        "Give such a value as text.",
    ),
    "R005": Code(
        "input has no text",
        "The prompt prints this value, and null, lists and maps have no text of their own.",
        "Give text, a number or a boolean; or let the author write `| tojson`, `| join(…)` or an `if`.",
    ),
    "R006": Code(
        "input has no value where it is needed",
        "The prompt prints or loops over a property that this request leaves out and that has no default.",
        "Give it, or let the author test `is defined` or write `| default(…)`.",
    ),
    "R007": Code(
        "input is not a list",
        "The prompt loops over this value, and only lists have turns.",
        "Give a list, an empty one where there is nothing.",
    ),
    "R008": Code(
        "history has no place or is no list of messages",
        "A conversation that the prompt has no place for would be lost without a word.",
        "Write `{% history %}` between the prompt's messages; give a list of messages in the provider's shape.",
    ),
    "R010": Code(
        "setting that the provider's request doesn't have",
        "A setting that was dropped in silence would leave you with another model's behaviour than the one reviewed.",
        "Say `refuses: [SETTING]` for the model in models.yaml, or remove it from the config.",
    ),
    "R011": Code(
        "media that the provider doesn't take",
        "Each provider takes certain kinds of files, at certain places, as data or as URL.",
        "Give it in a format that the provider takes, in a user message, with its media type.",
    ),
    "R012": Code(
        "message that the provider doesn't take there",
        "Providers differ in where system messages may stand and in how a conversation is written.",
        "Move system text to the top; keep the history in the shape of the provider that it goes to.",
    ),
    "R013": Code(
        "native setting collides",
        "A `native` setting names what the prompt or its config already sets, and one of the two would be lost.",
        "Set it in one of the two places.",
    ),
    "R014": Code(
        "empty message",
        "With these inputs a message says nothing, or there is no message beside the system's, and the provider refuses that.",
        "Put the whole `{% message %}` into the `{% if %}`, or give a history.",
    ),
    "R015": Code(
        "cache mark that the provider doesn't take",
        "A provider takes cache marks of certain lifetimes, at certain places, and few of them.",
        "Keep the marks after the longest steady parts, with a lifetime that the provider has.",
    ),
    # R1: a service's client; docs/runtime.md has them by the names of their types.
    "R100": Code(
        "registry out of reach",
        "The registry does not answer, and nothing that was verified before stands in for it.",
        "Mount or start it; give the client a cache folder or a vendored one, from which it serves meanwhile.",
    ),
    "R101": Code(
        "tenant that is not served",
        "What is served has no such tenant, neither by id nor by alias.",
        "Create the tenant and promote it, or open the client with a default tenant.",
    ),
    "R102": Code(
        "prompt that a tenant is not served",
        "The tenant is served, and has no such prompt.",
        "Enable it for the tenant, or mend the name.",
    ),
    "R103": Code(
        "revoked",
        "The root or the artifact was revoked, and the client is set to stop then, or has nothing to fall back to.",
        "Roll back; or open the client with `on_revoked` and a fallback.",
    ),
    "R104": Code(
        "bytes that are not what they should be",
        "They have another digest than the one that names them, or are missing. Nothing unverified is served in their place.",
        "`promptc verify --repair` restores them.",
    ),
    "R105": Code(
        "registry that went back",
        "It knows less of a channel than was seen, or tells its history otherwise: an old copy was put in its place, or the history "
        "was written anew. What was seen is served on.",
        "Put the right copy in its place; `promptc verify` looks into it.",
    ),
    "R106": Code(
        "another registry's history",
        "An entry or a pin is of another lineage than the registry.",
        "Name the registry that it was made of; delete the client's cache folder if the registry was made anew on purpose.",
    ),
    "R107": Code(
        "no such channel",
        "The registry has no channel of this name.",
        "`promptc channels` lists them.",
    ),
    "R108": Code(
        "another model",
        "Another model was asked for than the prompt was compiled and evaluated for.",
        "Compile it for that model, or open the client with `allow_other_model=True`.",
    ),
    "R109": Code(
        "service that lacks a tool or an input",
        "A prompt needs a tool that the service has no handler for, or an input that it does not give.",
        "Deploy the service first, then promote the prompt.",
    ),
    "R110": Code(
        "no receipt",
        "A receipt was altered, is of another registry, or says what was never served so.",
        "Give the line that `rendered.receipt` gave, unchanged.",
    ),
    "R111": Code(
        "client that was closed",
        "A prompt was asked of a client after `close()`.",
        "Keep one client open for as long as the service runs.",
    ),
    "R112": Code(
        "text that was removed",
        "It was retired or forgotten: it was taken out of the registry on purpose.",
        "Serve another entry; `promptc history` says which have their texts.",
    ),
    "R113": Code(
        "arguments that don't go together",
        "A client was opened in a way that can't be meant.",
        "Mend the call as the message says.",
    ),
    "R114": Code(
        "head without the signatures that are required",
        "The client requires signatures, and the head has none that counts: missing, expired, of a foreign key, of another "
        "channel or entry.",
        "`promptc sign CHANNEL`; or find out who moved the head without signing it.",
    ),
    # C: the command line.
    "C001": Code(
        "the command line isn't understood",
        "An option, an argument or a command isn't known, or one is missing.",
        "`promptc COMMAND --help` lists what the command takes.",
    ),
    "C002": Code(
        "no project here",
        "promptc looks for a folder with promptc.toml, with a pyproject.toml that has [tool.promptc], or "
        "with sources/, from here upwards.",
        "Go into the project, name it with `-C DIR`, or start one with `promptc init`.",
    ),
    "C003": Code(
        "unknown tenant",
        "The command names a tenant that has no file under tenants/. A misspelt name must not look like an "
        "empty answer.",
        "Use an id that `promptc list` shows, or one of its aliases.",
    ),
    "C004": Code(
        "unknown prompt",
        "The command names a prompt that has no file under sources/prompts.",
        "Use a name that `promptc list` shows.",
    ),
    "C005": Code(
        "no tenant has this label",
        "`label:KEY=VALUE` selects by the labels of tenants and their layers, and none has this one.",
        "Use a label that `promptc list` shows.",
    ),
    "C006": Code(
        "no such target",
        "The tenant and the prompt are there, but the chain disables the prompt for this tenant, or nothing "
        "is left to do.",
        "Enable it with `prompts: {NAME: {enabled: true}}`, or select another target.",
    ),
    "C007": Code(
        "selection isn't understood",
        "A selection is `tenant`, `tenant/prompt`, `prompt:NAME`, `tenant:GLOB` or `label:KEY=VALUE`.",
        "Write it in one of these forms; quote globs so that the shell leaves them alone.",
    ),
    "C008": Code(
        "unknown or ambiguous digest",
        "No artifact of the last builds has this digest, or several begin with these digits.",
        "Give at least 8 digits, and more when the message asks for them; `promptc build` first if nothing is built.",
    ),
    "C009": Code(
        "unknown variable",
        "The command names a variable that sources/variables.yaml doesn't declare.",
        "Use a name that the hint offers.",
    ),
    "C010": Code(
        "the machine refuses",
        "The operating system refused to read or write: no space, no permission, a closed output, a folder "
        "that is gone.",
        "Mend what the message names and run the command again; nothing was half done.",
    ),
    "C011": Code(
        "out of memory",
        "The process ran out of memory.",
        "Select fewer targets, or give the process more.",
    ),
    "C012": Code(
        "would overwrite",
        "A file that the command would write is there already and may hold your work.",
        "Move it away, or choose another name.",
    ),
    "C013": Code(
        "inputs can't be read",
        "The file of `--input` isn't a JSON object, or the case of `--case` isn't there.",
        "Give a file with a JSON object of inputs, or a case of sources/cases.",
    ),
    "C014": Code(
        "unknown or sealed block",
        "The prompt has no block of this name, or tenants may not touch it.",
        "Use a block that the hint names, or list it under `overridable:` in the prompt.",
    ),
    "C015": Code(
        "a value is missing",
        "A new tenant needs a value for each required variable, and there is no terminal to ask on.",
        "Give it with `--set NAME=VALUE`.",
    ),
    "C016": Code(
        "not a file of this project",
        "`--from` names a file that no target can be made of: it isn't under sources/ or tenants/.",
        "Name a source or an overlay.",
    ),
    "C017": Code(
        "unknown schema",
        "There is no JSON Schema of this name.",
        "`promptc schema` lists them.",
    ),
    "C018": Code(
        "the file can't be edited in place",
        "The overlay is written in a form that can't take an insertion without rewriting the author's text.",
        "Insert what the command prints by hand.",
    ),
    "C019": Code(
        "the sources are wrong",
        "The command needs a target that doesn't compile.",
        "Mend the findings above; `promptc check` shows them all.",
    ),
    "C020": Code(
        "folders can't be watched",
        "`watch` asks the operating system to tell of changes. Its watches were used up, and looking again and again could "
        "not begin either.",
        "Raise the limit (on Linux `sysctl fs.inotify.max_user_watches`), or run `promptc build` by hand.",
    ),
    "C021": Code(
        "a worker process ended",
        "A build is done by several processes, and one of them ended before its work was done; most often the system ran "
        "out of memory and ended it.",
        "Free some memory, or use fewer processes with `--jobs 1`. Nothing was published.",
    ),
    "C022": Code(
        "nobody said yes",
        "The command changes what is served, and asks before it does. There was nobody to ask, or the answer was no.",
        "Look at what it shows, and run it again with `--yes`.",
    ),
    "C070": Code(
        "a bug in promptc",
        "Something happened that promptc didn't expect. It isn't your sources' fault.",
        "Report it with the lines that were printed.",
    ),
    # T: templates.
    "T001": Code(
        "template syntax",
        "The template can't be read at this line.",
        "Mend the tag that the message names; text that looks like a tag goes between `{% raw %}` and `{% endraw %}`.",
    ),
    "T002": Code(
        "construct that is not available",
        "Templates know a closed list of constructs, so that nothing in them reaches Python.",
        "Use what docs/prompts.md lists.",
    ),
    "T003": Code(
        "reserved name",
        "`vars`, `input`, `tenant`, `tools`, `model`, `loop`, `super`, `caller` and `self` have one meaning everywhere.",
        "Choose another name.",
    ),
    "T004": Code(
        "attribute that doesn't exist",
        "Only maps have attributes, and those are their keys; Python's own attributes can't be reached.",
        "Read a key of a map, or use a filter.",
    ),
    "T005": Code(
        "name without a value",
        "An undeclared name is an error everywhere. A declared variable without a value is one where its value is needed.",
        "Declare it, give it a default, set it in an overlay, or ask `is defined`.",
    ),
    "T006": Code(
        "value that has no text",
        "null, lists and maps have no text of their own, and random or dated text would differ in each build.",
        'Write `| tojson` or `| join(", ")`, or print one of its values.',
    ),
    "T007": Code(
        "template name that is not known",
        "The templates that a prompt is made of must be known before it renders.",
        "Write a constant name, or spell it from variables that have an `enum`.",
    ),
    "T008": Code(
        "call that is not available",
        "Macros, `super()`, `caller()`, `range()`, `namespace()` and `loop.cycle()` can be called, with the arguments they take.",
        "Use a filter, or a macro.",
    ),
    "T009": Code(
        "operator that is not available",
        "`**` makes huge numbers out of small ones.",
        "Multiply, or put the number into a variable.",
    ),
    "T010": Code(
        "templates that reach themselves",
        "A template includes, imports or extends itself, perhaps through others.",
        "Take one of the steps out; what both need goes into a third file.",
    ),
    "T011": Code(
        "template that is not there",
        "An include, import or extends names no file below sources/.",
        "Mend the path; names start below sources/, as in `fragments/safety.j2`.",
    ),
    "T012": Code(
        "nested too deeply",
        "Tags nest 30 deep, loops 8, parentheses 30, and an `if` has 50 `elif`s at most.",
        "Split the template into fragments or macros, or look text up in a map.",
    ),
    "T013": Code(
        "unknown filter or test",
        "There is no filter or test of this name.",
        "Use one that docs/prompts.md lists.",
    ),
    "T014": Code(
        "text outside a child's blocks",
        "A template that extends another gives only blocks; other text of it would be dropped without a word.",
        "Put the text into a block that the parent has.",
    ),
    "T015": Code(
        "swallowed line end",
        "A tag at the end of a line of text takes the line end with it, and the next line is glued on.",
        "Write `+%}` to keep the line end, or give the tag a line of its own.",
    ),
    "T016": Code(
        "unknown block",
        "An overlay or `overridable` names a block that the prompt doesn't have.",
        "Use one of its blocks; `promptc graph` lists them.",
    ),
    "T017": Code(
        "template that fails",
        "Jinja refuses the template while it renders.",
        "Look at the tag on the line named.",
    ),
    "T018": Code(
        "block defined twice",
        "An overridden block's name is defined in two unrelated templates of the prompt.",
        "Give one of the two another name.",
    ),
    "T019": Code(
        "block that can't be overridden",
        "An overridden block stands once, inside one message, captured by nothing and in no block that the chain replaces.",
        "Move the block, or override the one around it.",
    ),
    "T020": Code(
        "override that is not used",
        "The block stands in a branch that this tenant doesn't take.",
        "Remove the override, or set the variable that decides the branch.",
    ),
    "T021": Code(
        "input used as a value",
        "What an input holds is not known when building, so nothing can compute with it.",
        "Print it, test it, loop over it, or do the rest in the code that gives it.",
    ),
    "T022": Code(
        "formatted input used as a value",
        "`tojson`, `trim`, `xml` and `join` make text of an input, and that text can only be printed or joined.",
        "Test the input itself, without a format.",
    ),
    "T023": Code(
        "captured input used as a value",
        "A macro's, `call`'s or `set`'s text holds an input and is then tested or filtered.",
        "Test or format the input before it is captured.",
    ),
    "T024": Code(
        "name that branches set apart",
        "A name has another value in each branch of an `if` on an input, and what it is can't be told after it.",
        "Use the name inside the branches, or set it to text in both.",
    ),
    "T025": Code(
        "loop that can't be split",
        "A `for` over an input takes a list, one name, and `loop.index`, `index0`, `first`, `last` and `length`.",
        "Put an `if` inside the loop, or prepare the list in the code that gives it.",
    ),
    "T026": Code(
        "state carried through a loop over an input",
        "A `namespace` is written in a loop whose turns are not known when building.",
        "Use `loop.first`, `loop.last` or `loop.index`.",
    ),
    "T027": Code(
        "input without text",
        "A list, a map or media has no text of its own.",
        'Write `| tojson`, `| join(", ")`, a `for`, or `{% media … %}`.',
    ),
    "T028": Code(
        "input as a key or index",
        "Which item an input picks is not known when building.",
        "Loop over the table and compare.",
    ),
    "T029": Code(
        "values of unlike types",
        "An operator, filter or comparison is given kinds of values that it can't work on.",
        "Compare values of one type; `| int` or `| string` turn variables into another.",
    ),
    "T030": Code(
        "tag in captured text",
        "`message`, `history`, `examples`, `cache` and `media` can't stand in text that a macro, `call`, `filter` or "
        "`set` captures.",
        "Move the tag into the template, a block or an include.",
    ),
    "T031": Code(
        "comparison that can't be split",
        "Two inputs are compared, or an input is looked for in something that is not a list of constants.",
        "Compare in the code that gives the inputs, and give the answer as an input.",
    ),
    "T032": Code(
        "text outside messages",
        "Where a prompt has messages, all text stands in one.",
        "Put it into a message.",
    ),
    "T033": Code(
        "tag that needs messages",
        "`history` and `examples` stand between messages, and the prompt has none.",
        'Put the text into `{% message role="system" %}` … `{% endmessage %}`.',
    ),
    "T034": Code(
        "tag in the wrong place",
        "Messages, history and examples stand between messages and outside loops over inputs.",
        "End the message before it, or move it out of the loop.",
    ),
    "T035": Code(
        "history twice",
        "A conversation has one place in a prompt.",
        "Keep one of the two tags.",
    ),
    "T036": Code(
        "prompt without a message",
        "Every message stands in a branch that this tenant doesn't take.",
        "Keep one message outside every `if`.",
    ),
    "T037": Code(
        "loop that leaves the line end open",
        "An include or block that fills its line ends its text with a line end. Here it ends with a loop over an "
        "input whose turns differ.",
        "End every turn with a line end, or write text after the loop.",
    ),
    "T038": Code(
        "unknown set of examples",
        "`{% examples %}` names a set that no file under sources/examples serves.",
        "Mend the name, or write the file.",
    ),
    # What rendering and linking add to other families.
    "B003": Code(
        "template limit",
        "One render asks for more steps, characters or nested calls than the limits allow. They are counted, never timed.",
        "Make loops shorter, give a recursive macro an end, or move long text into a variable.",
    ),
    "O120": Code(
        "stale override",
        "A replacement carries `against`, the digest of the text it was written for, and that text has changed since.",
        "Run `promptc rebase`: it shows the three texts. Adapt the replacement or keep it; either way `against` is renewed.",
    ),
    "O121": Code(
        "stale translation",
        "A stand-in for a locale says what it was translated from, and the original has changed since.",
        "Compare it with the original, then write the new digest as `against` in its front matter.",
    ),
    "S040": Code(
        "examples without a user message",
        "Examples show their inputs in the prompt's own user message, and this prompt has none.",
        "Add a user message, or take `{% examples %}` out.",
    ),
    "S041": Code(
        "example can't be shown",
        "The prompt's user message can't be rendered with this example's inputs.",
        "Give the example the inputs that the message needs.",
    ),
    "S042": Code(
        "setting that the model refuses",
        "The model's `refuses` names a setting that the prompt or its chain gives; it is dropped.",
        "Take the setting out of the config, or choose another model.",
    ),
    # X: cost and evidence.
    "X001": Code(
        "no price is known",
        "Neither the prices that ship with promptc nor the project's own have one for this model.",
        "Write the model as `provider/name`, or give its price in the file that the setting `prices` names.",
    ),
    "X002": Code(
        "prices that can't be used",
        "The file that the setting `prices` names is missing or is not what docs/cost.md describes. A price that was "
        "misread would make every sum wrong.",
        "Mend the file: `[models.\"provider/name\"]` with `input` and `output` in dollars per million tokens.",
    ),
    "X003": Code(
        "usage that can't be used",
        "The file of usage is missing, is neither CSV nor Parquet, or lacks one of `tenant`, `prompt`, `calls`.",
        "Export it with a header and these columns; docs/cost.md lists all of them.",
    ),
    "X004": Code(
        "row that can't be counted",
        "A number in it is none, a name is empty, or a day is no date. A row that is left out would make every sum wrong.",
        "Mend the row that the message names, or leave it out of the file.",
    ),
    "X005": Code(
        "no Parquet without the extra",
        "Reading Parquet takes DuckDB, which comes with the extra `cost`.",
        "`pip install 'promptc-build[cost]'`, or export CSV.",
    ),
    "X006": Code(
        "chains that can't be used",
        "The file of chains is not what docs/cost.md describes, a step names another that isn't there, or a request could "
        "go round for ever.",
        "Mend the chain that the message names.",
    ),
    "X007": Code(
        "no usage is named",
        "What prompts cost follows from how often they are called.",
        "Name a file with `--usage FILE`, or with the setting `usage`.",
    ),
    "X008": Code(
        "no PNG without the extra",
        "A PNG is drawn by resvg, which comes with the extra `cost`.",
        "`pip install 'promptc-build[cost]'`, or take `--format svg`.",
    ),
    "X009": Code(
        "unknown strategy for a history",
        "What a conversation costs follows from what each turn sends of those before it.",
        "Write `full`, `none`, `last:N` (turns) or `summary:N:TOKENS` (made anew every N turns).",
    ),
    # W: what checks find. C03x: how they are asked.
    "W001": Code(
        "letters that look like others",
        "A word mixes letters of two scripts that look alike. People read one word, the model and every search read another.",
        "Write the word in one script.",
    ),
    "W002": Code(
        "run of invisible characters",
        "Several marks in a row can't be seen. Scripts that need such marks need one at a time; in a row they carry hidden text.",
        "Remove them.",
    ),
    "W003": Code(
        "text that a page hides",
        "An overlay holds an HTML comment, hidden markup or a spelled-out invisible character. Who reviews a rendered"
        " page doesn't see it, and the model does.",
        "Say it openly, or take it out.",
    ),
    "W004": Code(
        "text that looks like the beginning of a turn",
        "An overlay's text holds a provider's control token, or a line such as `System:`. It can't begin a turn, "
        "since turns come from the template alone, but a model may take it for one. Nothing is altered.",
        "Write it otherwise, or allow it with a reason.",
    ),
    "W005": Code(
        "text that tells the model to leave its instructions",
        "An overlay's text tells the model to ignore what stands before it, in one of many languages. It is reported "
        "so that a person reads it; nothing is altered.",
        "Read it and ask its owner; remove it, or allow it with a reason.",
    ),
    "W006": Code(
        "slot between tags without `xml`",
        "An input is filled in between tags as it is, so that a caller's text can end the tag and go on outside of it.",
        "Write `{{ input.NAME | xml }}`; of a list, loop over it and write each item so.",
    ),
    "W101": Code(
        "e-mail address of a person",
        "Sources, examples and overlays go to a model with every request, and into repositories for good. Addresses "
        "of roles (support@…) and reserved names (example.org) are no finding.",
        "Put an invented one in its place, or allow it with a reason.",
    ),
    "W102": Code(
        "phone number",
        "A phone number stands in a source. Numbers that are kept for fiction and freephone numbers are no finding.",
        "Put an invented one in its place (555-01xx), or allow it with a reason.",
    ),
    "W103": Code(
        "payment card",
        "A number has a card issuer's prefix and check digit. Issuers' published test numbers are no finding.",
        "Put an issuer's test number in its place.",
    ),
    "W104": Code(
        "bank account",
        "A number is an IBAN by its check digits.",
        "Put an invented one in its place.",
    ),
    "W105": Code(
        "key or token",
        "A source holds what has the form of an issuer's key or token, or what is called a password and looks random.",
        "Revoke it, since it has been in a repository, and take it out: a prompt has no use for it.",
    ),
    "W106": Code(
        "private key",
        "A source holds a private key.",
        "Revoke it, since it has been in a repository, and take it out.",
    ),
    "W201": Code(
        "example without its dates",
        "An example comes from a tenant's traffic and doesn't say when it was recorded, or, being shared, until when "
        "it may be used.",
        "Write `recorded` and `expires`.",
    ),
    "W202": Code(
        "expired example",
        "What was agreed for an example ran out, and it is still compiled. A date never changes what a build gives: "
        "somebody has to decide.",
        "Remove it, or ask again and write the new date.",
    ),
    "W203": Code(
        "example shared too widely",
        "An example of one tenant's traffic is shown to tenants that its consent doesn't name.",
        "Say in `consent` that others may see it, or make the set that tenant's own.",
    ),
    "W204": Code(
        "example without consent",
        "An example comes from a tenant's traffic and names nobody who agreed to its use.",
        "Write who agreed, and in what, in `consent`; or remove it.",
    ),
    "W205": Code(
        "example of a tenant that is gone",
        "An example came from a tenant that is no more among the tenants. What it agreed to may have ended with it.",
        "Remove the example.",
    ),
    "W206": Code(
        "example with dates that can't be",
        "An example was recorded in the future, or after it expired.",
        "Mend `recorded` or `expires`.",
    ),
    "W301": Code(
        "shared text behind what varies",
        "Providers cache the longest beginning that requests share. What tenants decide stands before much that is "
        "the same for all of them, so that each tenant fills the cache anew. It is measured over a sample of tenants,"
        " always the same ones.",
        "Move what tenants decide behind what they share, or allow it with a reason.",
    ),
    "W302": Code(
        "date in the stable prefix",
        "A date of the day stands before text that doesn't change: each new date empties the cache, and one that is "
        "compiled goes stale.",
        "Make it an input, and place it after what doesn't change.",
    ),
    "W303": Code(
        "id in the stable prefix",
        "An id that each request or build gives anew stands before text that doesn't change, so that nothing behind "
        "it is cached.",
        "Place it after what doesn't change, or take it out.",
    ),
    "W304": Code(
        "confidential text before the cache mark",
        "A confidential variable, or a tenant's text that holds one, stands before the cache mark. A cached beginning answers "
        "faster. Whoever can place text there can try by the time it takes whether a guess"
        " at another tenant's confidential text is right.",
        "Place it behind the cache mark; or, where tenants' caches are kept apart, allow it with that reason.",
    ),
    "W305": Code(
        "slot before static text",
        "What a caller fills in stands before much text of the system message that no request changes, and no cache "
        "can keep that.",
        "Place the slot behind it, at best in the user message.",
    ),
    "W401": Code(
        "unused variable",
        "A variable is declared and no prompt, tool, schema or other variable reads it.",
        "Remove it, and where overlays set it.",
    ),
    "W402": Code(
        "unused template",
        "No prompt reaches a fragment or parent.",
        "Remove it, or include it.",
    ),
    "W403": Code(
        "unused tool",
        "No prompt gives a tool, and no overlay adds it.",
        "Remove its file, or add it to a prompt.",
    ),
    "W404": Code(
        "unused examples",
        "No prompt shows a set of examples.",
        "Remove the file, or write an `examples` tag.",
    ),
    "W405": Code(
        "unused layer",
        "No tenant's chain has a layer.",
        "Remove it, or extend it.",
    ),
    "W406": Code(
        "override that changes nothing",
        "An overlay sets a variable, a prompt's setting or a block's text to what it is without that. It looks like a "
        "decision, and it will hold the value when what is below changes.",
        "Remove it, or allow it with a reason where it is meant to hold.",
    ),
    "W407": Code(
        "variable that this tenant's prompts don't read",
        "A tenant sets a variable that only prompts read which it doesn't have.",
        "Remove it, or enable the prompt.",
    ),
    "W408": Code(
        "branch that nobody takes",
        "A condition on variables or labels holds for no tenant. Conditions that are spelled plainly are judged; an `else` is not.",
        "Remove the branch, or set what it asks for.",
    ),
    "W409": Code(
        "block that every tenant replaces",
        "Nobody sees the block's own text, and everybody who edits it believes that somebody does.",
        "Leave it empty, or make what tenants write its text.",
    ),
    "W410": Code(
        "tool that is named and not given",
        "The text names a tool that the prompt does not give, and the model will try to call it.",
        "Add the tool, or put the sentence under a condition on `tools`.",
    ),
    "W411": Code(
        "two limits or languages",
        "A sentence of the prompt, or a tenant's text in it, sets a limit or a language beside the variable that sets it in the "
        "same prompt, and they differ for a tenant. Sentences that say of which part they are count for that part alone.",
        "Set the variable, and leave it out of the text.",
    ),
    "W501": Code(
        "over the budget",
        "A compiled prompt comes to more tokens than the prompt's `budget`, before any input is filled in.",
        "Shorten it, or raise the budget; `promptc list --tokens` shows what is long.",
    ),
    "W502": Code(
        "over the model's window",
        "A compiled prompt and its answer don't fit into the model's window, so that every request fails.",
        "Shorten it, lower `max_tokens`, or choose another model.",
    ),
    "W503": Code(
        "grew against the channel",
        "A prompt comes to more tokens than the channel of the setting `growth` serves, by more than it lets pass.",
        "Shorten it, or raise `growth.percent`; `promptc list --tokens --against MOMENT` shows each target.",
    ),
    # W6: rules and leaks.
    "W601": Code(
        "a rule doesn't hold",
        "sources/rules.yaml says what must hold for a group of targets, and it doesn't for some compiled prompts.",
        "Look at one with `promptc show`, and mend the sources; or mend the rule.",
    ),
    "W602": Code(
        "a rule for nobody",
        "No target is what the rule's words say, so that it proves nothing.",
        "Mend the words, or remove the rule.",
    ),
    "W611": Code(
        "one tenant's layer in another's chain",
        "A layer that carries a tenant's id is that tenant's, and others extend it: what stands in it reaches them.",
        "Move what is shared into a layer of its own.",
    ),
    "W612": Code(
        "one tenant's text read by another",
        "An overlay reads a text with `!file` from a place that carries another tenant's id.",
        "Give the tenant a text of its own, or move the text to where it is nobody's.",
    ),
    "W613": Code(
        "a tenant named in a shared text",
        "An id, title, alias, product or confidential value of one tenant stands in a text that all tenants share.",
        "Take it out, or make it a variable. Where it may stand there, allow it with a reason.",
    ),
    "W614": Code(
        "a tenant named to another",
        "A compiled prompt holds what tells of another tenant, and no shared text does: it comes from this tenant's own overlay.",
        "Take it out; `promptc check --why-no-leak TENANT/PROMPT` shows where each piece of a compiled prompt comes from.",
    ),
    "W615": Code(
        "a tenant's own words in a shared text",
        "At least sixteen words of a tenant's own text stand, almost word by word, in a text that all tenants share.",
        "Write it anew for everybody, or say with `from: tenant:ID` and `consent` where an example came from.",
    ),
    "W616": Code(
        "one tenant's template served to others",
        "A template that carries a tenant's id is that tenant's, and its text stands in other tenants' compiled prompts.",
        "Include it for that tenant alone.",
    ),
    "W617": Code(
        "an id of a tenant in a shared text",
        "A template, an example, a layer or a tool that all tenants share holds what the setting `identifiers` says is an id of one "
        "tenant.",
        "Take it out, or write one that is nobody's. Where it is meant, allow it at its place with a reason.",
    ),
    "W701": Code(
        "reads an output that isn't there",
        "An input says `reads: PROMPT.output`, and a tenant that has this prompt does not have that one, or its answer has no "
        "such field.",
        "Enable the other prompt for the tenant, give the input a default, or mend the path.",
    ),
    "W702": Code(
        "output and input of different types",
        "What one prompt may answer is of a type that the input which reads it does not take: the request fails.",
        "Declare the same type on both sides.",
    ),
    "W703": Code(
        "required field that may be missing",
        "An input asks for a field that the output which it reads may leave out, lacks, or may give as null.",
        "Require it in the output, or give it a default in the input.",
    ),
    "W704": Code(
        "value that the reader doesn't know",
        "The output that an input reads may hold a value that the input's `enum` does not list.",
        "Let both list the same values.",
    ),
    "W705": Code(
        "beyond the reader's limits",
        "The output that an input reads may be longer, shorter, larger or smaller than the input takes.",
        "Limit the output, or take more.",
    ),
    "W706": Code(
        "another form of date or text",
        "The input asks for a `format` (or says in its description how dates are written) that the output which it reads "
        "does not promise, or says otherwise.",
        "Write the same `format` on both sides.",
    ),
    "W707": Code(
        "another unit",
        "The output that an input reads is in another unit than the input: by the keyword `unit`, by the end of a name "
        "(`amount_cents`), or by a description (`in cents`).",
        "Give both the same unit, and convert where the two meet.",
    ),
    "W708": Code(
        "field that the reader refuses",
        "The output that an input reads has a field that the input does not declare, and inputs refuse unknown fields.",
        "Declare it in the input, or leave it out of the output.",
    ),
    "W711": Code(
        "schema that is none",
        "A tool's or an answer's schema is no JSON Schema (draft 2020-12), as it stands for some tenant: every request fails.",
        "Mend the schema, or the variable that is put into it by `$vars`.",
    ),
    "W712": Code(
        "beyond what the provider takes",
        "A tool, or a schema that the provider is asked to enforce, uses what that provider refuses, or is larger than it takes.",
        "docs/checks.md lists each provider's limits with their source; change the schema, or leave `strict` out.",
    ),
    "W901": Code(
        "expired allowance",
        "A comment or setting allowed a finding until a date that has passed, so that it allows nothing any more.",
        "Mend what it allowed, or write a later date and a reason that still holds.",
    ),
    "W902": Code(
        "allowance of nothing",
        "A comment or setting allows a finding that isn't there.",
        "Remove it.",
    ),
    "W903": Code(
        "malformed allowance",
        "An allowance needs a code, a date and a reason. Without one of them it allows nothing.",
        "Write `promptc: allow W101 until 2027-01-31 because REASON`.",
    ),
    "W904": Code(
        "own check failed",
        "A check of the team's own raised an exception, so that what it looks at was not checked.",
        "Mend the check at the line that the finding names.",
    ),
    # Cases, rules and leaks: what commands refuse.
    "C040": Code(
        "not a file of recorded requests",
        "`promptc test --replay` reads JSON lines, each with a tenant, a prompt, inputs and what is expected.",
        "Mend the line that is named; docs/testing.md describes the format.",
    ),
    "C041": Code(
        "nowhere to plant",
        "`promptc plant` writes a copy of the project into a new folder: never into build/ or the sources, where it could be served.",
        "Name a folder that isn't there yet, beside the project.",
    ),
    "C042": Code(
        "no markers to look for",
        "`promptc check --markers` takes a folder that `promptc plant` wrote, and others that were made of it.",
        "Plant the project, and name that folder first.",
    ),
    "C030": Code(
        "unknown code of a check",
        "`--only` names a code that no check has.",
        "Mend the code; docs/errors.md lists all.",
    ),
    "C031": Code(
        "own checks can't be used",
        "The file that the setting `checks_file` names, or an entry point `promptc.checks`, holds no checks that "
        "promptc can run.",
        "Mend it as the message says; docs/checks.md shows such a file.",
    ),
    "X020": Code(
        "suite that can't be used",
        "Evaluations are declared before they are run: a suite says which cases of which prompts, how often, and what judges.",
        "Write sources/suites/NAME.yaml, or mend the name or the file that the message names.",
    ),
    "X021": Code(
        "traffic that can't be read",
        "A suite asks that its cases still look like recorded requests, and the file of these can't be read.",
        "Write one JSON object a line, with `prompt` and `inputs`.",
    ),
    "X022": Code(
        "results that can't be recorded",
        "The file is neither promptfoo's JSON of an exported configuration, nor JUnit, nor a CSV that names artifact, suite, "
        "case and whether it passed.",
        "Record what the tool wrote, unchanged; docs/evals.md shows each form.",
    ),
    "X023": Code(
        "damaged evidence",
        "A record carries its own digest, and its bytes are others than were written: it was edited by hand, or damaged.",
        "Remove the file, and record the results again.",
    ),
    "X024": Code(
        "results of something else",
        "Results are bound to the artifact, suite and case that they name, and what is looked at serves no such.",
        "Name the channel that was evaluated with `--channel`, or evaluate what is served now.",
    ),
    "X025": Code(
        "nothing to export",
        "All evidence that the suites ask for is fresh.",
        "Nothing needs to be done; `--all` exports everything.",
    ),
    "X050": Code(
        "variant with another interface",
        "Services don't know which variant of a prompt is drawn, so each of them takes the same inputs, gives the same "
        "output, calls no other tools, and is open to the same overrides.",
        "Leave `inputs`, `output` and `overridable` out of the variant's front matter: the plain prompt's hold.",
    ),
    "X051": Code(
        "variant that can't be named so",
        "A file `PROMPT.VARIANT.prompt.j2` is a variant of the prompt `PROMPT`, which must be there. `plain` and `only` mean "
        "something in overlays.",
        "Write the plain prompt, or rename the file.",
    ),
    "X052": Code(
        "unknown variant",
        "An overlay gives keys to a variant that the prompt doesn't have.",
        "Mend the name, or write the variant's file.",
    ),
    "X053": Code(
        "more than all keys",
        "The shares that a chain gives to the variants of a prompt add up to more than 100 percent.",
        "Lower them; what is left of 100 is the plain prompt's. `!replace` says the whole map anew.",
    ),
    "X054": Code(
        "overlay of a variant",
        "What overlays say of a prompt holds for its variants; of a single one they only say which share of keys it is given.",
        "Say it of the plain prompt, or write what differs into the variant's own file.",
    ),
    "X055": Code(
        "share for a retired variant",
        "A variant that is retired is given no keys and compiled for nobody, whatever overlays say.",
        "Remove it from `variants`; when no overlay names it, its file can go.",
    ),
    "X060": Code(
        "no variants",
        "A portfolio shows the variants of prompts, and no prompt of the project, or of what is served, has any.",
        "Write `sources/prompts/PROMPT.VARIANT.prompt.j2`; docs/portfolios.md shows how.",
    ),
    "X061": Code(
        "prompt without variants",
        "The prompt that is named has no variants.",
        "Mend the name, or leave it out to see all prompts that have some.",
    ),
    "X062": Code(
        "no such label",
        "Segments are made by a label, and no tenant of what is looked at has one of that name.",
        "Mend the name after `--by`, or leave it out.",
    ),
}
