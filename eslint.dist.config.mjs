import communityNodes from '@n8n/eslint-plugin-community-nodes';
import nodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';

/**
 * What n8n's scanner looks at once a package is published: the built files and the manifest, with comments
 * that turn rules off being ignored. `eslint --config eslint.dist.config.mjs dist package.json`.
 */
export default tseslint.config(
  { ignores: ['**/node_modules/**', 'runtime/**'] },
  {
    files: ['dist/**/*.js', 'package.json'],
    extends: [communityNodes.configs.recommended],
    linterOptions: { noInlineConfig: true },
    rules: { 'no-console': 'error' },
  },
  {
    files: ['package.json'],
    languageOptions: { parser: tseslint.parser, parserOptions: { extraFileExtensions: ['.json'] } },
    plugins: { 'n8n-nodes-base': nodesBase },
    rules: nodesBase.configs.community.rules,
  },
);
