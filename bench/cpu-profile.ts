import { readFile } from 'node:fs/promises';

/** A function as V8 names it. */
export type CallFrame = { functionName: string; url: string; lineNumber: number };

type ProfileNode = { id: number; callFrame: CallFrame; children?: number[] };

/** What V8 writes as a `.cpuprofile`. */
export type CpuProfile = { nodes: ProfileNode[]; samples: number[]; timeDeltas: number[] };

/** One place in the tree of calls and the processor time that was spent there itself. */
export type Call = { frame: CallFrame; parent: Call | undefined; children: Call[]; selfMicroseconds: number };

export async function readCpuProfile(file: string): Promise<CpuProfile> {
  return JSON.parse(await readFile(file, 'utf8')) as CpuProfile;
}

/** The tree of calls, without the time in which nothing ran; the same function of one caller is one call. */
export function callTreeOf({ nodes, samples, timeDeltas }: CpuProfile): Call {
  const selfMicroseconds = new Map<number, number>();
  samples.forEach((id, i) => {
    // The first delta is the time before the first sample; a sample stands for the time until the next.
    const spent = Math.max(0, timeDeltas[i + 1] ?? 0);
    selfMicroseconds.set(id, (selfMicroseconds.get(id) ?? 0) + spent);
  });
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const build = (node: ProfileNode, parent: Call | undefined): Call => {
    const call: Call = {
      frame: node.callFrame,
      parent,
      children: [],
      selfMicroseconds: selfMicroseconds.get(node.id) ?? 0,
    };
    call.children = (node.children ?? []).flatMap((id) => {
      const child = byId.get(id);
      return child === undefined || child.callFrame.functionName === '(idle)' ? [] : [build(child, call)];
    });
    return call;
  };
  const [root] = nodes;
  if (root === undefined) {
    throw new Error('The profile is empty.');
  }
  return build(root, undefined);
}

/** Calls `visit` for a call and everything below it. */
export function visitCalls(call: Call, visit: (call: Call) => void): void {
  visit(call);
  for (const child of call.children) {
    visitCalls(child, visit);
  }
}

/** Time of a call with everything below it. */
export function totalMicroseconds(call: Call): number {
  return call.children.reduce((sum, child) => sum + totalMicroseconds(child), call.selfMicroseconds);
}
