#!/usr/bin/env bash
# Fetch: bring what a shallow clone lacks, and say which base and head to compare.
#
# Reads BASE and HEAD, each a revision or empty; writes `base` and `head` to $GITHUB_OUTPUT. A base that is no revision (a
# root, a pin file, the last build) stays as it is. Without a base, a head is compared with where it left the current commit.
set -euo pipefail

refuse() { echo "::error title=promptc::$1"; exit 2; }

# A revision as its commit, fetched where it isn't here.
commit() {
  # With these it would be a refspec, which may write branches.
  case "$1" in +* | *:*) return 1 ;; esac
  if ! git rev-parse --verify --quiet --end-of-options "$1^{commit}"; then
    git fetch --quiet --no-tags "${@:2}" origin "$1" >&2 || return 1
    git rev-parse --verify --quiet "FETCH_HEAD^{commit}"
  fi
}

base=${BASE:-} head=${HEAD:-}
case "$base$head" in *$'\n'*) refuse "base and head are one line each" ;; esac
case "$base" in -*) refuse "base is no revision" ;; esac
case "$head" in -*) refuse "head is no revision" ;; esac
# What `before` is when a branch is new.
[ "$base" = 0000000000000000000000000000000000000000 ] && base=

if [ -n "$head" ]; then
  # All of its history, since where it left the current commit is looked for.
  [ "$(git rev-parse --is-shallow-repository)" = true ] && git fetch --quiet --no-tags --unshallow origin >&2
  head=$(commit "$head") || refuse "head can't be fetched"
  [ -n "$base" ] || base=$(git merge-base HEAD "$head") || refuse "head has no commit in common with what is checked out"
fi

case "$base" in
  "") refuse "there is nothing to compare with: name base" ;;
  build | root:* | sha256:* | *.json) ;;
  *) base=$(commit "${base#git:}" --depth=1) || refuse "base can't be fetched; actions/checkout with fetch-depth: 0 brings all" ;;
esac
printf 'base=%s\nhead=%s\n' "$base" "$head" >> "$GITHUB_OUTPUT"
