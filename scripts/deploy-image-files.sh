#!/usr/bin/env bash
# deploy-image-files.sh FOLDER: lays out in FOLDER what the image holds, and nothing else.
#
# The Dockerfile and the verification both use it, so what is tested is what is deployed. Needs the development dependencies installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=$1

node scripts/build.ts
mkdir -p "$target"
cp -R dist "$target/dist"
mkdir -p "$target/migrations" "$target/infra"
cp migrations/*.sql "$target/migrations/"
cp infra/*.generated.json "$target/infra/"
cp package.json package-lock.json "$target/"
# The base image brings Node itself, and every other package that we import is a dependency of ours.
npm ci --prefix "$target" --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
# But for the Python interpreter's native half, which npm counts as optional because there is one for each platform.
cp -R node_modules/@pydantic/monty-* "$target/node_modules/@pydantic/"
