import type { ValidateFunction } from 'ajv';
import {
  graphDocumentVersion,
  graphEventTypes,
  graphStepTypes,
  nodeIdPattern,
  type StepType,
} from '../../contract/index.ts';
import { compile, complaintsOf } from './complaints.ts';
import { MAX_NODES, shellSchema } from './document-schema.ts';
import type { Draft, DraftNode } from './draft.ts';
import { nearest } from './nearest.ts';
import { eventShellSchema, stepNodeSchema } from './node-schema.ts';
import { listed, pointerTo, type Finding } from './problem.ts';

/** Compiled when they are first needed: all of them together take a third of a second. */
const stepNodes = new Map<StepType | null, ValidateFunction>();
let shell: ValidateFunction | undefined;
let eventNode: ValidateFunction | undefined;
const isShell = (): ValidateFunction => (shell ??= compile(shellSchema));
const isEventNode = (): ValidateFunction => (eventNode ??= compile(eventShellSchema));
function isStepNode(type: StepType | null): ValidateFunction {
  const known = stepNodes.get(type) ?? compile(stepNodeSchema(type));
  stepNodes.set(type, known);
  return known;
}

/** What is wrong with a document but for its nodes; null when it is none that could be looked into. */
export function shellFindings(document: Record<string, unknown>): Finding[] {
  const { version } = document;
  if (typeof version === 'number' && version !== graphDocumentVersion) {
    // Everything else may mean something else there.
    return [
      {
        code: 'unsupported-version',
        pointer: '/version',
        message: `is a version that this runtime does not read; it reads version ${graphDocumentVersion}`,
        suggestion: String(graphDocumentVersion),
      },
    ];
  }
  return complaintsOf(isShell(), document, '');
}

/** What is wrong with how many nodes there are, and with their names. */
export function nodeNameFindings(nodes: Record<string, unknown>): Finding[] {
  const ids = Object.keys(nodes);
  if (ids.length === 0) {
    return [
      {
        code: 'empty-graph',
        pointer: '/nodes',
        message: 'holds no node; a graph has at least an event node and a step node',
        suggestion: null,
      },
    ];
  }
  if (ids.length > MAX_NODES) {
    return [
      {
        code: 'invalid-value',
        pointer: '/nodes',
        message: `holds more than ${MAX_NODES} nodes; make several graphs of them`,
        suggestion: null,
      },
    ];
  }
  const pattern = new RegExp(nodeIdPattern);
  return ids
    .filter((id) => !pattern.test(id) || id in Object.prototype)
    .map((id) => ({
      code: 'invalid-node-id',
      pointer: pointerTo('/nodes', id),
      message:
        'has a name that references cannot begin with: a letter, then at most 63 letters, digits, _ and -, and none of the names that every object has',
      suggestion: properName(id, ids),
    }));
}

/** A name as near to the given one as names may be. */
function properName(id: string, taken: readonly string[]): string | null {
  const name = id
    .slice(0, 64)
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^[^A-Za-z]+/, '');
  return name === '' || name in Object.prototype || taken.includes(name) ? null : name;
}

/** What is wrong with the shape of the nodes, each looked at as what it says it is. */
export function nodeFindings(draft: Draft): Finding[] {
  return [...draft.values()].flatMap((node) => findingsIn(node));
}

function findingsIn(node: DraftNode): Finding[] {
  const { pointer, raw } = node;
  switch (node.kind) {
    case 'broken':
      return [brokenNode(node)];
    case 'event':
      return [
        ...(node.type === null
          ? [unknownName('unknown-event', pointerTo(pointer, 'on'), raw['on'], graphEventTypes)]
          : []),
        ...complaintsOf(isEventNode(), raw, pointer),
      ];
    case 'step':
      return [
        ...(node.type === null
          ? [unknownName('unknown-step', pointerTo(pointer, 'do'), raw['do'], graphStepTypes)]
          : []),
        ...complaintsOf(isStepNode(node.type), raw, pointer),
      ];
    default:
      return node satisfies never;
  }
}

function brokenNode({ pointer, raw }: DraftNode): Finding {
  if (Object.keys(raw).length === 0) {
    return {
      code: 'invalid-value',
      pointer,
      message: 'must be an object: an event node (on) or a step node (do)',
      suggestion: null,
    };
  }
  return Object.hasOwn(raw, 'on')
    ? {
        code: 'invalid-value',
        pointer,
        message: 'is an event node (on) and a step node (do) at once; make two nodes of it',
        suggestion: null,
      }
    : {
        code: 'missing-property',
        pointer: pointerTo(pointer, 'do'),
        message: 'is missing: a node has on (which event it waits for) or do (which step it starts)',
        suggestion: null,
      };
}

function unknownName(
  code: 'unknown-event' | 'unknown-step',
  pointer: string,
  name: unknown,
  known: readonly string[],
): Finding {
  const suggestion = typeof name === 'string' ? nearest(name, known) : null;
  const message =
    code === 'unknown-step'
      ? `is no step that a graph can start. Known: ${listed(known)}`
      : 'is no event that a graph can wait for; GET /v2/graphs/schema names them all';
  return { code, pointer, message, suggestion };
}
