# The server as an unprivileged user. While it serves loopback alone, run it in the host's network:
#   docker build --tag proxy-ledger . && docker run --network host --volume proxy-ledger:/data proxy-ledger
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.mjs scripts/
COPY src src
RUN node scripts/build.mjs && npm prune --omit=dev

FROM node:20-bookworm-slim
ENV NODE_ENV=production DATA_DIR=/data
RUN mkdir /data && chown node:node /data
USER node
WORKDIR /app
COPY --from=build --chown=root:root /app/package.json ./
COPY --from=build --chown=root:root /app/node_modules node_modules
COPY --from=build --chown=root:root /app/dist dist
VOLUME /data
ENTRYPOINT ["node", "--enable-source-maps", "dist/main.js"]
CMD ["serve"]
