import { RoomflowError, type GraphDocument, type GraphProblem } from '../../contract/index.ts';
import { conditionFindings } from './condition-checks.ts';
import { draftOf, isRecord } from './draft.ts';
import { edgeFindings } from './edge-checks.ts';
import { sizeFindings } from './size.ts';
import { paramFindings } from './param-checks.ts';
import { inOrder, type Finding } from './problem.ts';
import { receivedAt } from './received.ts';
import { referenceFindings } from './reference-checks.ts';
import { nodeFindings, nodeNameFindings, shellFindings } from './shape.ts';

/** Everything that is wrong with a document, in the order of the pointers; none when it can run. Pure; throws nothing. */
export function validateDocument(value: unknown): GraphProblem[] {
  return inOrder(findingsIn(value)).map((finding) => {
    const received = receivedAt(value, finding.pointer);
    const quoted = received === null ? '' : `; received ${JSON.stringify(received)}`;
    return { ...finding, message: `${finding.message}${quoted}`, received };
  });
}

/**
 * The document, once it is known to be one that can run.
 *
 * @throws RoomflowError `invalid-graph`, with every problem in its details
 */
export function parseDocument(value: unknown): GraphDocument {
  const problems = validateDocument(value);
  if (problems.length > 0) {
    const shown = problems.slice(0, 3).map(({ pointer, message }) => `${pointer || 'It'} ${message}`);
    const more = problems.length > shown.length ? `; and ${problems.length - shown.length} more` : '';
    throw new RoomflowError('invalid-graph', `The graph document is not valid: ${shown.join('; ')}${more}.`, {
      details: problems,
    });
  }
  return value as GraphDocument;
}

function findingsIn(value: unknown): Finding[] {
  if (!isRecord(value)) {
    return [
      {
        code: 'not-a-document',
        pointer: '',
        message: 'is no graph document: an object with version, name and nodes',
        suggestion: null,
      },
    ];
  }
  const tooLarge = sizeFindings(value);
  if (tooLarge.length > 0) {
    return tooLarge;
  }
  const shell = shellFindings(value);
  const { nodes } = value;
  if (!isRecord(nodes) || shell.some(({ code }) => code === 'unsupported-version')) {
    return shell;
  }
  const names = nodeNameFindings(nodes);
  if (names.some(({ pointer }) => pointer === '/nodes')) {
    return [...shell, ...names];
  }
  const draft = draftOf(nodes);
  return [
    ...shell,
    ...names,
    ...nodeFindings(draft),
    ...edgeFindings(draft),
    ...referenceFindings(draft),
    ...paramFindings(draft),
    ...conditionFindings(draft),
  ];
}
