/**
 * The floors of the house, bottom up (docs/architecture.md). A file may import its own floor, through the
 * index of a sibling folder, and the floors below; never one above.
 */
const floors = [
  ['contract', 'config', 'diagram'],
  ['store', 'media', 'webrtc'],
  ['steps', 'rooms', 'events'],
  ['graph'],
  ['worker'],
  ['api'],
];
const folders = (names) => `^runtime/(${names.join('|')})/`;

const door = '^runtime/.+/index\\.ts$';

/** main.ts and what lies beside it: the command line. */
const topFloor = '^runtime/[^/]+\\.ts$';

const noImportFromAbove = floors.slice(0, -1).map((floor, level) => ({
  name: `floor-${floor.join('-')}`,
  comment: `${floor.join(', ')} must not know of the floors above`,
  severity: 'error',
  from: { path: folders(floor) },
  to: { path: [folders(floors.slice(level + 1).flat()), topFloor] },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...noImportFromAbove,
    {
      name: 'only-main-starts',
      comment: 'The command line is the top: nothing below imports it',
      severity: 'error',
      from: { path: '^runtime/', pathNot: topFloor },
      to: { path: topFloor },
    },
    {
      name: 'through-the-door',
      comment: 'Another folder of the runtime is entered through its index.ts, never through a file inside',
      severity: 'error',
      from: { path: '^runtime/([^/]+)/' },
      to: { path: '^runtime/[^/]+/.', pathNot: ['^runtime/$1/', 'node_modules/', door] },
    },
    {
      name: 'main-through-the-door',
      severity: 'error',
      from: { path: topFloor },
      to: { path: '^runtime/[^/]+/.', pathNot: ['node_modules/', door] },
    },
    {
      name: 'contract-stands-alone',
      comment: 'The contract is what all share: it knows nothing of the runtime',
      severity: 'error',
      from: { path: '^runtime/contract/' },
      to: { path: '^runtime/', pathNot: '^runtime/contract/' },
    },
    {
      name: 'diagram-stands-alone',
      comment: 'Diagrams are laid out in browsers too: nothing of the runtime or of Node is in them',
      severity: 'error',
      from: { path: '^runtime/diagram/' },
      to: { path: '^runtime/', pathNot: '^runtime/diagram/' },
    },
    {
      name: 'media-knows-no-rooms',
      severity: 'error',
      from: { path: '^runtime/media/' },
      to: { path: '^runtime/(webrtc|store)/' },
    },
    {
      name: 'nodes-take-types-only',
      comment: 'Nodes are thin: of the runtime they take the types of its contract and nothing else',
      severity: 'error',
      from: { path: '^(nodes|credentials)/' },
      to: { path: '^runtime/', pathNot: '^runtime/contract/index\\.ts$' },
    },
    {
      name: 'nodes-run-without-the-runtime',
      comment: 'A value import would put the runtime into the n8n package',
      severity: 'error',
      from: { path: '^(nodes|credentials)/' },
      to: { path: '^runtime/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nodes-need-only-n8n',
      comment: 'The n8n package has no runtime dependencies and may use no built-in modules',
      severity: 'error',
      from: { path: '^(nodes|credentials)/' },
      to: { pathNot: ['^(nodes|credentials|runtime)/', 'node_modules/n8n-workflow/'] },
    },
    {
      name: 'pages-take-types-only',
      comment:
        'Pages run in a browser: of the runtime they take the types of its contract, and how diagrams are laid out',
      severity: 'error',
      from: { path: '^runtime/web/' },
      to: { path: '^runtime/(?!web/|diagram/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'runtime-does-not-import-pages',
      severity: 'error',
      from: { path: '^runtime/(?!web/)' },
      to: { path: '^runtime/web/' },
    },
    {
      name: 'one-door-to-ffmpeg',
      comment: 'fluent-ffmpeg is archived upstream: only media/ffmpeg may know of it',
      severity: 'error',
      from: { pathNot: '^runtime/media/ffmpeg(/|\\.ts$)' },
      to: { path: 'node_modules/(fluent-ffmpeg|@types/fluent-ffmpeg)/' },
    },
    {
      name: 'one-door-to-werift',
      comment: 'werift and the mending of its defects stay in webrtc',
      severity: 'error',
      from: { path: '^runtime/', pathNot: '^runtime/webrtc/' },
      to: { path: 'node_modules/(werift|werift-[^/]+)/' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphan-imports',
      comment: 'An import that is not found would only be noticed when it runs',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared-packages',
      comment: 'What a package imports stands in its own package.json',
      severity: 'error',
      from: { path: '^runtime/(?!web/)' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
