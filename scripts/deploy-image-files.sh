#!/usr/bin/env bash
# deploy-image-files.sh FOLDER: creates the files of the image in FOLDER.
#
# The Dockerfile and .ci/run both use it, so the tested files are the deployed files. Needs the development
# dependencies.
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
# Optional packages are left out: the base image has Node already.
npm ci --prefix "$target" --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
# The native part of the Python interpreter is needed. npm counts it as optional, because there is one per platform.
cp -R node_modules/@pydantic/monty-* "$target/node_modules/@pydantic/"
