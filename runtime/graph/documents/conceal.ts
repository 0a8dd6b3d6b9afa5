import { isEventNode, type GraphDocument, type GraphNode } from '../../contract/index.ts';
import { stepTypeOf, type StepType } from '../../steps/index.ts';
import { referenceOf } from './reference.ts';

/** Stands for a value that is told later while the step type hides what is secret beside it. */
const STAND_IN = { url: 'rtmp://told.later/live/told-later', streamKey: 'told-later' };

/** The document as it may be shown: without stream keys. References stay, as they are no secrets. Pure. */
export function concealDocument(document: GraphDocument): GraphDocument {
  return {
    ...document,
    nodes: Object.fromEntries(Object.entries(document.nodes).map(([id, node]) => [id, concealed(node)])),
  };
}

function concealed(node: GraphNode): GraphNode {
  if (isEventNode(node) || node.with === undefined) {
    return node;
  }
  const type = stepTypeOf(node.do);
  const outputs: unknown = node.with['outputs'];
  return type?.conceal && Array.isArray(outputs)
    ? {
        ...node,
        with: { ...node.with, outputs: (outputs as Output[]).map((one) => concealedOutput(type, one)) },
      }
    : node;
}

type Output = Record<string, unknown>;

/** One output as its step type shows it, but for what refers to something that is told later. */
function concealedOutput(type: StepType, output: Output): Output {
  const later = Object.entries(output).filter(([, value]) => referenceOf(value) !== null);
  const stoodIn = later.map(([key]) => [key, STAND_IN[key as keyof typeof STAND_IN]]);
  const asked = { outputs: [{ ...output, ...Object.fromEntries(stoodIn) }] };
  const { outputs } = (type.conceal?.(asked) ?? asked) as { outputs: Output[] };
  return { ...outputs[0], ...Object.fromEntries(later) };
}
