#!/usr/bin/env bash
# deploy-image-files.sh FOLDER writes the files of the image to FOLDER.
#
# The Dockerfile and the checks of .ci/run both use it, so the checked files are the deployed ones. Needs the
# development dependencies. dist/ holds the migrations and the SQL functions as well (scripts/build.ts).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=$1

node scripts/build.ts
mkdir -p "$target"
cp -R dist "$target/dist"
mkdir -p "$target/infra"
cp infra/*.generated.json "$target/infra/"
cp package.json package-lock.json "$target/"
# Optional dependencies are Node itself, which the base image has.
npm ci --prefix "$target" --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
# The native part of the Python interpreter is optional for npm, because each platform has its own, but the image needs
# it.
cp -R node_modules/@pydantic/monty-* "$target/node_modules/@pydantic/"
