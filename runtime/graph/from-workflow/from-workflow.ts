import { graphDocumentVersion, type GraphDocument } from '../../contract/index.ts';
import { graphDraft } from './graph-draft.ts';
import { isNote, isOtherBeginning, otherReason, roomflowType } from './node-kinds.ts';
import type { NotCarried } from './not-carried.ts';
import { prune } from './prune.ts';
import { triggerOf } from './triggers.ts';
import { createWalk, nothingAfter } from './walk.ts';
import { readWorkflow } from './workflow.ts';

/** A graph document made of a workflow, and what of the workflow is not in it. */
export type FromWorkflow = { document: GraphDocument; notCarried: readonly NotCarried[] };

/**
 * The media part of an n8n workflow as a graph document: triggers become event nodes, taps, recordings, streams,
 * transcriptions and plays become step nodes, simple conditions become `where`, expressions become references. What a
 * graph cannot say is named with its node and the reason. Pure; the document of a workflow without media has no nodes.
 *
 * @param value a workflow as n8n exports it
 * @throws RoomflowError `invalid-request` for what is no workflow
 */
export function fromWorkflow(value: unknown): FromWorkflow {
  const workflow = readWorkflow(value);
  const draft = graphDraft();
  const { notCarried } = draft;
  const walk = createWalk(workflow, draft);
  const triggers = new Set<string>();

  for (const node of workflow.nodes) {
    const type = roomflowType(node.type);
    const trigger = type === null ? null : triggerOf(type, node);
    if (trigger === null) {
      continue;
    }
    triggers.add(node.name);
    if (node.disabled) {
      notCarried.add(node.name, 'it is disabled, and starts nothing in n8n either');
      continue;
    }
    for (const note of trigger.notes) {
      notCarried.add(node.name, note);
    }
    for (const event of trigger.events) {
      walk.from(node, event);
    }
  }
  draft.applyStops();
  const document: GraphDocument = {
    version: graphDocumentVersion,
    name: workflow.name,
    description: `Made of the n8n workflow “${workflow.name}”.`,
    nodes: draft.nodes,
  };
  prune(document, (nodeId, reason) => {
    notCarried.add(draft.nameOf(nodeId), reason);
  });

  for (const { name, type } of workflow.nodes.filter((node) => !isNote(node.type))) {
    if (triggers.has(name)) {
      if (!draft.hasBegun(name) && !notCarried.has(name)) {
        notCarried.add(name, nothingAfter);
      }
    } else if (!walk.hasReached(name)) {
      notCarried.add(name, reasonOfUnreached(type, workflow.servants.get(name)));
    }
  }

  return { document, notCarried: notCarried.all };
}

function reasonOfUnreached(type: string, served: string | undefined): string {
  if (served !== undefined) {
    return `it serves “${served}”, which a graph does not hold`;
  }
  if (roomflowType(type) === 'runGraph') {
    return otherReason(type);
  }
  return isOtherBeginning(type)
    ? 'a graph begins with an event of a room, and this begins otherwise'
    : 'nothing that a graph can begin with leads to it';
}
