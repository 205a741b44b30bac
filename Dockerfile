# The server, as a user without rights that has to write to /data alone. compose.yaml runs it beside a MongoDB, and
# docs/operations.md tells how to run it otherwise. Its Node is an LTS version that the tests run on too.
FROM node:24-trixie-slim AS base
WORKDIR /app
COPY .npmrc package.json package-lock.json ./

FROM base AS dependencies
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM base AS build
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.mjs scripts/
COPY src src
RUN node scripts/build.mjs && rm dist/.stamp dist/.tsbuildinfo dist/console/.stamp
RUN chmod 755 dist/main.js && mkdir bin && ln -s ../dist/main.js bin/proxy-ledger
RUN mkdir -m 700 data

FROM node:24-trixie-slim
# No HOST but this one is reached from outside of the container; it is refused without AUTH and PUBLIC_URL.
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps PATH=/app/bin:$PATH
ENV HOST=0.0.0.0 PORT=4000 AUTH=required DATA_DIR=/data
WORKDIR /app
COPY package.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/bin bin
COPY scripts/container/healthcheck.mjs ./
COPY --from=build --chown=node:node /app/data /data
# That user, by number: so whoever runs the image can tell that it is not the superuser.
USER 1000:1000
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=5s --timeout=6s --start-period=60s CMD ["node", "healthcheck.mjs"]
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve"]
