import type { BadDocument } from './bad-document.ts';
import { conditions } from './conditions.ts';
import { edges } from './edges.ts';
import { hostile } from './hostile.ts';
import { params } from './params.ts';
import { references } from './references.ts';
import { shape } from './shape.ts';

export type { BadDocument } from './bad-document.ts';

/** Documents that must not run, each with every problem it has. */
export const badDocuments: readonly BadDocument[] = [
  ...shape,
  ...edges,
  ...params,
  ...references,
  ...conditions,
  ...hostile,
];
