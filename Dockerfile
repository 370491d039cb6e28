# One image for all functions. Each service selects its function with FUNCTION_SOURCE and FUNCTION_TARGET. The image
# contains no secrets; they are environment variables at run time.
#
#   docker build --target runtime -t apexflow .           every function except the sandbox
#   docker build --target sandbox -t apexflow-sandbox .   the services that run the team's commands and code

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN bash scripts/deploy-image-files.sh /app

FROM node:24.21.0-bookworm-slim AS runtime
WORKDIR /app
ENV NODE_ENV=production NODE_COMPILE_CACHE=/var/cache/apexflow
# push_repository and the sync of a memory run git here, over HTTPS, which needs the certificates of public CAs.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates git \
  && rm -rf /var/lib/apt/lists/* \
  && mkdir /var/cache/apexflow \
  && chown node:node /var/cache/apexflow
COPY --from=build /app /app
USER node
RUN node dist/scripts/deploy-fill-compile-cache.js
# Node is process 1, so it receives SIGTERM.
CMD ["node", "dist/functions/platform/serve.js"]

# Cloud Run's sandbox launcher must run as root. Sandboxed commands can use git, Python and Node, and can read everything
# in this image.
FROM runtime AS sandbox
USER root
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 python3-venv python3-pip \
  && rm -rf /var/lib/apt/lists/* \
  && node dist/scripts/deploy-fill-compile-cache.js

# The default target of a build.
FROM runtime
