/** Where an expression takes its value from: the incoming item, or the item of a node by its name. */
export type Source = { kind: 'item' } | { kind: 'node'; name: string };

/** What a parameter of an n8n node says. */
export type Expression =
  | { kind: 'literal'; value: unknown }
  | { kind: 'path'; source: Source; path: readonly string[] }
  /** The stepId of the tap before, if there is one: what Record takes by default. */
  | { kind: 'tap-before' }
  /** Anything with logic in it, or several values put together. */
  | { kind: 'logic'; text: string };

const key = String.raw`(?:\.[A-Za-z_$][\w$]*|\[\s*(?:"[^"\\]*"|'[^'\\]*')\s*\])`;
const lastKey = new RegExp(`^(.+)(${key})$`, 's');
/** Longer ones compute something. */
const longestPath = 500;
const quoted = String.raw`(?:"(?<double>[^"\\]+)"|'(?<single>[^'\\]+)')`;
const itemSources = [/^\$json$/, /^\$input\.item\.json$/, /^\$input\.(?:first|last)\(\)\.json$/];
const nodeSources = [
  new RegExp(String.raw`^\$\(\s*${quoted}\s*\)\.(?:item|first\(\)|last\(\))\.json$`),
  new RegExp(String.raw`^\$node\[\s*${quoted}\s*\]\.json$`),
];
const tapBefore = /^\$json\.step\s*===?\s*(["'])tap\1\s*\?\s*\$json\.stepId\s*:\s*(["'])\2$/;

function sourceOf(text: string): Source | null {
  if (itemSources.some((pattern) => pattern.test(text))) {
    return { kind: 'item' };
  }
  for (const pattern of nodeSources) {
    const groups = pattern.exec(text)?.groups;
    const name = groups?.['double'] ?? groups?.['single'];
    if (name !== undefined) {
      return { kind: 'node', name };
    }
  }
  return null;
}

/** `.a` or `["a"]` → `a` */
const nameOf = (part: string): string =>
  part.startsWith('.') ? part.slice(1) : part.slice(1, -1).trim().slice(1, -1);

/** Takes keys off the end until what is left is where items come from. */
function pathExpression(code: string): Expression | null {
  if (code.length > longestPath) {
    return null;
  }
  const path: string[] = [];
  for (let match = lastKey.exec(code.replaceAll('?.', '.')); match; match = lastKey.exec(match[1] ?? '')) {
    const [, before = '', part = ''] = match;
    path.unshift(nameOf(part));
    const source = sourceOf(before);
    if (source !== null) {
      return { kind: 'path', source, path };
    }
  }
  return null;
}

/** What a value of a parameter means in n8n: a text that begins with `=` is an expression. Pure. */
export function readExpression(value: unknown): Expression {
  if (typeof value !== 'string' || !value.startsWith('=')) {
    return { kind: 'literal', value };
  }
  const text = value.slice(1);
  if (!text.includes('{{')) {
    return { kind: 'literal', value: text };
  }
  const code = /^\s*\{\{(.*)\}\}\s*$/s.exec(text)?.[1]?.trim();
  if (code === undefined || code.includes('{{')) {
    return { kind: 'logic', text: value };
  }
  if (tapBefore.test(code)) {
    return { kind: 'tap-before' };
  }
  return pathExpression(code) ?? { kind: 'logic', text: value };
}
