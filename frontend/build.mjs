// Builds what browsers load into app/web/static/dist: minified, named by content, listed in manifest.json.
// `npm ci --ignore-scripts && npm run build` is all it takes; nothing built is kept in the repository.
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'
import * as sass from 'sass'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const target = path.join(root, 'app/web/static/dist')
const browsers = ['chrome109', 'edge109', 'firefox115', 'safari16']

const scripts = ['portal.js', 'console.js', 'api-docs.js']
const styles = ['portal.scss', 'console.scss', 'api-docs.scss']
const copies = { 'favicon.svg': 'frontend/images/favicon.svg' }

// Sass compiles; esbuild then minifies and brings along, under hashed names, the images that the styles ask for.
const sassPlugin = {
  name: 'sass',
  setup(build) {
    build.onLoad({ filter: /\.scss$/ }, (args) => {
      const result = sass.compile(args.path, {
        loadPaths: [root],
        quietDeps: true,
        logger: { warn: warnOfOurs },
        importers: [{ findFileUrl: (url) => (url.startsWith('node_modules/') ? new URL(url, pathToFileURL(root + '/')) : null) }]
      })
      return { contents: result.css, loader: 'css', resolveDir: root, watchFiles: result.loadedUrls.map(fileURLToPath) }
    })
  }
}

// Other people's styles warn about their own other people's styles; only what is wrong in ours is worth reading.
function warnOfOurs(message, { span, stack }) {
  if (!`${span?.url ?? ''}${stack ?? ''}`.includes('node_modules')) console.warn(message, stack ?? '')
}

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  metafile: true,
  outdir: target,
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  legalComments: 'linked',
  target: browsers,
  logLevel: 'warning',
  loader: { '.svg': 'file', '.png': 'file' }
}

function outputs(result) {
  return Object.entries(result.metafile.outputs)
    .filter(([, output]) => output.entryPoint)
    .map(([file, output]) => [path.basename(output.entryPoint).replace(/\.scss$/, '.css'), path.basename(file)])
}

async function copy([name, source], folder) {
  const content = await readFile(path.join(root, source))
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 8)
  const { name: stem, ext } = path.parse(name)
  const hashed = `${stem}-${digest}${ext}`
  await writeFile(path.join(folder, hashed), content)
  return [name, hashed]
}

async function squeeze(folder) {
  for (const name of await readdir(folder)) {
    if (!/\.(js|css|svg)$/.test(name)) continue
    await writeFile(path.join(folder, `${name}.gz`), gzipSync(await readFile(path.join(folder, name)), { level: 9 }))
  }
}

// Built beside the target and moved into place at the end, so a running server never sees half a build.
await mkdir(path.dirname(target), { recursive: true })
const folder = await mkdtemp(path.join(path.dirname(target), '.dist-'))
try {
  const built = await Promise.all([
    esbuild.build({ ...common, outdir: folder, format: 'iife', entryPoints: scripts.map((name) => `frontend/js/${name}`) }),
    esbuild.build({ ...common, outdir: folder, plugins: [sassPlugin], entryPoints: styles.map((name) => `frontend/scss/${name}`) })
  ])
  const copied = await Promise.all(Object.entries(copies).map((entry) => copy(entry, folder)))
  const manifest = Object.fromEntries([...built.flatMap(outputs), ...copied].sort())
  await squeeze(folder)
  await writeFile(path.join(folder, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n')
  await rm(target, { recursive: true, force: true })
  await chmod(folder, 0o755)
  await rename(folder, target)
  console.log(`Built ${Object.keys(manifest).length} assets into ${path.relative(root, target)}`)
} catch (problem) {
  await rm(folder, { recursive: true, force: true })
  throw problem
}
