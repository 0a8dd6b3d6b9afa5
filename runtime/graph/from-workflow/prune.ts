import { isEventNode, type GraphDocument, type GraphProblem } from '../../contract/index.ts';
import { validateDocument } from '../documents/index.ts';

const nodeOf = (pointer: string): string => pointer.split('/')[2] ?? '';

/**
 * Takes steps out of a document whose event cannot start or end them, or never matches, with what they feed and with
 * event nodes that have nothing to do then. What a person can still fill in stays.
 *
 * @param leftOut told the id of each step, and why
 */
export function prune(document: GraphDocument, leftOut: (nodeId: string, reason: string) => void): void {
  const { nodes } = document;
  const eventOf = (id: string): string => {
    const node = nodes[id];
    return node === undefined ? '' : isEventNode(node) ? node.on : eventOf(node.from);
  };
  const remove = (id: string, reason: string): void => {
    const node = nodes[id];
    if (node === undefined) {
      return;
    }
    for (const [fed, { from, until }] of stepsOf(nodes)) {
      if (from === id || until === id) {
        remove(fed, reason);
      }
    }
    if (!isEventNode(node)) {
      leftOut(id, reason);
    }
    Reflect.deleteProperty(nodes, id);
  };
  const judge = ({ code, pointer }: GraphProblem): void => {
    const id = nodeOf(pointer);
    if (code === 'invalid-condition') {
      remove(id, 'what is asked of its event never holds');
    } else if (code === 'event-cannot-feed' || code === 'scope-mismatch') {
      remove(id, `a graph cannot do it at the event ${eventOf(id)}`);
    }
  };

  for (const problem of Object.keys(nodes).length === 0 ? [] : validateDocument(document)) {
    judge(problem);
  }
  const needed = new Set(stepsOf(nodes).flatMap(([, { from, until }]) => [from, until]));
  for (const [id, node] of Object.entries(nodes)) {
    if (isEventNode(node) && !needed.has(id)) {
      Reflect.deleteProperty(nodes, id);
    }
  }
}

const stepsOf = (nodes: GraphDocument['nodes']) =>
  Object.entries(nodes).flatMap(([id, node]) => (isEventNode(node) ? [] : [[id, node] as const]));
