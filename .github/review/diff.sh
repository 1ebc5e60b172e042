#!/usr/bin/env bash
# Diff: compare, write the review as Markdown and as JSON, and put it into the job's summary.
#
# Reads BASE, HEAD (empty: the working tree) and SELECT; writes `review`, `json` and `differs` to $GITHUB_OUTPUT. Differences and
# targets that could not be compiled are no failure here: the last step decides. Anything else is.
set -euo pipefail

promptc=$RUNNER_TEMP/promptc/bin/promptc
out=$RUNNER_TEMP/promptc-review
mkdir -p "$out"

options=()
read -r -d '' -a words <<< "${SELECT:-}" || true
for word in ${words[@]+"${words[@]}"}; do options+=("--select=$word"); done
sides=("$BASE")
[ -z "${HEAD:-}" ] || sides+=("$HEAD")

# What promptc says may hold words of a source, and none of them is a command for this log.
stop=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$stop"
code=0
"$promptc" diff ${options[@]+"${options[@]}"} --exit-code --format markdown --output "$out/review.md" -- "${sides[@]}" || code=$?
again=0
case "$code" in
  0 | 1 | 3) "$promptc" diff ${options[@]+"${options[@]}"} --exit-code --format json --output "$out/review.json" -- "${sides[@]}" || again=$? ;;
esac
echo "::$stop::"

case "$code" in 0 | 1 | 3) ;; *) exit "$code" ;; esac
if [ "$code" != "$again" ] || ! [ -s "$out/review.md" ] || ! [ -s "$out/review.json" ]; then
  echo "::error title=promptc::the review could not be written twice alike: exit codes $code and $again"
  exit 1
fi

if [ "$code" = 0 ]; then differs=false; else differs=true; fi
cat "$out/review.md" >> "$GITHUB_STEP_SUMMARY"
printf 'review=%s\njson=%s\ndiffers=%s\n' "$out/review.md" "$out/review.json" "$differs" >> "$GITHUB_OUTPUT"
