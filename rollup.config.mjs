import { globSync, readFileSync, rmSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import commonjs from '@rollup/plugin-commonjs';
import json from '@rollup/plugin-json';
import nodeResolve from '@rollup/plugin-node-resolve';
import { build as buildWithEsbuild } from 'esbuild';
import esbuild from 'rollup-plugin-esbuild';

const root = path.dirname(fileURLToPath(import.meta.url));
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

const inRoot = (...parts) => path.join(root, ...parts);
const find = (patterns, folder = root) =>
  globSync(patterns, { cwd: folder, exclude: ['**/node_modules/**', '**/dist/**'] }).sort();

/** `nodes/A/A.node.ts` → `{ 'nodes/A/A.node': '/…/nodes/A/A.node.ts' }`: the output mirrors the source. */
const mirrored = (files, folder = root) =>
  Object.fromEntries(files.map((file) => [file.replace(/\.tsx?$/, ''), path.join(folder, file)]));

/**
 * Files are overwritten in place rather than the folder being emptied first, because n8n's hot reload loses
 * its watch on a folder that goes away. What an earlier build left behind is removed afterwards instead.
 */
const removeStale = (folder, stale = ['**/*.js', '**/*.js.map'], keep = () => false) => ({
  name: 'remove-stale',
  writeBundle(_options, bundle) {
    for (const file of globSync(stale, { cwd: folder })) {
      if (bundle[file] === undefined && !keep(file)) {
        rmSync(path.join(folder, file));
      }
    }
  },
});

/** n8n reads icons, codex files and schema previews beside the built node. */
const copyBesideNodes = () => ({
  name: 'copy-beside-nodes',
  async writeBundle() {
    const assets = find([
      '{nodes,credentials}/**/*.{svg,png}',
      'nodes/**/*.node.json',
      'nodes/**/__schema__/**/*.json',
    ]);
    for (const asset of assets) {
      await mkdir(inRoot('dist', path.dirname(asset)), { recursive: true });
      await cp(inRoot(asset), inRoot('dist', asset));
    }
  },
});

/** Nodes and credentials: CommonJS, because n8n loads them with `require`; n8n supplies n8n-workflow. */
const nodes = () => {
  const entries = [...manifest.n8n.nodes, ...manifest.n8n.credentials].map((file) =>
    file.replace(/^dist\//, '').replace(/\.js$/, '.ts'),
  );
  return {
    input: mirrored(entries),
    external: ['n8n-workflow', ...builtinModules, /^node:/],
    plugins: [esbuild({ target: 'es2022' }), copyBesideNodes(), removeStale(inRoot('dist'))],
    output: {
      dir: inRoot('dist'),
      format: 'cjs',
      exports: 'named',
      preserveModules: true,
      preserveModulesRoot: root,
      entryFileNames: '[name].js',
    },
  };
};

/** The native helpers are loaded from beside the module that loads them. */
const copyHelpers = (folder, out) => ({
  name: 'copy-helpers',
  async writeBundle() {
    for (const helper of find(['webrtc/**/*.node'], folder)) {
      await mkdir(path.join(out, path.dirname(helper)), { recursive: true });
      await cp(path.join(folder, helper), path.join(out, helper));
    }
  },
});

/**
 * The runtime: one output file a source file, so that a child process is found under the same relative path
 * in `runtime/` and in `runtime/dist/`. Packages stay outside and come from `runtime/package.json`.
 */
const runtime = () => {
  const folder = inRoot('runtime');
  const out = path.join(folder, 'dist');
  return {
    input: mirrored(find(['main.ts', '*/**/*-process.ts'], folder), folder),
    external: (id) => !id.startsWith('.') && !path.isAbsolute(id),
    plugins: [
      json({ preferConst: true }),
      esbuild({ target: 'node24', tsconfig: path.join(folder, 'tsconfig.json') }),
      copyHelpers(folder, out),
      removeStale(out, undefined, (file) => file.startsWith('web/')),
    ],
    output: {
      dir: out,
      format: 'esm',
      preserveModules: true,
      preserveModulesRoot: folder,
      entryFileNames: '[name].js',
      sourcemap: true,
    },
  };
};

/** `import './style.css'`: bundled and minified by esbuild; what all pages' modules import ends in one file. */
const styles = (page) => {
  const sheets = new Map();
  return {
    name: 'styles',
    buildStart() {
      sheets.clear();
    },
    async load(id) {
      if (!id.endsWith('.css')) {
        return null;
      }
      const result = await buildWithEsbuild({
        entryPoints: [id],
        bundle: true,
        minify: true,
        write: false,
        target: ['chrome120', 'firefox120', 'safari17'],
        loader: { '.svg': 'dataurl', '.png': 'dataurl', '.woff2': 'dataurl' },
      });
      sheets.set(id, result.outputFiles[0].text);
      return { code: 'export {};', moduleSideEffects: 'no-treeshake' };
    },
    generateBundle() {
      if (sheets.size > 0) {
        this.emitFile({ type: 'asset', name: `${page}.css`, source: [...sheets.values()].join('') });
      }
    },
  };
};

/**
 * Writes `<page>.html` from the page's `index.html`: its `<script type="module" src="./main.tsx">` gets the
 * built name, and the style sheet is linked in the head. A `<link>` to a sheet of the source is dropped.
 */
const html = (page, source) => ({
  name: 'html',
  async buildStart() {
    this.addWatchFile(source);
  },
  async generateBundle(_options, bundle) {
    const text = await readFile(source, 'utf8');
    const files = Object.values(bundle);
    const script = files.find((file) => file.type === 'chunk' && file.isEntry);
    const sheet = files.find((file) => file.fileName.endsWith('.css'));
    const link = sheet ? `<link rel="stylesheet" href="/${sheet.fileName}" />` : '';
    const built = text
      .replace(/\s*<link\b[^>]*href="(?:\.\/)?[\w-]+\.css"[^>]*>/g, '')
      .replace(/src="(?:\.\/)?main\.tsx"/, `src="/${script.fileName}"`)
      .replace('</head>', `  ${link}\n  </head>`);
    if (!built.includes(script.fileName)) {
      this.error(`${source} has no <script type="module" src="./main.tsx">`);
    }
    this.emitFile({ type: 'asset', fileName: `${page}.html`, source: built });
  },
});

/** One page: `runtime/web/<page>/` → `runtime/dist/web/<page>.html` and `runtime/dist/web/assets/<page>-*.{js,css}`. */
const page = (name) => {
  const folder = inRoot('runtime', 'web', name);
  const out = inRoot('runtime', 'dist', 'web');
  return {
    input: { [name]: path.join(folder, 'main.tsx') },
    plugins: [
      styles(name),
      nodeResolve({ browser: true, extensions: ['.mjs', '.js', '.json', '.ts', '.tsx'] }),
      commonjs(),
      json(),
      esbuild({ target: 'es2022', jsx: 'automatic', jsxImportSource: 'preact', minify: true }),
      html(name, path.join(folder, 'index.html')),
      removeStale(out, [`assets/${name}-*`]),
    ],
    output: {
      dir: out,
      format: 'esm',
      entryFileNames: 'assets/[name]-[hash].js',
      chunkFileNames: `assets/${name}-[name]-[hash].js`,
      assetFileNames: 'assets/[name]-[hash][extname]',
    },
  };
};

const parts = {
  nodes: () => [nodes()],
  runtime: () => [runtime()],
  pages: () => find(['*/main.tsx'], inRoot('runtime', 'web')).map((file) => page(path.dirname(file))),
};

/** `rollup -c` builds everything; `rollup -c --configPart nodes` (or `runtime`, `pages`) one part. */
export default (args) => {
  const wanted = args.configPart === undefined ? Object.keys(parts) : [args.configPart].flat();
  return wanted.flatMap((name) => {
    const part = parts[name];
    if (part === undefined) {
      throw new Error(`No part "${name}" to build; there are ${Object.keys(parts).join(', ')}.`);
    }
    return part();
  });
};
