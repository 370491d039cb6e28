#!/bin/sh
# A sprint with sh, curl and grep: sign up, start, wait, list the files, download them.
# Use: sh examples/sprint.sh "Build a counter: a page with a button, and a small API"
set -eu

URL=${APEXFLOW_URL:-http://localhost:8080}/api/v1
TASK=${1:-Build a counter: a page with a button, and a small API}
TOKEN=

# call PATH [OPTION...]: a request with the token; with -d it is a POST.
call() {
  path=$1
  shift
  curl -sS --fail-with-body "$URL$path" -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' "$@"
}

# field NAME: the first string of this name in the JSON on standard input. Use jq for anything more.
field() { grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }

# quoted TEXT: the text as a JSON string.
quoted() { printf '"%s"' "$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g')"; }

TOKEN=$(call /auth/register -d "{\"email\":\"you-$(date +%s)-$$@example.com\",\"password\":\"correct-horse-battery\",\"display_name\":\"You\"}" | field access_token)

# The same Idempotency-Key again would answer the same sprint: a POST that is repeated after a broken connection starts
# one.
SPRINT=$(call /sprints -H "idempotency-key: sprint-$$-$(date +%s)" -d "{\"task\":$(quoted "$TASK")}" | field id)
echo "started $SPRINT"

while
  STATUS=$(call "/sprints/$SPRINT" | field status)
  [ "$STATUS" = queued ] || [ "$STATUS" = running ]
do
  sleep 1
done
echo "$SPRINT is $STATUS"

call "/sprints/$SPRINT/files"
echo
call "/sprints/$SPRINT/download" -X POST -o "$SPRINT.zip"
echo "wrote $SPRINT.zip"
[ "$STATUS" = completed ]
