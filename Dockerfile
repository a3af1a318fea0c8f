# One image for the web process and the workers:
#   docker build -t lockstep .
#   web:    docker run --env-file .env -p 3000:3000 lockstep
#   worker: docker run --env-file .env lockstep npm run worker

FROM node:22-slim AS base
WORKDIR /app
# Prisma's WASM engines need no OpenSSL; npm's own update check has no place here.
ENV CHECKPOINT_DISABLE=1 NPM_CONFIG_UPDATE_NOTIFIER=false

FROM base AS packages
COPY package.json package-lock.json ./
# Not `npm ci`: it demands the optional packages of every platform in the lock file.
RUN npm install --include=dev --no-audit --no-fund

FROM packages AS build
COPY . .
RUN DATABASE_URL=postgresql://localhost/lockstep npm run generate && NODE_ENV=production npm run build

FROM base AS production-packages
COPY package.json package-lock.json ./
RUN npm install --omit=dev --no-audit --no-fund && npm cache clean --force

FROM base
ENV NODE_ENV=production PORT=3000
COPY --from=production-packages /app/node_modules ./node_modules
COPY package.json tsconfig.json prisma.config.ts ./
COPY prisma ./prisma
# The worker runs the sources through tsx.
COPY app ./app
COPY --from=build /app/generated ./generated
COPY --from=build /app/build ./build
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["npm", "run", "docker-start"]
