import type { FastifyRequest } from 'fastify';
import {
  RoomflowError,
  isEventNode,
  type Graph,
  type Play,
  type Recording,
  type Room,
  type Step,
  type Transcription,
} from '../contract/index.ts';
import { principalOf } from './authenticate.ts';

/**
 * Whether an operator's own program calls, which holds the server key or a `crawler` token. Addresses that the runtime
 * calls are capabilities, and for these alone: whoever knows a workflow's resume address can resume it, and whoever may
 * name one makes the runtime call it.
 */
export function isOperator(request: FastifyRequest): boolean {
  const principal = principalOf(request);
  return principal.kind === 'server' || principal.claims.roles?.includes('crawler') === true;
}

/**
 * Refuses addresses to be called from those who may not name any.
 *
 * @throws RoomflowError `unauthorized-request`
 */
export function permitAddresses(request: FastifyRequest, addresses: Record<string, unknown>): void {
  const named = Object.keys(addresses).filter((name) => addresses[name] !== undefined);
  if (named.length > 0 && !isOperator(request)) {
    throw new RoomflowError(
      'unauthorized-request',
      `${named.join(' and ')} may be set with the server key or a token of role crawler only.`,
    );
  }
}

/**
 * Refuses a graph document with addresses to be called from those who may not name any. What is no document is left to
 * its validation.
 *
 * @throws RoomflowError `unauthorized-request`
 */
export function permitDocumentAddresses(request: FastifyRequest, document: unknown): void {
  for (const node of Object.values(recordIn(document, 'nodes'))) {
    const { callbackUrl, webhookUrl } = recordIn(node, 'with');
    permitAddresses(request, { callbackUrl, webhookUrl });
  }
}

function recordIn(value: unknown, key: string): Record<string, unknown> {
  const inner: unknown =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
}

/** A graph as the caller may see it. */
export function graphFor(request: FastifyRequest, graph: Graph): Graph {
  if (isOperator(request)) {
    return graph;
  }
  const nodes = Object.entries(graph.document.nodes).map(([id, node]) => {
    if (isEventNode(node) || node.with === undefined) {
      return [id, node] as const;
    }
    const { callbackUrl: _callbackUrl, webhookUrl: _webhookUrl, ...params } = node.with;
    const { url } = params;
    // A reference is no address.
    const isAddress = typeof url === 'string' && URL.canParse(url);
    return [id, { ...node, with: isAddress ? { ...params, url: withoutQuery(url) } : params }] as const;
  });
  return { ...graph, document: { ...graph.document, nodes: Object.fromEntries(nodes) } };
}

/** A room as the caller may see it. */
export function roomFor(request: FastifyRequest, room: Room): Room {
  if (room.webhook === null || isOperator(request)) {
    return room;
  }
  const { endPoint: _endPoint, ...webhook } = room.webhook;
  return { ...room, webhook };
}

/** A step as the caller may see it. */
export function stepFor(request: FastifyRequest, step: Step): Step {
  if (isOperator(request)) {
    return step;
  }
  const { callbackUrl: _callbackUrl, webhookUrl: _webhookUrl, file: _file, ...params } = step.with;
  return { ...step, with: params };
}

/** A recording as the caller may see it. */
export function recordingFor<R extends Pick<Recording, 'webhook'>>(request: FastifyRequest, recording: R): R {
  if (isOperator(request)) {
    return recording;
  }
  const data = recording.webhook.data.map(({ url: _url, lastError: _lastError, ...delivery }) => delivery);
  return { ...recording, webhook: { ...recording.webhook, data } };
}

/** A transcription as the caller may see it. */
export function transcriptionFor(request: FastifyRequest, transcription: Transcription): Transcription {
  return isOperator(request) ? transcription : { ...transcription, webhookUrl: null };
}

/** A play as the caller may see it. */
export function playFor(request: FastifyRequest, play: Play): Play {
  return play.url === null || isOperator(request) ? play : { ...play, url: withoutQuery(play.url) };
}

/** The query of an address often is what lets one fetch it. */
function withoutQuery(address: string): string {
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}
