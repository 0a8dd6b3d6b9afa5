import path from 'node:path';
import { fileURLToPath } from 'node:url';
import communityNodes from '@n8n/eslint-plugin-community-nodes';
import nodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';

const root = path.dirname(fileURLToPath(import.meta.url));

/** Rules for all TypeScript of the repository, with types. */
const typescript = {
  files: ['**/*.ts', '**/*.tsx'],
  extends: [tseslint.configs.strictTypeChecked],
  languageOptions: {
    parserOptions: {
      project: ['tsconfig.json', 'runtime/tsconfig.json', 'runtime/web/tsconfig.json', 'test/tsconfig.json'],
      tsconfigRootDir: root,
    },
  },
  linterOptions: { reportUnusedDisableDirectives: 'error' },
  rules: {
    eqeqeq: 'error',
    'no-console': 'error',
    'no-debugger': 'error',
    // `import { type A }` alone would leave an import of the module behind; nodes may import types only.
    '@typescript-eslint/no-import-type-side-effects': 'error',
    '@typescript-eslint/consistent-type-imports': 'error',
    '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    // Numbers and booleans in a message are meant; objects are not.
    '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    // Takes the sockets of @fastify/websocket, which are made by ws, for values of some other class.
    '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    // Typed wire answers are read as `call<Room>(…)`: the parameter stands for a promise of the contract.
    '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    // A literal compared with `=== true` is how a value of type unknown or boolean is read from n8n.
    '@typescript-eslint/no-unnecessary-boolean-literal-compare': 'off',
    // An interface's async method need not await; a promise that rejects is then still a promise.
    '@typescript-eslint/require-await': 'off',
  },
};

/** Programs that speak to a person at a terminal. */
const terminal = {
  files: ['runtime/main.ts', 'runtime/main/**/*.ts', 'demo/**/*.ts', 'bench/**/*.ts', 'test/support/**/*.ts'],
  rules: { 'no-console': 'off' },
};

const tests = {
  files: ['test/**/*.ts'],
  rules: {
    '@typescript-eslint/no-non-null-assertion': 'off',
    '@typescript-eslint/unbound-method': 'off',
  },
};

/** n8n's rules for packages of the community, as its scanner applies them. */
const community = {
  files: ['nodes/**/*.ts', 'credentials/**/*.ts', 'package.json'],
  extends: [communityNodes.configs.recommended],
};

const nodeRules = {
  files: ['nodes/**/*.ts'],
  plugins: { 'n8n-nodes-base': nodesBase },
  rules: {
    ...nodesBase.configs.nodes.rules,
    // They ask for `['main']`, where the newer rule node-connection-type-literal asks for the constant.
    'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
    'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
  },
};

const credentialRules = {
  files: ['credentials/**/*.ts'],
  plugins: { 'n8n-nodes-base': nodesBase },
  rules: {
    ...nodesBase.configs.credentials.rules,
    // Written for n8n's own repository, whose documentation URLs are slugs.
    'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
  },
};

const manifestRules = {
  files: ['package.json'],
  plugins: { 'n8n-nodes-base': nodesBase },
  rules: nodesBase.configs.community.rules,
};

/** The manifest is read as an expression, which is how n8n's rules look at it. */
const manifest = {
  files: ['package.json'],
  languageOptions: {
    parser: tseslint.parser,
    parserOptions: { extraFileExtensions: ['.json'] },
  },
};

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/**',
      '**/dist/**',
      '.n8n-host/**',
      '.roomflow/**',
      'artifacts/**',
      'coverage/**',
      'data/**',
      '**/*.mjs',
      '**/*.cjs',
      'vitest.config.ts',
    ],
  },
  typescript,
  terminal,
  tests,
  manifest,
  community,
  nodeRules,
  credentialRules,
  manifestRules,
);
