import { describe, expect, it } from 'vitest';
import { graphProblemCodes } from '../../../../runtime/contract/index.ts';
import { validateDocument } from '../../../../runtime/graph/index.ts';
import { badDocuments } from './corpus/index.ts';

describe('a document that must not run', () => {
  it.each(badDocuments)('%s', (_why, document, problems) => {
    expect(validateDocument(document).map(({ pointer, code }) => [pointer, code])).toEqual(problems);
  });

  it('is in a corpus that has every code', () => {
    const codes = new Set(badDocuments.flatMap(([, , problems]) => problems.map(([, code]) => code)));
    expect([...codes].sort()).toEqual([...graphProblemCodes].sort());
    expect(badDocuments.length).toBeGreaterThanOrEqual(80);
  });
});
