import type { Generated } from 'kysely';

/** SQLite has no booleans. */
export type Bit = 0 | 1;
/** A column that holds JSON text. */
export type Json = string;
/** ISO 8601, UTC, milliseconds: sorts as text. */
export type Iso = string;

/**
 * The tables as they lie in the database. The functions beside this file turn rows into records: booleans,
 * parsed JSON. Columns bear the contract's names.
 */
export type Database = {
  meta: { key: string; value: string };
  rooms: {
    id: string;
    customRoomId: string | null;
    disabled: Bit;
    deactivated: Bit;
    webhook: Json | null;
    autoCloseConfig: Json | null;
    allowedParticipantIds: Json | null;
    maxParticipants: number | null;
    maxForwardedSpeakers: number | null;
    createdAt: Iso;
    updatedAt: Iso;
  };
  sessions: {
    id: string;
    roomId: string;
    start: Iso;
    end: Iso | null;
    endReason: string | null;
    activeDurationSeconds: number;
  };
  live_sessions: { sessionId: string; occupied: Bit; pinnedIds: Json };
  live_participants: {
    sequence: Generated<number>;
    sessionId: string;
    participantId: string;
    isServerSide: Bit;
    isReconnecting: Bit;
    invitedBy: string | null;
    handRaisedAt: Iso | null;
  };
  live_tracks: {
    sessionId: string;
    participantId: string;
    kind: string;
    trackId: string;
    codec: string;
    muted: Bit;
    mutedByHost: Bit;
  };
  participants: {
    sessionId: string;
    participantId: string;
    roomId: string;
    name: string;
    mode: string;
    permissions: Json;
    metaData: Json;
    resumeTokenHash: string | null;
    userAgent: string;
    joinedAt: Iso;
  };
  participant_timelog: {
    id: Generated<number>;
    sessionId: string;
    participantId: string;
    start: Iso;
    end: Iso | null;
  };
  track_timelog: {
    id: Generated<number>;
    sessionId: string;
    participantId: string;
    kind: string;
    start: Iso;
    end: Iso | null;
  };
  mode_timelog: {
    id: Generated<number>;
    sessionId: string;
    participantId: string;
    mode: string;
    start: Iso;
    end: Iso | null;
  };
  polls: {
    sequence: Generated<number>;
    id: string;
    roomId: string;
    sessionId: string;
    question: string;
    options: Json;
    hideResults: Bit;
    createdById: string;
    createdAt: Iso;
    closesAt: Iso | null;
    closedAt: Iso | null;
  };
  poll_votes: { pollId: string; participantId: string; optionId: string; at: Iso };
  questions: {
    sequence: Generated<number>;
    id: string;
    roomId: string;
    sessionId: string;
    text: string;
    participantId: string;
    participantName: string;
    status: string;
    answer: string | null;
    createdAt: Iso;
    answeredAt: Iso | null;
  };
  question_upvotes: { questionId: string; participantId: string; at: Iso };
  gifts: {
    sequence: Generated<number>;
    id: string;
    roomId: string;
    sessionId: string;
    gift: string;
    count: number;
    message: string;
    fromId: string;
    fromName: string;
    toId: string | null;
    toName: string;
    at: Iso;
  };
  messages: {
    sequence: Generated<number>;
    id: string;
    roomId: string;
    sessionId: string;
    topic: string;
    message: string;
    senderId: string;
    senderName: string;
    payload: Json;
    sendOnly: Json | null;
    persist: Bit;
    at: Iso;
  };
  steps: {
    sequence: Generated<number>;
    id: string;
    type: string;
    roomId: string;
    sessionId: string;
    participantId: string | null;
    trackIds: Json;
    params: Json;
    state: string;
    reason: string;
    paused: Bit;
    recordingId: string | null;
    fromStepId: string | null;
    progress: Json;
    startedAt: Iso;
    endedAt: Iso | null;
    /** The params as they were given, and the composition, encrypted; null once the step has ended. */
    sealed: string | null;
    /** Why it fails, while it is still being ended. */
    failure: Json | null;
  };
  step_transitions: {
    id: Generated<number>;
    stepId: string;
    from: string;
    to: string;
    reason: string;
    at: Iso;
  };
  recordings: {
    sequence: Generated<number>;
    id: string;
    stepId: string;
    mode: string;
    kind: string;
    roomId: string;
    sessionId: string;
    /** Empty, like the name, for a recording of more than one participant. */
    participantId: string;
    participantName: string;
    fileFormat: string;
    status: string;
    start: Iso;
    end: Iso | null;
    error: Json | null;
    webhookUrl: string | null;
    callbackUrl: string | null;
    metadata: Json;
    composed: Json | null;
    merged: Json | null;
    /** A broadcast has begun it, and ends it. */
    beside: Generated<Bit>;
  };
  recording_files: {
    id: string;
    recordingId: string;
    part: number;
    path: string;
    sizeBytes: number;
    type: string;
    format: string;
    videoCodec: string | null;
    audioCodec: string | null;
    width: number | null;
    height: number | null;
    durationSeconds: number;
    startMs: number;
    endMs: number;
    createdAt: Iso;
    updatedAt: Iso;
  };
  livestreams: {
    sequence: Generated<number>;
    id: string;
    stepId: string;
    roomId: string;
    sessionId: string;
    status: string;
    start: Iso;
    end: Iso | null;
    outputs: Json;
    recordingId: string | null;
    error: Json | null;
    webhookUrl: string | null;
    callbackUrl: string | null;
    metadata: Json;
  };
  transcriptions: {
    sequence: Generated<number>;
    id: string;
    type: string;
    status: string;
    roomId: string;
    sessionId: string;
    stepId: string | null;
    recordingId: string | null;
    engine: string;
    language: string | null;
    speakersBy: string | null;
    start: Iso;
    end: Iso | null;
    /** Formats whose files have been written. */
    formats: Json;
    /** Stretches of audio whose segments are stored: a job that is taken up again leaves them out. */
    finishedSources: Json;
    summaryStatus: string;
    summary: Json;
    error: Json | null;
    webhookUrl: string | null;
    callbackUrl: string | null;
    metadata: Json;
  };
  transcript_segments: {
    sequence: Generated<number>;
    transcriptionId: string;
    segmentId: string;
    participantId: string | null;
    participantName: string;
    text: string;
    startMs: number;
    endMs: number;
    language: string | null;
    words: Json | null;
  };
  transcript_gaps: {
    id: Generated<number>;
    transcriptionId: string;
    participantId: string;
    participantName: string;
    startMs: number;
    endMs: number;
    code: string;
    message: string;
    filled: Bit;
  };
  /** A participant's own audio of a recording of more than one, until its transcript is complete. */
  kept_voices: {
    id: Generated<number>;
    recordingId: string;
    sessionId: string;
    participantId: string;
    participantName: string;
    path: string;
    startMs: number;
    /** Null while it is being written, and of one that a lost worker left open. */
    durationSeconds: number | null;
  };
  plays: {
    sequence: Generated<number>;
    id: string;
    stepId: string | null;
    roomId: string;
    sessionId: string;
    participantId: string;
    participantName: string;
    source: string;
    text: string | null;
    url: string | null;
    voice: string | null;
    status: string;
    playedMs: number;
    start: Iso | null;
    end: Iso | null;
    error: Json | null;
    metadata: Json;
  };
  /** What taps leave behind, until it is swept away. */
  tap_files: { id: string; stepId: string; roomId: string; path: string; createdAt: Iso };
  events: {
    /** AUTOINCREMENT: a number is not given out again when old events are pruned. */
    seq: Generated<number>;
    id: string;
    type: string;
    roomId: string;
    sessionId: string | null;
    at: Iso;
    data: Json;
  };
  webhook_deliveries: {
    sequence: Generated<number>;
    id: string;
    /** Null for a callback, which belongs to a recording and not to an event. */
    eventId: string | null;
    recordingId: string | null;
    roomId: string | null;
    url: string;
    kind: string;
    /** The event type, or `callback`. */
    subject: string;
    body: string;
    attempts: number;
    createdAtMs: number;
    nextAttemptAtMs: number;
    state: string;
    lastStatus: number | null;
    lastError: string | null;
    endedAtMs: number | null;
  };
  hls_streams: {
    sequence: Generated<number>;
    id: string;
    stepId: string;
    roomId: string;
    sessionId: string;
    status: string;
    playable: Bit;
    start: Iso;
    end: Iso | null;
    durationSeconds: number;
    /** Below the HLS folder. */
    directory: string;
    protected: Bit;
    recordingId: string | null;
    error: Json | null;
    webhookUrl: string | null;
    callbackUrl: string | null;
    metadata: Json;
  };
  graphs: {
    sequence: Generated<number>;
    id: string;
    name: string;
    description: string;
    enabled: Bit;
    /** Forgotten once nothing of it runs any more. */
    deleted: Bit;
    roomId: string | null;
    revision: number;
    /** Events up to here are none of its own: it was enabled after them. */
    activeAfterSeq: number;
    createdAt: Iso;
    updatedAt: Iso;
  };
  graph_revisions: {
    graphId: string;
    revision: number;
    /** Without stream keys. */
    shown: Json;
    /** Whole, encrypted. */
    sealed: string;
  };
  graph_callbacks: { id: string; graphId: string; url: string; since: Iso };
  graph_instances: {
    sequence: Generated<number>;
    id: string;
    graphId: string;
    graphName: string;
    revision: number;
    activeAfterSeq: number;
    roomId: string;
    sessionId: string | null;
    nodeId: string;
    scope: string;
    scopeId: string;
    eventId: string;
    eventType: string;
    eventAt: Iso;
    eventData: Json;
    state: string;
    reason: string;
    /** How it is to end, from the moment it is being stopped. */
    outcome: string | null;
    startedAt: Iso;
    endedAt: Iso | null;
  };
  graph_instance_nodes: {
    instanceId: string;
    /** In the order in which steps start: what feeds before what is fed. */
    position: number;
    nodeId: string;
    step: string;
    from: string;
    /** Of its latest attempt. */
    stepId: string | null;
    /** The step that fed that attempt; null for one that an event starts. */
    fedByStepId: string | null;
    /** As it was when this row was last written; that of a living step is told by the step. */
    state: string;
    attempts: number;
    /** Attempts that count against the limit of its restart policy. */
    failures: number;
    reason: string;
    /** Why it is to end for good; null while it is to run. */
    stopReason: string | null;
    nextAttemptAtMs: number | null;
  };
};
