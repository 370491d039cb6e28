# One image is all functions: each service names its own by FUNCTION_SOURCE and FUNCTION_TARGET. No secret goes in; they come as environment at run time.
#
#   docker build --target runtime -t apexflow .           every function but the sandbox
#   docker build --target sandbox -t apexflow-sandbox .   the service that runs agents' commands

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN bash scripts/deploy-image-files.sh /app

FROM node:24.21.0-bookworm-slim AS runtime
WORKDIR /app
ENV NODE_ENV=production NODE_COMPILE_CACHE=/var/cache/apexflow
# push_repository and the sync of a memory run git here, outside of every workspace; over https, so it needs the public authorities.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates git \
  && rm -rf /var/lib/apt/lists/* \
  && mkdir /var/cache/apexflow \
  && chown node:node /var/cache/apexflow
COPY --from=build /app /app
USER node
RUN node dist/scripts/deploy-fill-compile-cache.js
# Node is the first process and gets SIGTERM itself.
CMD ["node", "dist/functions/platform/serve.js"]

# Cloud Run's sandbox program must be called by root, and the commands find git, Python and Node. Everything in this image is readable to them.
FROM runtime AS sandbox
USER root
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 python3-venv python3-pip \
  && rm -rf /var/lib/apt/lists/* \
  && node dist/scripts/deploy-fill-compile-cache.js

# A build that names no target gets the one that serves.
FROM runtime
