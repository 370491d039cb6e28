// Written by `npm run manifest` from the declarations of the endpoints. Do not edit.

/** The API by route and method, for `createClient<paths>()` of openapi-fetch. */
export interface paths {
  "/.well-known/oauth-protected-resource/mcp": {
    /** The metadata of the MCP endpoint (RFC 9728). */
    get: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { resource: string; resource_name: string; resource_documentation: string; scopes_supported: (string)[]; bearer_methods_supported: ("header")[]; } } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/agents": {
    /** Lists agents, newest first: the roots of trees, or those that one agent has spawned. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; status?: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; agent_type?: string; parent_id?: string; run_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; run_id: string; node_id: string; root_id: string; parent_id: string | null; depth: number; agent_type: string; task: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; model: string; turns: number; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; children: number; activity: string | null; error: string | null; created_at: string; started_at: string | null; completed_at: string | null; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/agents/council": {
    /** Lists the tenant's councils, newest first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; run_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; run_id: string; question: string; options: (string)[] | null; agents: ({ name: string; persona: string; model: string; })[]; chair_model: string; rounds: number; threshold: number; mode: "deliberation" | "vote"; status: "running" | "paused" | "completed" | "failed" | "cancelled" | "cost_exceeded"; ended_by: "consensus" | "rounds" | "vote" | "stopped" | null; round: number; score: number | null; foreseen_usd: string; spent_usd: string; budget_usd: string | null; share_in_village: boolean; thread_id: string | null; error: string | null; created_at: string; completed_at: string | null; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Starts a council of agents that deliberate in rounds, or vote once. */
    post: {
      parameters: { query?: never; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { question: string; options?: (string)[]; agents?: ({ name: string; persona?: string; model?: string; })[]; rounds?: number; threshold?: number; mode?: "deliberation" | "vote"; budget_usd?: number; share_in_village?: boolean; } } };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; run_id: string; question: string; options: (string)[] | null; agents: ({ name: string; persona: string; model: string; })[]; chair_model: string; rounds: number; threshold: number; mode: "deliberation" | "vote"; status: "running" | "paused" | "completed" | "failed" | "cancelled" | "cost_exceeded"; ended_by: "consensus" | "rounds" | "vote" | "stopped" | null; round: number; score: number | null; foreseen_usd: string; spent_usd: string; budget_usd: string | null; share_in_village: boolean; thread_id: string | null; error: string | null; created_at: string; completed_at: string | null; held: ({ round: number; score: number | null; positions: ({ label: string; statement: string; agents: (string)[]; })[]; agreements: (string)[]; disagreements: (string)[]; minority_report: string | null; summary: string | null; interjections: ({ id: string; text: string; user_id: string; created_at: string; })[]; stances: ({ agent: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; position: string | null; option: string | null; statement: string | null; confidence: number | null; reasons: (string)[]; would_change: string | null; change: { from: string; reason: string; } | null; error: string | null; cost_usd: string; node_id: string; })[]; })[]; outcome: { winner: string | null; is_tie: boolean; votes: ({ position: string; agents: (string)[]; share: number; })[]; agreements: (string)[]; disagreements: (string)[]; minority_report: string | null; summary: string; } | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/agents/council/estimate": {
    /** Says what a council would probably cost, and starts nothing. */
    post: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody: { content: { "application/json": { question: string; options?: (string)[]; agents?: ({ name: string; persona?: string; model?: string; })[]; rounds?: number; threshold?: number; mode?: "deliberation" | "vote"; budget_usd?: number; share_in_village?: boolean; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { calls: number; foreseen_usd: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/agents/council/{id}": {
    /** Returns a council: rounds, stances, agreements, disagreements and outcome. */
    get: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; run_id: string; question: string; options: (string)[] | null; agents: ({ name: string; persona: string; model: string; })[]; chair_model: string; rounds: number; threshold: number; mode: "deliberation" | "vote"; status: "running" | "paused" | "completed" | "failed" | "cancelled" | "cost_exceeded"; ended_by: "consensus" | "rounds" | "vote" | "stopped" | null; round: number; score: number | null; foreseen_usd: string; spent_usd: string; budget_usd: string | null; share_in_village: boolean; thread_id: string | null; error: string | null; created_at: string; completed_at: string | null; held: ({ round: number; score: number | null; positions: ({ label: string; statement: string; agents: (string)[]; })[]; agreements: (string)[]; disagreements: (string)[]; minority_report: string | null; summary: string | null; interjections: ({ id: string; text: string; user_id: string; created_at: string; })[]; stances: ({ agent: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; position: string | null; option: string | null; statement: string | null; confidence: number | null; reasons: (string)[]; would_change: string | null; change: { from: string; reason: string; } | null; error: string | null; cost_usd: string; node_id: string; })[]; })[]; outcome: { winner: string | null; is_tie: boolean; votes: ({ position: string; agents: (string)[]; share: number; })[]; agreements: (string)[]; disagreements: (string)[]; minority_report: string | null; summary: string; } | null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/agents/council/{id}/events": {
    /** Streams a council's events (SSE); resumes by Last-Event-ID. */
    get: {
      parameters: { query?: { last_event_id?: number; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/event-stream": string } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/agents/council/{id}/interject": {
    /** Says something to a council, which its next round takes up. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { text: string; } } };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; run_id: string; question: string; options: (string)[] | null; agents: ({ name: string; persona: string; model: string; })[]; chair_model: string; rounds: number; threshold: number; mode: "deliberation" | "vote"; status: "running" | "paused" | "completed" | "failed" | "cancelled" | "cost_exceeded"; ended_by: "consensus" | "rounds" | "vote" | "stopped" | null; round: number; score: number | null; foreseen_usd: string; spent_usd: string; budget_usd: string | null; share_in_village: boolean; thread_id: string | null; error: string | null; created_at: string; completed_at: string | null; held: ({ round: number; score: number | null; positions: ({ label: string; statement: string; agents: (string)[]; })[]; agreements: (string)[]; disagreements: (string)[]; minority_report: string | null; summary: string | null; interjections: ({ id: string; text: string; user_id: string; created_at: string; })[]; stances: ({ agent: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; position: string | null; option: string | null; statement: string | null; confidence: number | null; reasons: (string)[]; would_change: string | null; change: { from: string; reason: string; } | null; error: string | null; cost_usd: string; node_id: string; })[]; })[]; outcome: { winner: string | null; is_tie: boolean; votes: ({ position: string; agents: (string)[]; share: number; })[]; agreements: (string)[]; disagreements: (string)[]; minority_report: string | null; summary: string; } | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/agents/council/{id}/pause": {
    /** Pauses a council; who is answering finishes. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; run_id: string; question: string; options: (string)[] | null; agents: ({ name: string; persona: string; model: string; })[]; chair_model: string; rounds: number; threshold: number; mode: "deliberation" | "vote"; status: "running" | "paused" | "completed" | "failed" | "cancelled" | "cost_exceeded"; ended_by: "consensus" | "rounds" | "vote" | "stopped" | null; round: number; score: number | null; foreseen_usd: string; spent_usd: string; budget_usd: string | null; share_in_village: boolean; thread_id: string | null; error: string | null; created_at: string; completed_at: string | null; held: ({ round: number; score: number | null; positions: ({ label: string; statement: string; agents: (string)[]; })[]; agreements: (string)[]; disagreements: (string)[]; minority_report: string | null; summary: string | null; interjections: ({ id: string; text: string; user_id: string; created_at: string; })[]; stances: ({ agent: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; position: string | null; option: string | null; statement: string | null; confidence: number | null; reasons: (string)[]; would_change: string | null; change: { from: string; reason: string; } | null; error: string | null; cost_usd: string; node_id: string; })[]; })[]; outcome: { winner: string | null; is_tie: boolean; votes: ({ position: string; agents: (string)[]; share: number; })[]; agreements: (string)[]; disagreements: (string)[]; minority_report: string | null; summary: string; } | null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/agents/council/{id}/resume": {
    /** Resumes a paused council. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; run_id: string; question: string; options: (string)[] | null; agents: ({ name: string; persona: string; model: string; })[]; chair_model: string; rounds: number; threshold: number; mode: "deliberation" | "vote"; status: "running" | "paused" | "completed" | "failed" | "cancelled" | "cost_exceeded"; ended_by: "consensus" | "rounds" | "vote" | "stopped" | null; round: number; score: number | null; foreseen_usd: string; spent_usd: string; budget_usd: string | null; share_in_village: boolean; thread_id: string | null; error: string | null; created_at: string; completed_at: string | null; held: ({ round: number; score: number | null; positions: ({ label: string; statement: string; agents: (string)[]; })[]; agreements: (string)[]; disagreements: (string)[]; minority_report: string | null; summary: string | null; interjections: ({ id: string; text: string; user_id: string; created_at: string; })[]; stances: ({ agent: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; position: string | null; option: string | null; statement: string | null; confidence: number | null; reasons: (string)[]; would_change: string | null; change: { from: string; reason: string; } | null; error: string | null; cost_usd: string; node_id: string; })[]; })[]; outcome: { winner: string | null; is_tie: boolean; votes: ({ position: string; agents: (string)[]; share: number; })[]; agreements: (string)[]; disagreements: (string)[]; minority_report: string | null; summary: string; } | null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/agents/council/{id}/stop": {
    /** Stops a council and keeps what was said. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; run_id: string; question: string; options: (string)[] | null; agents: ({ name: string; persona: string; model: string; })[]; chair_model: string; rounds: number; threshold: number; mode: "deliberation" | "vote"; status: "running" | "paused" | "completed" | "failed" | "cancelled" | "cost_exceeded"; ended_by: "consensus" | "rounds" | "vote" | "stopped" | null; round: number; score: number | null; foreseen_usd: string; spent_usd: string; budget_usd: string | null; share_in_village: boolean; thread_id: string | null; error: string | null; created_at: string; completed_at: string | null; held: ({ round: number; score: number | null; positions: ({ label: string; statement: string; agents: (string)[]; })[]; agreements: (string)[]; disagreements: (string)[]; minority_report: string | null; summary: string | null; interjections: ({ id: string; text: string; user_id: string; created_at: string; })[]; stances: ({ agent: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; position: string | null; option: string | null; statement: string | null; confidence: number | null; reasons: (string)[]; would_change: string | null; change: { from: string; reason: string; } | null; error: string | null; cost_usd: string; node_id: string; })[]; })[]; outcome: { winner: string | null; is_tie: boolean; votes: ({ position: string; agents: (string)[]; share: number; })[]; agreements: (string)[]; disagreements: (string)[]; minority_report: string | null; summary: string; } | null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/agents/spawn": {
    /** Spawns an agent that works on a task and may spawn agents below it. */
    post: {
      parameters: { query?: never; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { task: string; agent_type?: string; tools?: (string)[]; model?: string; budget_usd?: number; } } };
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; run_id: string; node_id: string; root_id: string; parent_id: string | null; depth: number; agent_type: string; task: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; model: string; turns: number; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; children: number; activity: string | null; error: string | null; created_at: string; started_at: string | null; completed_at: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/agents/types": {
    /** Lists the types of agents: the built-in ones and those of your tenant. */
    get: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ name: string; description: string; instruction: string; tools: (string)[]; turns: number; model: string | null; is_builtin: boolean; updated_at: string | null; })[]; next_cursor: null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Adds a type of agents to your tenant. */
    post: {
      parameters: { query?: never; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { name: string; description: string; instruction: string; tools?: (string)[]; turns?: number; model?: string | null; } } };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": { name: string; description: string; instruction: string; tools: (string)[]; turns: number; model: string | null; is_builtin: boolean; updated_at: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/agents/types/{agent_type}": {
    /** Shows a type of agents with its instruction. */
    get: {
      parameters: { query?: never; path: { agent_type: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { name: string; description: string; instruction: string; tools: (string)[]; turns: number; model: string | null; is_builtin: boolean; updated_at: string | null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Changes a type of agents of your tenant. */
    patch: {
      parameters: { query?: never; path: { agent_type: string; }; header?: never; cookie?: never };
      requestBody: { content: { "application/json": { description?: string; instruction?: string; tools?: (string)[]; turns?: number; model?: string | null; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { name: string; description: string; instruction: string; tools: (string)[]; turns: number; model: string | null; is_builtin: boolean; updated_at: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Deletes a type of agents of your tenant. */
    delete: {
      parameters: { query?: never; path: { agent_type: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/agents/{id}/cancel": {
    /** Cancels an agent and all agents below it, in any state, within seconds. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; run_id: string; node_id: string; root_id: string; parent_id: string | null; depth: number; agent_type: string; task: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; model: string; turns: number; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; children: number; activity: string | null; error: string | null; created_at: string; started_at: string | null; completed_at: string | null; } } };
        202: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; run_id: string; node_id: string; root_id: string; parent_id: string | null; depth: number; agent_type: string; task: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; model: string; turns: number; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; children: number; activity: string | null; error: string | null; created_at: string; started_at: string | null; completed_at: string | null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/agents/{id}/result": {
    /** Returns the result of an agent. */
    get: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; result: string | null; error: string | null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/agents/{id}/status": {
    /** Shows an agent and the whole tree that it belongs to. */
    get: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { agent: { id: string; run_id: string; node_id: string; root_id: string; parent_id: string | null; depth: number; agent_type: string; task: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; model: string; turns: number; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; children: number; activity: string | null; error: string | null; created_at: string; started_at: string | null; completed_at: string | null; }; tree: ({ id: string; run_id: string; node_id: string; root_id: string; parent_id: string | null; depth: number; agent_type: string; task: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; model: string; turns: number; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; children: number; activity: string | null; error: string | null; created_at: string; started_at: string | null; completed_at: string | null; })[]; spent_usd: string; budget_usd: string | null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/auth/api-keys": {
    /** Lists your API keys, newest first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; name: string; scopes: (string)[]; last_four: string; expires_at: string | null; revoked_at: string | null; last_used_at: string | null; created_at: string; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Creates an API key. The key is shown once. */
    post: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody?: { content: { "application/json": { name?: string; scopes?: ("account:read" | "account:write" | "account:admin" | "tenant:read" | "tenant:write" | "tenant:admin" | "runs:read" | "runs:write" | "runs:admin" | "memory:read" | "memory:write" | "memory:admin" | "documents:read" | "documents:write" | "documents:admin" | "tools:read" | "tools:write" | "tools:admin" | "chat:read" | "chat:write" | "chat:admin" | "agents:read" | "agents:write" | "agents:admin" | "village:read" | "village:write" | "village:admin")[]; expires_in_days?: number; } } };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; name: string; scopes: (string)[]; last_four: string; expires_at: string | null; revoked_at: string | null; last_used_at: string | null; created_at: string; key: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/auth/api-keys/{id}": {
    /** Revokes an API key, at once. */
    delete: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/auth/github": {
    /** Signs in with a GitHub token. */
    post: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody: { content: { "application/json": { github_token: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { access_token: string; token_type: "bearer"; expires_in: number; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/auth/login": {
    /** Signs in with e-mail address and password. */
    post: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody: { content: { "application/json": { email: string; password: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { access_token: string; refresh_token?: string; token_type: "bearer"; expires_in: number; user: { id: string; email: string; display_name: string; role: "viewer" | "member" | "admin"; tenant_id: string; }; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/auth/logout": {
    /** Signs you out everywhere, at once. */
    post: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/auth/refresh": {
    /** Exchanges a refresh token, once, for a new access token and the next refresh token. */
    post: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody?: { content: { "application/json": { refresh_token?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { access_token: string; refresh_token?: string; token_type: "bearer"; expires_in: number; user: { id: string; email: string; display_name: string; role: "viewer" | "member" | "admin"; tenant_id: string; }; } } };
        204: { headers: { [name: string]: unknown }; content?: never };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/auth/register": {
    /** Creates an account and a tenant, and signs in. */
    post: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody: { content: { "application/json": { email: string; password: string; display_name: string; tenant_name?: string; } } };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": { access_token: string; refresh_token?: string; token_type: "bearer"; expires_in: number; user: { id: string; email: string; display_name: string; role: "viewer" | "member" | "admin"; tenant_id: string; }; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/chat/conversations": {
    /** Lists your conversations: search, archived, favourites, by tag. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; q?: string; archived?: "true" | "false"; favorite?: "true" | "false"; tag?: string; target_type?: string; target_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; title: string; model: string | null; archived: boolean; favorite: boolean; tags: (string)[]; compaction: "aggressive" | "balanced" | "conservative" | "manual"; target_type: string; target_id: string; head_id: string | null; forked_from: { conversation_id: string; message_id: string; } | null; answering: { message_id: string; run_id: string; } | null; messages: number; last_text: string; cost_usd: string; event_seq: number; created_at: string; updated_at: string; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Begins a conversation with the task and the result of a run. */
    post: {
      parameters: { query?: never; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { run_id: string; } } };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; title: string; model: string | null; archived: boolean; favorite: boolean; tags: (string)[]; compaction: "aggressive" | "balanced" | "conservative" | "manual"; target_type: string; target_id: string; head_id: string | null; forked_from: { conversation_id: string; message_id: string; } | null; answering: { message_id: string; run_id: string; } | null; messages: number; last_text: string; cost_usd: string; event_seq: number; created_at: string; updated_at: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/chat/conversations/{id}": {
    /** Returns a conversation. */
    get: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; title: string; model: string | null; archived: boolean; favorite: boolean; tags: (string)[]; compaction: "aggressive" | "balanced" | "conservative" | "manual"; target_type: string; target_id: string; head_id: string | null; forked_from: { conversation_id: string; message_id: string; } | null; answering: { message_id: string; run_id: string; } | null; messages: number; last_text: string; cost_usd: string; event_seq: number; created_at: string; updated_at: string; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Renames, archives, marks or tags a conversation, or shows another branch. */
    patch: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody: { content: { "application/json": { title?: string; archived?: boolean; favorite?: boolean; tags?: (string)[]; compaction?: "aggressive" | "balanced" | "conservative" | "manual"; head_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; title: string; model: string | null; archived: boolean; favorite: boolean; tags: (string)[]; compaction: "aggressive" | "balanced" | "conservative" | "manual"; target_type: string; target_id: string; head_id: string | null; forked_from: { conversation_id: string; message_id: string; } | null; answering: { message_id: string; run_id: string; } | null; messages: number; last_text: string; cost_usd: string; event_seq: number; created_at: string; updated_at: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Deletes a conversation and what is recorded of its answers. */
    delete: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/chat/conversations/{id}/events": {
    /** Streams what changes in a conversation (SSE). */
    get: {
      parameters: { query?: { last_event_id?: number; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/event-stream": string } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/chat/conversations/{id}/export": {
    /** Exports a conversation as JSON or Markdown. */
    get: {
      parameters: { query?: { format?: "json" | "markdown"; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { version: 1; conversation: { id: string; title: string; model: string | null; archived: boolean; favorite: boolean; tags: (string)[]; compaction: "aggressive" | "balanced" | "conservative" | "manual"; target_type: string; target_id: string; head_id: string | null; forked_from: { conversation_id: string; message_id: string; } | null; answering: { message_id: string; run_id: string; } | null; messages: number; last_text: string; cost_usd: string; event_seq: number; created_at: string; updated_at: string; }; messages: ({ id: string; conversation_id: string; parent_id: string | null; role: "user" | "assistant" | "system"; status: "answering" | "complete" | "stopped" | "failed"; content: string; parts: ({ type: "thinking"; turn: number; text: string; } | { type: "text"; turn: number; text: string; } | { type: "tool"; id: string; tool: string; arguments: { [key: string]: unknown }; status: "started" | "waiting" | "completed" | "not_run"; is_error: boolean; output: string | null; truncated: boolean; duration_ms: number | null; })[]; siblings: (string)[]; run_id: string | null; model: string | null; error: string | null; attachments: ({ id: string; filename: string; media_type: string; size: number; })[]; memory: ({ ref: string; kind: "fact" | "entity" | "preference"; target_id: string; block: string | null; commit_id: string | null; text: string; source: string | null; source_kind: string; source_id: string | null; since: string; trust: "trusted" | "untrusted"; flags: (string)[]; why: (string)[]; cited: boolean; is_current: boolean; is_muted: boolean; })[]; learned: ({ id: string; message_id: string; text: string; category: string; origin: "person" | "answer"; status: "proposed" | "kept" | "declined"; memory_id: string | null; decided_at: string | null; created_at: string; })[]; context: { window: number; instruction: number; memory: number; talk: number; question: number; strategy: string; condensed: ({ strategy: string; message_ids: (string)[]; tokens_before: number; tokens_after: number; })[]; fallback?: { to: "drop_oldest" | "clear_tool_results"; reason: "not_available" | "not_enough" | "nothing_to_summarise" | "no_room" | "failed" | "empty" | "invalid" | "too_long"; }; } | null; tokens: { input: number; output: number; cached: number; total: number; } | null; cost_usd: string | null; created_at: string; completed_at: string | null; })[]; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/chat/conversations/{id}/fork": {
    /** Copies a conversation up to a message into a new conversation. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { message_id: string; title?: string; } } };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; title: string; model: string | null; archived: boolean; favorite: boolean; tags: (string)[]; compaction: "aggressive" | "balanced" | "conservative" | "manual"; target_type: string; target_id: string; head_id: string | null; forked_from: { conversation_id: string; message_id: string; } | null; answering: { message_id: string; run_id: string; } | null; messages: number; last_text: string; cost_usd: string; event_seq: number; created_at: string; updated_at: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/chat/conversations/{id}/messages": {
    /** Lists the messages of a branch of a conversation, the newest page first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; head?: string; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; conversation_id: string; parent_id: string | null; role: "user" | "assistant" | "system"; status: "answering" | "complete" | "stopped" | "failed"; content: string; parts: ({ type: "thinking"; turn: number; text: string; } | { type: "text"; turn: number; text: string; } | { type: "tool"; id: string; tool: string; arguments: { [key: string]: unknown }; status: "started" | "waiting" | "completed" | "not_run"; is_error: boolean; output: string | null; truncated: boolean; duration_ms: number | null; })[]; siblings: (string)[]; run_id: string | null; model: string | null; error: string | null; attachments: ({ id: string; filename: string; media_type: string; size: number; })[]; memory: ({ ref: string; kind: "fact" | "entity" | "preference"; target_id: string; block: string | null; commit_id: string | null; text: string; source: string | null; source_kind: string; source_id: string | null; since: string; trust: "trusted" | "untrusted"; flags: (string)[]; why: (string)[]; cited: boolean; is_current: boolean; is_muted: boolean; })[]; learned: ({ id: string; message_id: string; text: string; category: string; origin: "person" | "answer"; status: "proposed" | "kept" | "declined"; memory_id: string | null; decided_at: string | null; created_at: string; })[]; context: { window: number; instruction: number; memory: number; talk: number; question: number; strategy: string; condensed: ({ strategy: string; message_ids: (string)[]; tokens_before: number; tokens_after: number; })[]; fallback?: { to: "drop_oldest" | "clear_tool_results"; reason: "not_available" | "not_enough" | "nothing_to_summarise" | "no_room" | "failed" | "empty" | "invalid" | "too_long"; }; } | null; tokens: { input: number; output: number; cached: number; total: number; } | null; cost_usd: string | null; created_at: string; completed_at: string | null; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/chat/learned/{id}": {
    /** Keeps or declines what an answer proposes to remember. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { decision: "keep" | "decline"; text?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; message_id: string; text: string; category: string; origin: "person" | "answer"; status: "proposed" | "kept" | "declined"; memory_id: string | null; decided_at: string | null; created_at: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/chat/message": {
    /** Sends a message and streams the answer; with Accept: application/json it comes whole. */
    post: {
      parameters: { query?: { wait?: number; }; path?: never; header?: never; cookie?: never };
      requestBody: { content: { "application/json": { message: string; conversation_id?: string; model?: string; parent_id?: string | null; client_id?: string; attachments?: (string)[]; budget_usd?: number; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { conversation_id: string; message: { id: string; conversation_id: string; parent_id: string | null; role: "user" | "assistant" | "system"; status: "answering" | "complete" | "stopped" | "failed"; content: string; parts: ({ type: "thinking"; turn: number; text: string; } | { type: "text"; turn: number; text: string; } | { type: "tool"; id: string; tool: string; arguments: { [key: string]: unknown }; status: "started" | "waiting" | "completed" | "not_run"; is_error: boolean; output: string | null; truncated: boolean; duration_ms: number | null; })[]; siblings: (string)[]; run_id: string | null; model: string | null; error: string | null; attachments: ({ id: string; filename: string; media_type: string; size: number; })[]; memory: ({ ref: string; kind: "fact" | "entity" | "preference"; target_id: string; block: string | null; commit_id: string | null; text: string; source: string | null; source_kind: string; source_id: string | null; since: string; trust: "trusted" | "untrusted"; flags: (string)[]; why: (string)[]; cited: boolean; is_current: boolean; is_muted: boolean; })[]; learned: ({ id: string; message_id: string; text: string; category: string; origin: "person" | "answer"; status: "proposed" | "kept" | "declined"; memory_id: string | null; decided_at: string | null; created_at: string; })[]; context: { window: number; instruction: number; memory: number; talk: number; question: number; strategy: string; condensed: ({ strategy: string; message_ids: (string)[]; tokens_before: number; tokens_after: number; })[]; fallback?: { to: "drop_oldest" | "clear_tool_results"; reason: "not_available" | "not_enough" | "nothing_to_summarise" | "no_room" | "failed" | "empty" | "invalid" | "too_long"; }; } | null; tokens: { input: number; output: number; cached: number; total: number; } | null; cost_usd: string | null; created_at: string; completed_at: string | null; }; } } };
        202: { headers: { [name: string]: unknown }; content: { "application/json": { conversation_id: string; message: { id: string; conversation_id: string; parent_id: string | null; role: "user" | "assistant" | "system"; status: "answering" | "complete" | "stopped" | "failed"; content: string; parts: ({ type: "thinking"; turn: number; text: string; } | { type: "text"; turn: number; text: string; } | { type: "tool"; id: string; tool: string; arguments: { [key: string]: unknown }; status: "started" | "waiting" | "completed" | "not_run"; is_error: boolean; output: string | null; truncated: boolean; duration_ms: number | null; })[]; siblings: (string)[]; run_id: string | null; model: string | null; error: string | null; attachments: ({ id: string; filename: string; media_type: string; size: number; })[]; memory: ({ ref: string; kind: "fact" | "entity" | "preference"; target_id: string; block: string | null; commit_id: string | null; text: string; source: string | null; source_kind: string; source_id: string | null; since: string; trust: "trusted" | "untrusted"; flags: (string)[]; why: (string)[]; cited: boolean; is_current: boolean; is_muted: boolean; })[]; learned: ({ id: string; message_id: string; text: string; category: string; origin: "person" | "answer"; status: "proposed" | "kept" | "declined"; memory_id: string | null; decided_at: string | null; created_at: string; })[]; context: { window: number; instruction: number; memory: number; talk: number; question: number; strategy: string; condensed: ({ strategy: string; message_ids: (string)[]; tokens_before: number; tokens_after: number; })[]; fallback?: { to: "drop_oldest" | "clear_tool_results"; reason: "not_available" | "not_enough" | "nothing_to_summarise" | "no_room" | "failed" | "empty" | "invalid" | "too_long"; }; } | null; tokens: { input: number; output: number; cached: number; total: number; } | null; cost_usd: string | null; created_at: string; completed_at: string | null; }; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/chat/messages/{id}": {
    /** Returns a message. */
    get: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; conversation_id: string; parent_id: string | null; role: "user" | "assistant" | "system"; status: "answering" | "complete" | "stopped" | "failed"; content: string; parts: ({ type: "thinking"; turn: number; text: string; } | { type: "text"; turn: number; text: string; } | { type: "tool"; id: string; tool: string; arguments: { [key: string]: unknown }; status: "started" | "waiting" | "completed" | "not_run"; is_error: boolean; output: string | null; truncated: boolean; duration_ms: number | null; })[]; siblings: (string)[]; run_id: string | null; model: string | null; error: string | null; attachments: ({ id: string; filename: string; media_type: string; size: number; })[]; memory: ({ ref: string; kind: "fact" | "entity" | "preference"; target_id: string; block: string | null; commit_id: string | null; text: string; source: string | null; source_kind: string; source_id: string | null; since: string; trust: "trusted" | "untrusted"; flags: (string)[]; why: (string)[]; cited: boolean; is_current: boolean; is_muted: boolean; })[]; learned: ({ id: string; message_id: string; text: string; category: string; origin: "person" | "answer"; status: "proposed" | "kept" | "declined"; memory_id: string | null; decided_at: string | null; created_at: string; })[]; context: { window: number; instruction: number; memory: number; talk: number; question: number; strategy: string; condensed: ({ strategy: string; message_ids: (string)[]; tokens_before: number; tokens_after: number; })[]; fallback?: { to: "drop_oldest" | "clear_tool_results"; reason: "not_available" | "not_enough" | "nothing_to_summarise" | "no_room" | "failed" | "empty" | "invalid" | "too_long"; }; } | null; tokens: { input: number; output: number; cached: number; total: number; } | null; cost_usd: string | null; created_at: string; completed_at: string | null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/chat/messages/{id}/events": {
    /** Streams an answer (SSE); joins one that is under way. */
    get: {
      parameters: { query?: { last_event_id?: number; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/event-stream": string } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/chat/messages/{id}/stop": {
    /** Stops an answer and keeps what was said. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; conversation_id: string; parent_id: string | null; role: "user" | "assistant" | "system"; status: "answering" | "complete" | "stopped" | "failed"; content: string; parts: ({ type: "thinking"; turn: number; text: string; } | { type: "text"; turn: number; text: string; } | { type: "tool"; id: string; tool: string; arguments: { [key: string]: unknown }; status: "started" | "waiting" | "completed" | "not_run"; is_error: boolean; output: string | null; truncated: boolean; duration_ms: number | null; })[]; siblings: (string)[]; run_id: string | null; model: string | null; error: string | null; attachments: ({ id: string; filename: string; media_type: string; size: number; })[]; memory: ({ ref: string; kind: "fact" | "entity" | "preference"; target_id: string; block: string | null; commit_id: string | null; text: string; source: string | null; source_kind: string; source_id: string | null; since: string; trust: "trusted" | "untrusted"; flags: (string)[]; why: (string)[]; cited: boolean; is_current: boolean; is_muted: boolean; })[]; learned: ({ id: string; message_id: string; text: string; category: string; origin: "person" | "answer"; status: "proposed" | "kept" | "declined"; memory_id: string | null; decided_at: string | null; created_at: string; })[]; context: { window: number; instruction: number; memory: number; talk: number; question: number; strategy: string; condensed: ({ strategy: string; message_ids: (string)[]; tokens_before: number; tokens_after: number; })[]; fallback?: { to: "drop_oldest" | "clear_tool_results"; reason: "not_available" | "not_enough" | "nothing_to_summarise" | "no_room" | "failed" | "empty" | "invalid" | "too_long"; }; } | null; tokens: { input: number; output: number; cached: number; total: number; } | null; cost_usd: string | null; created_at: string; completed_at: string | null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/chat/muted-memories": {
    /** Lists what your chats do not use. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ kind: "fact" | "entity" | "preference"; target_id: string; text: string | null; created_at: string; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/chat/muted-memories/{kind}/{target_id}": {
    /** Keeps something remembered out of your chats. */
    put: {
      parameters: { query?: never; path: { kind: "fact" | "entity" | "preference"; target_id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { kind: "fact" | "entity" | "preference"; target_id: string; text: string | null; created_at: string; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Lets your chats use something remembered again. */
    delete: {
      parameters: { query?: never; path: { kind: "fact" | "entity" | "preference"; target_id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/dead-letters": {
    /** Lists the tasks that have used up their attempts. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; step: string; payload: { [key: string]: unknown }; attempts: number; error: string | null; created_at: string; died_at: string; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/dead-letters/{id}/replay": {
    /** Enqueues a task again that had used up its attempts. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: never;
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": { step: string; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/documents/search": {
    /** Searches your documents by words and by meaning. */
    post: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody: { content: { "application/json": { query: string; k?: number; document_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; document_id: string; filename: string; chunk_index: number; content: string; score: number; why: { text_rank: number | null; vector_rank: number | null; bm25: number | null; similarity: number | null; }; })[]; embedder: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/import-mapping": {
    /** Returns what an imported item is here, by its id in the source. */
    get: {
      parameters: { query: { kind: "conversation" | "group_chat" | "knowledge" | "memory_key" | "fact" | "preferences" | "session" | "thread" | "agent" | "music_task" | "presets" | "analytics" | "settings" | "search_index" | "dataset" | "unknown"; source_id: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { kind: "conversation" | "group_chat" | "knowledge" | "memory_key" | "fact" | "preferences" | "session" | "thread" | "agent" | "music_task" | "presets" | "analytics" | "settings" | "search_index" | "dataset" | "unknown"; source_id: string; target_id: string; rest: { [key: string]: unknown }; imported_at: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/imports": {
    /** Lists your imports, newest first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; status: "pending" | "running" | "completed" | "failed" | "cancelled"; dry_run: boolean; files: ({ upload_id: string; filename: string; })[]; progress: { bytes: number; bytes_total: number; file: number; items: number; }; counts: ({ kind: "conversation" | "group_chat" | "knowledge" | "memory_key" | "fact" | "preferences" | "session" | "thread" | "agent" | "music_task" | "presets" | "analytics" | "settings" | "search_index" | "dataset" | "unknown"; outcome: "created" | "updated" | "unchanged" | "skipped" | "not_imported" | "failed"; items: number; })[]; error: string | null; created_at: string; started_at: string | null; completed_at: string | null; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Imports conversations, knowledge and memory from files of ApexAurum or ApexFlow. */
    post: {
      parameters: { query?: never; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { uploads: (string)[]; dry_run?: boolean; } } };
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; status: "pending" | "running" | "completed" | "failed" | "cancelled"; dry_run: boolean; files: ({ upload_id: string; filename: string; })[]; progress: { bytes: number; bytes_total: number; file: number; items: number; }; counts: ({ kind: "conversation" | "group_chat" | "knowledge" | "memory_key" | "fact" | "preferences" | "session" | "thread" | "agent" | "music_task" | "presets" | "analytics" | "settings" | "search_index" | "dataset" | "unknown"; outcome: "created" | "updated" | "unchanged" | "skipped" | "not_imported" | "failed"; items: number; })[]; error: string | null; created_at: string; started_at: string | null; completed_at: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/imports/{id}": {
    /** Returns an import with its progress and counts. */
    get: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; status: "pending" | "running" | "completed" | "failed" | "cancelled"; dry_run: boolean; files: ({ upload_id: string; filename: string; })[]; progress: { bytes: number; bytes_total: number; file: number; items: number; }; counts: ({ kind: "conversation" | "group_chat" | "knowledge" | "memory_key" | "fact" | "preferences" | "session" | "thread" | "agent" | "music_task" | "presets" | "analytics" | "settings" | "search_index" | "dataset" | "unknown"; outcome: "created" | "updated" | "unchanged" | "skipped" | "not_imported" | "failed"; items: number; })[]; error: string | null; created_at: string; started_at: string | null; completed_at: string | null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/imports/{id}/cancel": {
    /** Cancels an import; what it has written stays. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: never;
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; status: "pending" | "running" | "completed" | "failed" | "cancelled"; dry_run: boolean; files: ({ upload_id: string; filename: string; })[]; progress: { bytes: number; bytes_total: number; file: number; items: number; }; counts: ({ kind: "conversation" | "group_chat" | "knowledge" | "memory_key" | "fact" | "preferences" | "session" | "thread" | "agent" | "music_task" | "presets" | "analytics" | "settings" | "search_index" | "dataset" | "unknown"; outcome: "created" | "updated" | "unchanged" | "skipped" | "not_imported" | "failed"; items: number; })[]; error: string | null; created_at: string; started_at: string | null; completed_at: string | null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/imports/{id}/items": {
    /** Lists what became of each item of an import. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; outcome?: "created" | "updated" | "unchanged" | "skipped" | "not_imported" | "failed"; kind?: "conversation" | "group_chat" | "knowledge" | "memory_key" | "fact" | "preferences" | "session" | "thread" | "agent" | "music_task" | "presets" | "analytics" | "settings" | "search_index" | "dataset" | "unknown"; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ file: number; item: number; kind: "conversation" | "group_chat" | "knowledge" | "memory_key" | "fact" | "preferences" | "session" | "thread" | "agent" | "music_task" | "presets" | "analytics" | "settings" | "search_index" | "dataset" | "unknown"; source_id: string; title: string; outcome: "created" | "updated" | "unchanged" | "skipped" | "not_imported" | "failed"; reason: string | null; target_id: string | null; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory": {
    /** Lists the facts that you may see, newest first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; scope?: "tenant" | "sprint" | "worker" | "user"; category?: string; as_of?: string; q?: string; user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; tenant_id: string; user_id: string; text: string; category: string; scope: "tenant" | "sprint" | "worker" | "user"; scope_id: string; source: string | null; source_kind: "person" | "run" | "tool" | "document" | "web" | "import"; source_id: string | null; author: string; trust: "trusted" | "untrusted"; flags: (string)[]; embedder: string; confidence: number; valid_from: string; valid_to: string | null; recorded_at: string; superseded_by: string | null; created_at: string; updated_at: string; metadata: { [key: string]: unknown }; })[]; next_cursor: string | null; total: { facts: number; is_complete: boolean; } | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Adds a fact, or reinforces the same one. */
    post: {
      parameters: { query?: { user_id?: string; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { text: string; category?: string; scope?: "tenant" | "sprint" | "worker" | "user"; scope_id?: string; valid_from?: string; user_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; tenant_id: string; user_id: string; text: string; category: string; scope: "tenant" | "sprint" | "worker" | "user"; scope_id: string; source: string | null; source_kind: "person" | "run" | "tool" | "document" | "web" | "import"; source_id: string | null; author: string; trust: "trusted" | "untrusted"; flags: (string)[]; embedder: string; confidence: number; valid_from: string; valid_to: string | null; recorded_at: string; superseded_by: string | null; created_at: string; updated_at: string; metadata: { [key: string]: unknown }; } } };
        201: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; tenant_id: string; user_id: string; text: string; category: string; scope: "tenant" | "sprint" | "worker" | "user"; scope_id: string; source: string | null; source_kind: "person" | "run" | "tool" | "document" | "web" | "import"; source_id: string | null; author: string; trust: "trusted" | "untrusted"; flags: (string)[]; embedder: string; confidence: number; valid_from: string; valid_to: string | null; recorded_at: string; superseded_by: string | null; created_at: string; updated_at: string; metadata: { [key: string]: unknown }; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/commit-session": {
    /** Commits a staged session to your entities. */
    post: {
      parameters: { query?: { wait?: number; user_id?: string; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { session_id: string; on_conflict?: "refuse" | "restage"; blocks?: ({ path: string; block: string; })[]; user_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; session_id: string; status: "queued" | "staged" | "committed" | "failed" | "reverted"; attempts: number; proposer: "model" | "rules" | null; base_commit: string | null; commit_id: string | null; changes: ({ path: string; kind: "created" | "changed"; blocks: ({ block: string; kind: "added" | "changed" | "removed"; before: string | null; after: string | null; })[]; })[]; faults: (string)[]; error: string | null; created_at: string; updated_at: string; } } };
        202: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; session_id: string; status: "queued" | "staged" | "committed" | "failed" | "reverted"; attempts: number; proposer: "model" | "rules" | null; base_commit: string | null; commit_id: string | null; changes: ({ path: string; kind: "created" | "changed"; blocks: ({ block: string; kind: "added" | "changed" | "removed"; before: string | null; after: string | null; })[]; })[]; faults: (string)[]; error: string | null; created_at: string; updated_at: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/json": { type: "urn:apexflow:problem:conflict"; title: string; status: 409; detail: string; conflicts: ({ path: string; block: string; base: string | null; branch: string | null; session: string | null; })[]; } } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/commits": {
    /** Lists the commits of your memory, newest first, and counts them by day. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; entity?: string; from?: string; to?: string; days?: "true" | "false"; zone?: string; user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; position: number; committed_at: string; message: string; kind: "session" | "revert" | "consolidation" | "undo" | "sync" | "erased" | "other"; author: "person" | "run" | "service" | "repository"; source_id: string | null; source_title: string | null; session_kind: string | null; proposer: "model" | "rules" | null; remote_authors: (string)[]; entities: ({ path: string; kind: "created" | "changed" | "removed"; })[]; entity_count: number; blocks: { added: number; changed: number; removed: number; }; is_reverted: boolean; is_erased: boolean; })[]; next_cursor: string | null; days: ({ day: string; commits: number; blocks: number; })[] | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/conformance": {
    /** Lists where your entity files do not conform to your ontology. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ path: string; fault: "type_missing" | "type_unknown" | "type_elsewhere" | "folder_elsewhere" | "status_unknown" | "status_unusual"; found: string | null; expected: (string)[]; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/consolidate": {
    /** Merges, splits and links your entity files. */
    post: {
      parameters: { query?: { wait?: number; user_id?: string; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: { content: { "application/json": { tools?: ("dedupe" | "redistribute" | "link")[]; soft_cap_tokens?: number; dry_run?: boolean; consolidation_id?: string; user_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; consolidation_id: string; status: "queued" | "staged" | "committed" | "failed" | "undone"; started_by: "person" | "timer"; tools: ("dedupe" | "redistribute" | "link")[]; soft_cap_tokens: number; dry_run: boolean; attempts: number; undo_commit: string | null; error: string | null; created_at: string; updated_at: string; steps: ({ tool: "dedupe" | "redistribute" | "link"; proposer: "model" | "rules"; base_commit: string | null; commit_id: string | null; operations: ({ op: "merge"; path: string; into: string; reason: string; confidence: number; } | { op: "move"; path: string; into: string; create: { name: string; type: string; } | null; blocks: (string)[]; reason: string; } | { op: "link"; path: string; targets: (string)[]; reason: string; })[]; left: ({ paths: (string)[]; reason: string; confidence: number | null; })[]; left_out: number; changes: ({ path: string; kind: "created" | "changed" | "removed"; blocks: ({ block: string; kind: "added" | "changed" | "removed"; before: string | null; after: string | null; })[]; })[]; })[]; } } };
        202: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; consolidation_id: string; status: "queued" | "staged" | "committed" | "failed" | "undone"; started_by: "person" | "timer"; tools: ("dedupe" | "redistribute" | "link")[]; soft_cap_tokens: number; dry_run: boolean; attempts: number; undo_commit: string | null; error: string | null; created_at: string; updated_at: string; steps: ({ tool: "dedupe" | "redistribute" | "link"; proposer: "model" | "rules"; base_commit: string | null; commit_id: string | null; operations: ({ op: "merge"; path: string; into: string; reason: string; confidence: number; } | { op: "move"; path: string; into: string; create: { name: string; type: string; } | null; blocks: (string)[]; reason: string; } | { op: "link"; path: string; targets: (string)[]; reason: string; })[]; left: ({ paths: (string)[]; reason: string; confidence: number | null; })[]; left_out: number; changes: ({ path: string; kind: "created" | "changed" | "removed"; blocks: ({ block: string; kind: "added" | "changed" | "removed"; before: string | null; after: string | null; })[]; })[]; })[]; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/consolidations": {
    /** Lists the consolidations of your entity files, newest first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; consolidation_id: string; status: "queued" | "staged" | "committed" | "failed" | "undone"; started_by: "person" | "timer"; tools: ("dedupe" | "redistribute" | "link")[]; soft_cap_tokens: number; dry_run: boolean; attempts: number; undo_commit: string | null; error: string | null; created_at: string; updated_at: string; commits: (string)[]; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/consolidations/{id}": {
    /** Shows what a consolidation changes in your entity files, by block. */
    get: {
      parameters: { query?: { user_id?: string; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; consolidation_id: string; status: "queued" | "staged" | "committed" | "failed" | "undone"; started_by: "person" | "timer"; tools: ("dedupe" | "redistribute" | "link")[]; soft_cap_tokens: number; dry_run: boolean; attempts: number; undo_commit: string | null; error: string | null; created_at: string; updated_at: string; steps: ({ tool: "dedupe" | "redistribute" | "link"; proposer: "model" | "rules"; base_commit: string | null; commit_id: string | null; operations: ({ op: "merge"; path: string; into: string; reason: string; confidence: number; } | { op: "move"; path: string; into: string; create: { name: string; type: string; } | null; blocks: (string)[]; reason: string; } | { op: "link"; path: string; targets: (string)[]; reason: string; })[]; left: ({ paths: (string)[]; reason: string; confidence: number | null; })[]; left_out: number; changes: ({ path: string; kind: "created" | "changed" | "removed"; blocks: ({ block: string; kind: "added" | "changed" | "removed"; before: string | null; after: string | null; })[]; })[]; })[]; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/consolidations/{id}/commit": {
    /** Commits a staged consolidation. */
    post: {
      parameters: { query?: { user_id?: string; }; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; consolidation_id: string; status: "queued" | "staged" | "committed" | "failed" | "undone"; started_by: "person" | "timer"; tools: ("dedupe" | "redistribute" | "link")[]; soft_cap_tokens: number; dry_run: boolean; attempts: number; undo_commit: string | null; error: string | null; created_at: string; updated_at: string; steps: ({ tool: "dedupe" | "redistribute" | "link"; proposer: "model" | "rules"; base_commit: string | null; commit_id: string | null; operations: ({ op: "merge"; path: string; into: string; reason: string; confidence: number; } | { op: "move"; path: string; into: string; create: { name: string; type: string; } | null; blocks: (string)[]; reason: string; } | { op: "link"; path: string; targets: (string)[]; reason: string; })[]; left: ({ paths: (string)[]; reason: string; confidence: number | null; })[]; left_out: number; changes: ({ path: string; kind: "created" | "changed" | "removed"; blocks: ({ block: string; kind: "added" | "changed" | "removed"; before: string | null; after: string | null; })[]; })[]; })[]; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/json": { type: "urn:apexflow:problem:conflict"; title: string; status: 409; detail: string; conflicts: ({ path: string; block: string; base: string | null; branch: string | null; session: string | null; })[]; } } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/consolidations/{id}/undo": {
    /** Undoes a consolidation with a new commit. */
    post: {
      parameters: { query?: { user_id?: string; }; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; consolidation_id: string; status: "queued" | "staged" | "committed" | "failed" | "undone"; started_by: "person" | "timer"; tools: ("dedupe" | "redistribute" | "link")[]; soft_cap_tokens: number; dry_run: boolean; attempts: number; undo_commit: string | null; error: string | null; created_at: string; updated_at: string; steps: ({ tool: "dedupe" | "redistribute" | "link"; proposer: "model" | "rules"; base_commit: string | null; commit_id: string | null; operations: ({ op: "merge"; path: string; into: string; reason: string; confidence: number; } | { op: "move"; path: string; into: string; create: { name: string; type: string; } | null; blocks: (string)[]; reason: string; } | { op: "link"; path: string; targets: (string)[]; reason: string; })[]; left: ({ paths: (string)[]; reason: string; confidence: number | null; })[]; left_out: number; changes: ({ path: string; kind: "created" | "changed" | "removed"; blocks: ({ block: string; kind: "added" | "changed" | "removed"; before: string | null; after: string | null; })[]; })[]; })[]; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/json": { type: "urn:apexflow:problem:conflict"; title: string; status: 409; detail: string; conflicts: ({ path: string; block: string; base: string | null; branch: string | null; session: string | null; })[]; } } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/context": {
    /** Returns what your memory knows for a conversation, within a token budget. */
    post: {
      parameters: { query?: { user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody: { content: { "application/json": { depth?: "basic" | "wide" | "deep" | "temporal"; conversation?: string | ({ role: "user" | "assistant" | "system" | "developer" | "tool" | "function"; content: string | ({ type: string; text?: string; })[] | null; said_at?: string; timestamp?: string | number; } | { role: "user" | "assistant" | "system" | "developer" | "tool" | "function"; tool_calls: (unknown)[]; content?: null; } | { speaker?: string; text: string; said_at?: string; caption?: string; })[]; max_tokens?: number; as_of?: string; user_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { depth: "basic" | "wide" | "deep" | "temporal"; items: ({ kind: "profile" | "always" | "found" | "file" | "timeline" | "history"; path: string; block: string | null; commit_id: string; text: string; tokens: number; score: number | null; })[]; left_out: number; tokens: number; text: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/entities": {
    /** Lists your entities: people, projects, decisions and events. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; as_of?: string; user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ path: string; name: string; type: string; aliases: (string)[]; blocks: ({ id: string; heading: string; strength: "low" | "medium" | "high"; always_load: boolean; })[]; bytes: number; edits: number; changed_at: string; strength: number; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/entities/{entity}": {
    /** Reads an entity, as of any time, with the commit of each block. */
    get: {
      parameters: { query?: { as_of?: string; user_id?: string; }; path: { entity: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { path: string; name: string; type: string; aliases: (string)[]; commit_id: string; text: string; blocks: ({ block: string; heading: string; text: string; strength: "low" | "medium" | "high"; always_load: boolean; commit_id: string; since: string; })[]; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/entities/{entity}/blame": {
    /** Shows which session each block of an entity comes from, and which later session changed it. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; block?: string; user_id?: string; }; path: { entity: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ block: string; heading: string; text: string; commit_id: string; position: number; message: string; source_id: string | null; session_kind: string | null; proposer: "model" | "rules" | null; trust: "trusted" | "untrusted" | null; is_reverted: boolean; since: string; until: string | null; ended_by: { commit_id: string; source_id: string | null; } | null; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/entities/{entity}/diff": {
    /** Shows what changed in an entity between two commits or times, by block. */
    get: {
      parameters: { query?: { from?: string | string; to?: string | string; user_id?: string; }; path: { entity: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { path: string; from: string | null; to: string; blocks: ({ block: string; kind: "added" | "changed" | "removed"; before: string | null; after: string | null; })[]; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/entities/{entity}/history": {
    /** Lists the commits that changed an entity, newest first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; user_id?: string; }; path: { entity: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ commit_id: string; position: number; session_id: string | null; message: string; committed_at: string; kind: "created" | "changed" | "removed"; remote: { commit_id: string; authors: (string)[]; } | null; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/erase": {
    /** Erases permanently what came from a source or, without source_id, all memory of a user. */
    post: {
      parameters: { query?: { user_id?: string; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { source_id?: string; person_id?: string; everything?: boolean; user_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { rows: { [key: string]: number }; redacted: number; blobs: number; entities: { history_rewritten: boolean; commits_rewritten: number; withdrawn: number; restaged: number; linked_repository: string | null; } | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/export": {
    /** Exports your entity memory as a git bundle that git can clone. */
    get: {
      parameters: { query?: { user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/x-git-bundle": string } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/export/records": {
    /** Exports every record of your memory as lines of JSON. */
    get: {
      parameters: { query?: { user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/x-ndjson": string } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/follow-ups": {
    /** Lists the follow-ups in your entity files by due date. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; as_of?: string; user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ path: string; block: string; status: "open" | "in_progress" | "blocked" | null; said: string; title: string; assignee: string | null; due: string | null; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/health": {
    /** Counts your facts that are stale, rarely used or said twice. */
    get: {
      parameters: { query?: { days?: number; user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { facts: number; stale: number; rarely_used: number; duplicates: number; compared: number; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/health/confirm": {
    /** Confirms that a fact is still true. */
    post: {
      parameters: { query?: { user_id?: string; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { id: string; user_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; tenant_id: string; user_id: string; text: string; category: string; scope: "tenant" | "sprint" | "worker" | "user"; scope_id: string; source: string | null; source_kind: "person" | "run" | "tool" | "document" | "web" | "import"; source_id: string | null; author: string; trust: "trusted" | "untrusted"; flags: (string)[]; embedder: string; confidence: number; valid_from: string; valid_to: string | null; recorded_at: string; superseded_by: string | null; created_at: string; updated_at: string; metadata: { [key: string]: unknown }; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/health/duplicates": {
    /** Lists pairs of your facts that say the same. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; dismissed?: "false" | "true"; user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ one: { id: string; tenant_id: string; user_id: string; text: string; category: string; scope: "tenant" | "sprint" | "worker" | "user"; scope_id: string; source: string | null; source_kind: "person" | "run" | "tool" | "document" | "web" | "import"; source_id: string | null; author: string; trust: "trusted" | "untrusted"; flags: (string)[]; embedder: string; confidence: number; valid_from: string; valid_to: string | null; recorded_at: string; superseded_by: string | null; created_at: string; updated_at: string; metadata: { [key: string]: unknown }; uses: number; last_used_at: string | null; }; other: { id: string; tenant_id: string; user_id: string; text: string; category: string; scope: "tenant" | "sprint" | "worker" | "user"; scope_id: string; source: string | null; source_kind: "person" | "run" | "tool" | "document" | "web" | "import"; source_id: string | null; author: string; trust: "trusted" | "untrusted"; flags: (string)[]; embedder: string; confidence: number; valid_from: string; valid_to: string | null; recorded_at: string; superseded_by: string | null; created_at: string; updated_at: string; metadata: { [key: string]: unknown }; uses: number; last_used_at: string | null; }; similarity: number; reason: "same_words" | "reworded"; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/health/duplicates/dismiss": {
    /** Says that two facts are different, or takes it back. */
    post: {
      parameters: { query?: { user_id?: string; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { one: string; other: string; is_dismissed?: boolean; user_id?: string; } } };
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/health/merge": {
    /** Merges two facts that say the same. */
    post: {
      parameters: { query?: { user_id?: string; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { keep: string; discard: string; user_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; tenant_id: string; user_id: string; text: string; category: string; scope: "tenant" | "sprint" | "worker" | "user"; scope_id: string; source: string | null; source_kind: "person" | "run" | "tool" | "document" | "web" | "import"; source_id: string | null; author: string; trust: "trusted" | "untrusted"; flags: (string)[]; embedder: string; confidence: number; valid_from: string; valid_to: string | null; recorded_at: string; superseded_by: string | null; created_at: string; updated_at: string; metadata: { [key: string]: unknown }; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/health/merges/{merged}": {
    /** Takes back the merge of a fact. */
    delete: {
      parameters: { query?: { user_id?: string; }; path: { merged: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; tenant_id: string; user_id: string; text: string; category: string; scope: "tenant" | "sprint" | "worker" | "user"; scope_id: string; source: string | null; source_kind: "person" | "run" | "tool" | "document" | "web" | "import"; source_id: string | null; author: string; trust: "trusted" | "untrusted"; flags: (string)[]; embedder: string; confidence: number; valid_from: string; valid_to: string | null; recorded_at: string; superseded_by: string | null; created_at: string; updated_at: string; metadata: { [key: string]: unknown }; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/health/rarely_used": {
    /** Lists your facts that were rarely used, the oldest first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; tenant_id: string; user_id: string; text: string; category: string; scope: "tenant" | "sprint" | "worker" | "user"; scope_id: string; source: string | null; source_kind: "person" | "run" | "tool" | "document" | "web" | "import"; source_id: string | null; author: string; trust: "trusted" | "untrusted"; flags: (string)[]; embedder: string; confidence: number; valid_from: string; valid_to: string | null; recorded_at: string; superseded_by: string | null; created_at: string; updated_at: string; metadata: { [key: string]: unknown }; uses: number; last_used_at: string | null; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/health/stale": {
    /** Lists your facts that nobody used lately, the oldest first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; days?: number; user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; tenant_id: string; user_id: string; text: string; category: string; scope: "tenant" | "sprint" | "worker" | "user"; scope_id: string; source: string | null; source_kind: "person" | "run" | "tool" | "document" | "web" | "import"; source_id: string | null; author: string; trust: "trusted" | "untrusted"; flags: (string)[]; embedder: string; confidence: number; valid_from: string; valid_to: string | null; recorded_at: string; superseded_by: string | null; created_at: string; updated_at: string; metadata: { [key: string]: unknown }; uses: number; last_used_at: string | null; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/jobs/{id}": {
    /** Shows the state of a session that your memory received. */
    get: {
      parameters: { query?: { user_id?: string; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; session_id: string; status: "queued" | "staged" | "committed" | "failed" | "reverted"; attempts: number; proposer: "model" | "rules" | null; base_commit: string | null; commit_id: string | null; changes: ({ path: string; kind: "created" | "changed"; blocks: ({ block: string; kind: "added" | "changed" | "removed"; before: string | null; after: string | null; })[]; })[]; faults: (string)[]; error: string | null; created_at: string; updated_at: string; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/keys": {
    /** Lists the keys of your memory. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; prefix?: string; user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ key: string; version: number; created_at: string; updated_at: string; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/keys/{key}": {
    /** Reads a key of your memory. */
    get: {
      parameters: { query?: { user_id?: string; }; path: { key: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { key: string; value: unknown; version: number; created_at: string; updated_at: string; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Writes a key of your memory. */
    put: {
      parameters: { query?: { user_id?: string; }; path: { key: string; }; header?: { "If-Match"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { value: components['schemas']['__schema0']; user_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { key: string; value: unknown; version: number; created_at: string; updated_at: string; } } };
        201: { headers: { [name: string]: unknown }; content: { "application/json": { key: string; value: unknown; version: number; created_at: string; updated_at: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        412: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Deletes a key of your memory. */
    delete: {
      parameters: { query?: { user_id?: string; }; path: { key: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/notes": {
    /** Lists your notes for the next session. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; agent?: string; days?: number; user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ summary: string; unfinished: (string)[]; discoveries: (string)[]; priority: "high" | "medium" | "low"; references: (string)[]; id: string; agent: string; run_id: string | null; created_at: string; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Leaves a note for the next session. */
    post: {
      parameters: { query?: { user_id?: string; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { summary: string; unfinished?: (string)[]; discoveries?: (string)[]; priority?: "high" | "medium" | "low"; references?: (string)[]; agent: string; run_id?: string; user_id?: string; } } };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": { summary: string; unfinished: (string)[]; discoveries: (string)[]; priority: "high" | "medium" | "low"; references: (string)[]; id: string; agent: string; run_id: string | null; created_at: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/notes/{id}": {
    /** Deletes a note. */
    delete: {
      parameters: { query?: { user_id?: string; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/orchestrated-search": {
    /** Lets a model search your memory and answer with citations. */
    post: {
      parameters: { query?: { user_id?: string; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { query?: string; conversation?: string | ({ role: "user" | "assistant" | "system" | "developer" | "tool" | "function"; content: string | ({ type: string; text?: string; })[] | null; said_at?: string; timestamp?: string | number; } | { role: "user" | "assistant" | "system" | "developer" | "tool" | "function"; tool_calls: (unknown)[]; content?: null; } | { speaker?: string; text: string; said_at?: string; caption?: string; })[]; as_of?: string; kinds?: ("fact" | "turn" | "block")[]; max_tokens?: number; max_turns?: number; timeout_seconds?: number; budget_usd?: number; user_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { retrieval: "orchestrated" | "search_only"; ended_by: "answered" | "empty" | "no_model" | "max_turns" | "budget" | "day_budget" | "time" | "refused" | "model_failed"; detail: string | null; answer: string | null; confidence: number | null; confidence_reason: string | null; unanswered: boolean; citations: ({ marker: string; kind: "fact" | "turn" | "block" | "commit"; id: string; path: string | null; block: string | null; commit_id: string | null; session_id: string | null; position: number | null; quote: string; trust: "trusted" | "untrusted"; source: string; said_at: string | null; valid_from: string | null; flags: (string)[]; })[]; dropped_citations: number; warnings: ("uncited" | "citations_dropped" | "untrusted_sources" | "instruction_like_sources" | "links_removed" | "instruction_repeated" | "secret_removed")[]; items: ({ id: string; tenant_id: string; user_id: string; text: string; category: string; scope: "tenant" | "sprint" | "worker" | "user"; scope_id: string; source: string | null; source_kind: "person" | "run" | "tool" | "document" | "web" | "import"; source_id: string | null; author: string; trust: "trusted" | "untrusted"; flags: (string)[]; embedder: string; confidence: number; valid_from: string; valid_to: string | null; recorded_at: string; superseded_by: string | null; created_at: string; updated_at: string; metadata: { [key: string]: unknown }; score: number; why: { text_score: number; vector_score: number; bm25: number; similarity: number | null; coverage: number; }; kind: "fact"; } | { kind: "turn"; id: string; session_id: string; position: number; speaker: string; said_at: string; text: string; caption: string | null; trust: "trusted" | "untrusted"; score: number; why: { [key: string]: number }; } | { kind: "block"; id: string; repository: string; path: string; block: string; heading: string; text: string; commit_id: string; valid_from: string; valid_to: string | null; trust: "trusted" | "untrusted"; score: number; why: { [key: string]: number }; })[]; steps: ({ turn: number; tool: string; arguments: { [key: string]: unknown }; why: string | null; result: string; refs: (string)[]; tokens: number; is_error: boolean; is_repeat: boolean; })[]; tokens: { read: number; max: number; input: number; output: number; cached: number; }; turns: number; cost_usd: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/process-and-commit": {
    /** Receives a session and commits its changes to your entities. */
    post: {
      parameters: { query?: { wait?: number; user_id?: string; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { memory_input?: string; conversation?: string | ({ role: "user" | "assistant" | "system" | "developer" | "tool" | "function"; content: string | ({ type: string; text?: string; })[] | null; said_at?: string; timestamp?: string | number; } | { role: "user" | "assistant" | "system" | "developer" | "tool" | "function"; tool_calls: (unknown)[]; content?: null; } | { speaker: string; text: string; said_at?: string; caption?: string; })[]; turns?: ({ role: "user" | "assistant" | "system" | "developer" | "tool" | "function"; content: string | ({ type: string; text?: string; })[] | null; said_at?: string; timestamp?: string | number; } | { role: "user" | "assistant" | "system" | "developer" | "tool" | "function"; tool_calls: (unknown)[]; content?: null; } | { speaker: string; text: string; said_at?: string; caption?: string; })[]; session_id?: string; session_date?: string | string; user_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; session_id: string; status: "queued" | "staged" | "committed" | "failed" | "reverted"; attempts: number; proposer: "model" | "rules" | null; base_commit: string | null; commit_id: string | null; changes: ({ path: string; kind: "created" | "changed"; blocks: ({ block: string; kind: "added" | "changed" | "removed"; before: string | null; after: string | null; })[]; })[]; faults: (string)[]; error: string | null; created_at: string; updated_at: string; } } };
        202: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; session_id: string; status: "queued" | "staged" | "committed" | "failed" | "reverted"; attempts: number; proposer: "model" | "rules" | null; base_commit: string | null; commit_id: string | null; changes: ({ path: string; kind: "created" | "changed"; blocks: ({ block: string; kind: "added" | "changed" | "removed"; before: string | null; after: string | null; })[]; })[]; faults: (string)[]; error: string | null; created_at: string; updated_at: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/json": { type: "urn:apexflow:problem:conflict"; title: string; status: 409; detail: string; conflicts: ({ path: string; block: string; base: string | null; branch: string | null; session: string | null; })[]; } } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/process-session": {
    /** Receives a session and stages its changes to your entities. */
    post: {
      parameters: { query?: { wait?: number; user_id?: string; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { memory_input?: string; conversation?: string | ({ role: "user" | "assistant" | "system" | "developer" | "tool" | "function"; content: string | ({ type: string; text?: string; })[] | null; said_at?: string; timestamp?: string | number; } | { role: "user" | "assistant" | "system" | "developer" | "tool" | "function"; tool_calls: (unknown)[]; content?: null; } | { speaker: string; text: string; said_at?: string; caption?: string; })[]; turns?: ({ role: "user" | "assistant" | "system" | "developer" | "tool" | "function"; content: string | ({ type: string; text?: string; })[] | null; said_at?: string; timestamp?: string | number; } | { role: "user" | "assistant" | "system" | "developer" | "tool" | "function"; tool_calls: (unknown)[]; content?: null; } | { speaker: string; text: string; said_at?: string; caption?: string; })[]; session_id?: string; session_date?: string | string; user_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; session_id: string; status: "queued" | "staged" | "committed" | "failed" | "reverted"; attempts: number; proposer: "model" | "rules" | null; base_commit: string | null; commit_id: string | null; changes: ({ path: string; kind: "created" | "changed"; blocks: ({ block: string; kind: "added" | "changed" | "removed"; before: string | null; after: string | null; })[]; })[]; faults: (string)[]; error: string | null; created_at: string; updated_at: string; } } };
        202: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; session_id: string; status: "queued" | "staged" | "committed" | "failed" | "reverted"; attempts: number; proposer: "model" | "rules" | null; base_commit: string | null; commit_id: string | null; changes: ({ path: string; kind: "created" | "changed"; blocks: ({ block: string; kind: "added" | "changed" | "removed"; before: string | null; after: string | null; })[]; })[]; faults: (string)[]; error: string | null; created_at: string; updated_at: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/proposals": {
    /** Lists the proposed promotions that you may decide. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; memory_id: string; user_id: string; text: string; flags: (string)[]; author: string; source: string | null; source_kind: "person" | "run" | "tool" | "document" | "web" | "import"; source_id: string | null; confidence: number; scope: "tenant" | "sprint" | "worker" | "user"; scope_id: string; wanted_scope: "tenant" | "worker" | "user"; wanted_scope_id: string; proposed_by: "person" | "rule"; reason: string; status: "proposed" | "endorsed"; created_at: string; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Proposes a fact of your runs for promotion. */
    post: {
      parameters: { query?: { user_id?: string; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { memory_id: string; scope?: "user" | "worker" | "tenant"; scope_id?: string; reason?: string; user_id?: string; } } };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/proposals/{id}": {
    /** Accepts or declines the promotion of a fact. */
    post: {
      parameters: { query?: { user_id?: string; }; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { decision: "accept" | "decline"; user_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { status: "accepted" | "declined" | "endorsed"; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/rebuild-index": {
    /** Rebuilds the index of your entities from their files. */
    post: {
      parameters: { query?: { user_id?: string; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { entities: number; blocks: number; repaired_blocks: number; retokenized_rows: number; commit_id: string | null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/revert": {
    /** Undoes everything that came from one source. */
    post: {
      parameters: { query?: { user_id?: string; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { source_id: string; dry_run?: boolean; user_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { removed: ({ id: string; text: string; derived_from: string | null; })[]; restored: (string)[]; weakened: (string)[]; entities: { commit_id: string | null; changes: ({ path: string; kind: "created" | "changed" | "removed"; blocks: ({ block: string; kind: "added" | "changed" | "removed"; before: string | null; after: string | null; })[]; })[]; withdrawn: ({ commit_id: string | null; session_id: string | null; path: string; block: string | null; op: "create" | "append" | "replace" | "merge"; why: "text_gone" | "says_what_is_gone" | "run_was_influenced" | "conflict"; })[]; dropped: (string)[]; restaged: (string)[]; of_others: { repositories: number; commits: number; changed_files: number; withdrawn: number; }; }; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/search": {
    /** Searches the memory that you may see, by words and by meaning. */
    post: {
      parameters: { query?: { user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody: { content: { "application/json": { query: string; k?: number; scope?: "tenant" | "sprint" | "worker" | "user"; kinds?: ("fact" | "turn" | "block")[]; as_of?: string; max_tokens?: number; user_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; tenant_id: string; user_id: string; text: string; category: string; scope: "tenant" | "sprint" | "worker" | "user"; scope_id: string; source: string | null; source_kind: "person" | "run" | "tool" | "document" | "web" | "import"; source_id: string | null; author: string; trust: "trusted" | "untrusted"; flags: (string)[]; embedder: string; confidence: number; valid_from: string; valid_to: string | null; recorded_at: string; superseded_by: string | null; created_at: string; updated_at: string; metadata: { [key: string]: unknown }; score: number; why: { text_score: number; vector_score: number; bm25: number; similarity: number | null; coverage: number; }; kind: "fact"; } | { kind: "turn"; id: string; session_id: string; position: number; speaker: string; said_at: string; text: string; caption: string | null; trust: "trusted" | "untrusted"; score: number; why: { [key: string]: number }; } | { kind: "block"; id: string; repository: string; path: string; block: string; heading: string; text: string; commit_id: string; valid_from: string; valid_to: string | null; trust: "trusted" | "untrusted"; score: number; why: { [key: string]: number }; })[]; embedder: string | null; tokens: number; corrected: ({ word: string; name: string; })[]; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/sources": {
    /** Lists what your memory was learned from, newest first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; kind?: string; state?: "learned" | "pending" | "staged" | "failed" | "reverted"; q?: string; user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; kind: string; title: string; quote: string | null; speaker: string | null; at: string; trust: "trusted" | "untrusted" | null; state: "learned" | "pending" | "staged" | "failed" | "reverted"; is_revertible: boolean; run_id: string | null; job_id: string | null; turns: number; facts: number; blocks: number; entities: number; preferences: number; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/sources/{source_id}": {
    /** Shows a source of your memory, and what came from it. */
    get: {
      parameters: { query?: { user_id?: string; }; path: { source_id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; kind: string; title: string; quote: string | null; speaker: string | null; at: string; trust: "trusted" | "untrusted" | null; state: "learned" | "pending" | "staged" | "failed" | "reverted"; is_revertible: boolean; run_id: string | null; job_id: string | null; turns: number; counts: { facts: number; blocks: number; entities: number; preferences: number; }; first_turns: ({ position: number; speaker: string; said_at: string; text: string; })[]; facts: ({ id: string; text: string; trust: "trusted" | "untrusted"; scope: string; valid_from: string; valid_to: string | null; superseded_by: string | null; actions: (string)[]; })[]; blocks: ({ path: string; block: string; heading: string; text: string; commit_id: string; since: string; until: string | null; })[]; derived: ({ id: string; text: string; derived_from: string | null; run_id: string | null; })[]; preferences: ({ id: string; state: "staged" | "accepted" | "rejected"; hub: string; field: string; value: string; quote: string; })[]; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/subjects": {
    /** Lists the users of your application whose memory you keep. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ user_id: string; created_at: string; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/subjects/{user_id}": {
    /** Erases the memory of a user of your application permanently. */
    delete: {
      parameters: { query?: never; path: { user_id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { rows: { [key: string]: number }; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/{id}": {
    /** Deletes a fact. */
    delete: {
      parameters: { query?: { user_id?: string; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/{id}/blame": {
    /** Returns the sources of a fact. */
    get: {
      parameters: { query?: { user_id?: string; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { evidence: ({ action: "inserted" | "reinforced" | "believed" | "refined" | "contradicted" | "disputed" | "promoted" | "merged"; other_id: string | null; reason: string | null; user_id: string; source_kind: "person" | "run" | "tool" | "document" | "web" | "import"; source_id: string | null; author: string; confidence_before: number | null; confidence_after: number; recorded_at: string; })[]; turns: ({ session_id: string; position: number; speaker: string; said_at: string; text: string; })[]; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/memory/{id}/history": {
    /** Lists the versions of a fact, newest first. */
    get: {
      parameters: { query?: { user_id?: string; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; text: string; valid_from: string; valid_to: string | null; superseded_by: string | null; trust: "trusted" | "untrusted"; confidence: number; source: string | null; source_kind: "person" | "run" | "tool" | "document" | "web" | "import"; source_id: string | null; author: string; recorded_at: string; merged_into: string | null; is_current: boolean; })[]; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/openapi.json": {
    /** The OpenAPI 3.1 document of this API. */
    get: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Record<string, never> } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/questions": {
    /** Lists the open questions and approvals of all runs, newest first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; kind?: "question" | "approval"; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; node_id: string; kind: "question" | "approval"; text: string; options: (string)[]; tool: string; arguments: { [key: string]: unknown }; details: string | null; fingerprint: string | null; created_at: string; expires_at: string; run_id: string; run_title: string; run_kind: "run" | "sprint" | "chat" | "call" | "agent" | "council"; worker: string; })[]; next_cursor: string | null; count: number; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/realtime/presence": {
    /** Lists who is in a channel. */
    get: {
      parameters: { query: { channel: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { channel: string; users: ({ id: string; name: string; state: "viewing" | "typing"; })[]; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/realtime/tickets": {
    /** Returns a ticket for one WebSocket connection. */
    post: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": { ticket: string; expires_at: string; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/remme/preferences": {
    /** Reads your preferences and why they are believed. */
    get: {
      parameters: { query?: { user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { preferences: { [key: string]: { value: string; confidence: number; evidence: number; updated_at: string; } }; operating_ctx: { [key: string]: { value: string; confidence: number; evidence: number; updated_at: string; } }; soft_identity: { [key: string]: { value: string; confidence: number; evidence: number; updated_at: string; } }; evidence: ({ id: string; action: "accepted" | "rejected"; hub: "preferences" | "operating_ctx" | "soft_identity"; field: string; value: string; excerpt: string; source_id: string; confidence_before: number | null; confidence_after: number | null; recorded_at: string; })[]; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/remme/preferences/{hub}/{field}": {
    /** Removes one of your preferences. */
    delete: {
      parameters: { query?: { user_id?: string; }; path: { hub: "preferences" | "operating_ctx" | "soft_identity"; field: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/remme/scan": {
    /** Looks for preferences in your ended runs. */
    post: {
      parameters: { query?: { user_id?: string; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { scanned_runs: number; staged: number; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/remme/staging": {
    /** Lists the preferences that wait for your decision. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; user_id?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; hub: "preferences" | "operating_ctx" | "soft_identity"; field: string; value: string; text: string; strength: "strong" | "medium" | "weak"; source_id: string; created_at: string; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/remme/staging/{id}": {
    /** Accepts or rejects a staged preference. */
    post: {
      parameters: { query?: { user_id?: string; }; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { decision: "accept" | "reject"; user_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { field: { value: string; confidence: number; evidence: number; updated_at: string; } | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/repos/setup": {
    /** Sets up your memory repository and links it with a GitHub repository. */
    post: {
      parameters: { query?: { user_id?: string; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { ontology?: "personal" | "corporate"; consolidates?: boolean; repo_url?: string | null; branch?: string; github_token?: string; user_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { user_id: string; status: "active" | "not_set_up"; ontology: "personal" | "corporate"; branch: string; consolidates: boolean; head_commit: string | null; last_commit_at: string | null; commits: number; objects: number; files: number; memory_files_count: number; index_stats: { total_blocks: number; avg_tokens: number; }; repo_url: string | null; link: { status: "none"; } | { status: "linked"; branch: string; has_token: boolean; is_syncing: boolean; next_sync_at: string | null; } | { status: "ended"; branch: string; ended_at: string; reason: string; }; last_sync: string | null; sync: { outcome: "synced"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; } | { outcome: "conflict"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; conflicts: ({ path: string; block: string | null; base: string | null; memory: string | null; repository: string | null; })[]; left_out: number; } | { outcome: "refused"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; reasons: (string)[]; } | { outcome: "too_large"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; error: string; } | { outcome: "rewritten"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; known_commit: string; found_commit: string | null; error: string; } | { outcome: "failed"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; kind: "unauthorized" | "not-found" | "not-allowed" | "redirected" | "rejected" | "overtaken" | "timeout" | "unreachable" | "key-service" | "internal"; error: string; } | null; } } };
        201: { headers: { [name: string]: unknown }; content: { "application/json": { user_id: string; status: "active" | "not_set_up"; ontology: "personal" | "corporate"; branch: string; consolidates: boolean; head_commit: string | null; last_commit_at: string | null; commits: number; objects: number; files: number; memory_files_count: number; index_stats: { total_blocks: number; avg_tokens: number; }; repo_url: string | null; link: { status: "none"; } | { status: "linked"; branch: string; has_token: boolean; is_syncing: boolean; next_sync_at: string | null; } | { status: "ended"; branch: string; ended_at: string; reason: string; }; last_sync: string | null; sync: { outcome: "synced"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; } | { outcome: "conflict"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; conflicts: ({ path: string; block: string | null; base: string | null; memory: string | null; repository: string | null; })[]; left_out: number; } | { outcome: "refused"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; reasons: (string)[]; } | { outcome: "too_large"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; error: string; } | { outcome: "rewritten"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; known_commit: string; found_commit: string | null; error: string; } | { outcome: "failed"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; kind: "unauthorized" | "not-found" | "not-allowed" | "redirected" | "rejected" | "overtaken" | "timeout" | "unreachable" | "key-service" | "internal"; error: string; } | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/repos/status/{user_id}": {
    /** Shows the size of your memory repository and how its last sync ended. */
    get: {
      parameters: { query?: never; path: { user_id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { user_id: string; status: "active" | "not_set_up"; ontology: "personal" | "corporate"; branch: string; consolidates: boolean; head_commit: string | null; last_commit_at: string | null; commits: number; objects: number; files: number; memory_files_count: number; index_stats: { total_blocks: number; avg_tokens: number; }; repo_url: string | null; link: { status: "none"; } | { status: "linked"; branch: string; has_token: boolean; is_syncing: boolean; next_sync_at: string | null; } | { status: "ended"; branch: string; ended_at: string; reason: string; }; last_sync: string | null; sync: { outcome: "synced"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; } | { outcome: "conflict"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; conflicts: ({ path: string; block: string | null; base: string | null; memory: string | null; repository: string | null; })[]; left_out: number; } | { outcome: "refused"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; reasons: (string)[]; } | { outcome: "too_large"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; error: string; } | { outcome: "rewritten"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; known_commit: string; found_commit: string | null; error: string; } | { outcome: "failed"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; kind: "unauthorized" | "not-found" | "not-allowed" | "redirected" | "rejected" | "overtaken" | "timeout" | "unreachable" | "key-service" | "internal"; error: string; } | null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/repos/sync": {
    /** Syncs your memory with the linked repository. */
    post: {
      parameters: { query?: { wait?: number; user_id?: string; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: { content: { "application/json": { github_token?: string; user_id?: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { user_id: string; status: "active" | "not_set_up"; ontology: "personal" | "corporate"; branch: string; consolidates: boolean; head_commit: string | null; last_commit_at: string | null; commits: number; objects: number; files: number; memory_files_count: number; index_stats: { total_blocks: number; avg_tokens: number; }; repo_url: string | null; link: { status: "none"; } | { status: "linked"; branch: string; has_token: boolean; is_syncing: boolean; next_sync_at: string | null; } | { status: "ended"; branch: string; ended_at: string; reason: string; }; last_sync: string | null; sync: { outcome: "synced"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; } | { outcome: "conflict"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; conflicts: ({ path: string; block: string | null; base: string | null; memory: string | null; repository: string | null; })[]; left_out: number; } | { outcome: "refused"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; reasons: (string)[]; } | { outcome: "too_large"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; error: string; } | { outcome: "rewritten"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; known_commit: string; found_commit: string | null; error: string; } | { outcome: "failed"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; kind: "unauthorized" | "not-found" | "not-allowed" | "redirected" | "rejected" | "overtaken" | "timeout" | "unreachable" | "key-service" | "internal"; error: string; } | null; } } };
        202: { headers: { [name: string]: unknown }; content: { "application/json": { user_id: string; status: "active" | "not_set_up"; ontology: "personal" | "corporate"; branch: string; consolidates: boolean; head_commit: string | null; last_commit_at: string | null; commits: number; objects: number; files: number; memory_files_count: number; index_stats: { total_blocks: number; avg_tokens: number; }; repo_url: string | null; link: { status: "none"; } | { status: "linked"; branch: string; has_token: boolean; is_syncing: boolean; next_sync_at: string | null; } | { status: "ended"; branch: string; ended_at: string; reason: string; }; last_sync: string | null; sync: { outcome: "synced"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; } | { outcome: "conflict"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; conflicts: ({ path: string; block: string | null; base: string | null; memory: string | null; repository: string | null; })[]; left_out: number; } | { outcome: "refused"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; reasons: (string)[]; } | { outcome: "too_large"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; error: string; } | { outcome: "rewritten"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; known_commit: string; found_commit: string | null; error: string; } | { outcome: "failed"; pulled: { remote_commit: string; commit_id: string; commits: number; } | null; pushed_commit: string | null; faults?: (string)[]; kind: "unauthorized" | "not-found" | "not-allowed" | "redirected" | "rejected" | "overtaken" | "timeout" | "unreachable" | "key-service" | "internal"; error: string; } | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/runs": {
    /** Lists the tenant's runs, sprints among them, newest first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; kind?: "run" | "sprint" | "chat" | "call" | "agent" | "council"; q?: string; worker?: string; user_id?: string; mine?: "true" | "false"; created_from?: string; created_to?: string; status?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; status: "queued" | "running" | "waiting_input" | "completed" | "failed" | "cancelled" | "cost_exceeded"; budget_usd: string | null; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; error: string | null; scripted: boolean; created_at: string; started_at: string | null; completed_at: string | null; kind: "run" | "sprint" | "chat" | "call" | "agent" | "council"; query: string; agent_type: string | null; replay_of: string | null; started_by: { user_id: string; name: string | null; }; open_questions: number; result: string | null; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Starts a run: a planner draws a graph of workers that answer the query. */
    post: {
      parameters: { query?: never; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { query: string; agent_type?: string; budget_usd?: number; github_repo?: string; allowed_hosts?: (string)[]; } } };
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; status: "queued" | "running" | "waiting_input" | "completed" | "failed" | "cancelled" | "cost_exceeded"; budget_usd: string | null; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; error: string | null; scripted: boolean; created_at: string; started_at: string | null; completed_at: string | null; kind: "run" | "sprint" | "chat" | "call" | "agent" | "council"; query: string; agent_type: string | null; replay_of: string | null; started_by: { user_id: string; name: string | null; }; open_questions: number; result: string | null; reserved_usd: string; event_seq: number; github_repo: string | null; allowed_hosts: (string)[]; confidence: number | null; ambiguities: (string)[]; costs: ({ worker: string | null; kind: string; provider: string; model: string; price: "list" | "configured" | "upper_bound" | "free"; calls: number; estimated_calls: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; })[]; questions: ({ id: string; node_id: string; kind: "question" | "approval"; text: string; options: (string)[]; tool: string; arguments: { [key: string]: unknown }; details: string | null; fingerprint: string | null; created_at: string; expires_at: string; })[]; graph: { nodes: ({ id: string; worker: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; provider: string | null; model: string | null; turns: number; attempts: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; result: string | null; error: string | null; started_at: string | null; completed_at: string | null; is_kept: boolean; max_turns: number | null; depends_on: (string)[]; instruction: string | null; reads: (string)[]; writes: (string)[]; })[]; edges: ({ source: string; target: string; })[]; }; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/runs/changes": {
    /** Lists the runs that have changed or were deleted since a watermark, with counts of what happened. */
    get: {
      parameters: { query?: { since?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { watermark: string; items: ({ id: string; status: "queued" | "running" | "waiting_input" | "completed" | "failed" | "cancelled" | "cost_exceeded"; budget_usd: string | null; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; error: string | null; scripted: boolean; created_at: string; started_at: string | null; completed_at: string | null; kind: "run" | "sprint" | "chat" | "call" | "agent" | "council"; query: string; agent_type: string | null; replay_of: string | null; started_by: { user_id: string; name: string | null; }; open_questions: number; result: string | null; })[]; deleted: ({ id: string; deleted_at: string; })[]; more: boolean; counts: { started: number; waiting_input: number; completed: number; failed: number; cancelled: number; }; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/runs/counts": {
    /** Counts the tenant's runs by status, with the filters of the list. */
    get: {
      parameters: { query?: { kind?: "run" | "sprint" | "chat" | "call" | "agent" | "council"; q?: string; worker?: string; user_id?: string; mine?: "true" | "false"; created_from?: string; created_to?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { total: number; by_status: { [key: string]: number }; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/runs/replay": {
    /** Repeats the ended runs that match a filter. */
    post: {
      parameters: { query?: never; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { status?: ("failed" | "cancelled" | "cost_exceeded" | "completed")[]; kind?: "run" | "sprint"; created_after?: string; created_before?: string; error_contains?: string; from_failure?: boolean; budget_usd?: number; again?: boolean; limit?: number; } } };
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": { replays: ({ id: string; replay_of: string; })[]; more: boolean; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/runs/{id}": {
    /** Shows a run: status, graph, nodes, open questions, cost and result. */
    get: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; status: "queued" | "running" | "waiting_input" | "completed" | "failed" | "cancelled" | "cost_exceeded"; budget_usd: string | null; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; error: string | null; scripted: boolean; created_at: string; started_at: string | null; completed_at: string | null; kind: "run" | "sprint" | "chat" | "call" | "agent" | "council"; query: string; agent_type: string | null; replay_of: string | null; started_by: { user_id: string; name: string | null; }; open_questions: number; result: string | null; reserved_usd: string; event_seq: number; github_repo: string | null; allowed_hosts: (string)[]; confidence: number | null; ambiguities: (string)[]; costs: ({ worker: string | null; kind: string; provider: string; model: string; price: "list" | "configured" | "upper_bound" | "free"; calls: number; estimated_calls: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; })[]; questions: ({ id: string; node_id: string; kind: "question" | "approval"; text: string; options: (string)[]; tool: string; arguments: { [key: string]: unknown }; details: string | null; fingerprint: string | null; created_at: string; expires_at: string; })[]; graph: { nodes: ({ id: string; worker: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; provider: string | null; model: string | null; turns: number; attempts: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; result: string | null; error: string | null; started_at: string | null; completed_at: string | null; is_kept: boolean; max_turns: number | null; depends_on: (string)[]; instruction: string | null; reads: (string)[]; writes: (string)[]; })[]; edges: ({ source: string; target: string; })[]; }; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Deletes a run that has ended, with its log and files; files of an embedded database keep its bytes until the next erasure. */
    delete: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/runs/{id}/activity": {
    /** Counts a run's events over its time, warnings and errors apart. */
    get: {
      parameters: { query?: { buckets?: number; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { from: string; to: string; buckets: ({ events: number; problems: number; first_seq: number | null; })[]; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/runs/{id}/cancel": {
    /** Cancels a run, in any state, within seconds. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; status: "queued" | "running" | "waiting_input" | "completed" | "failed" | "cancelled" | "cost_exceeded"; budget_usd: string | null; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; error: string | null; scripted: boolean; created_at: string; started_at: string | null; completed_at: string | null; kind: "run" | "sprint" | "chat" | "call" | "agent" | "council"; query: string; agent_type: string | null; replay_of: string | null; started_by: { user_id: string; name: string | null; }; open_questions: number; result: string | null; reserved_usd: string; event_seq: number; github_repo: string | null; allowed_hosts: (string)[]; confidence: number | null; ambiguities: (string)[]; costs: ({ worker: string | null; kind: string; provider: string; model: string; price: "list" | "configured" | "upper_bound" | "free"; calls: number; estimated_calls: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; })[]; questions: ({ id: string; node_id: string; kind: "question" | "approval"; text: string; options: (string)[]; tool: string; arguments: { [key: string]: unknown }; details: string | null; fingerprint: string | null; created_at: string; expires_at: string; })[]; graph: { nodes: ({ id: string; worker: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; provider: string | null; model: string | null; turns: number; attempts: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; result: string | null; error: string | null; started_at: string | null; completed_at: string | null; is_kept: boolean; max_turns: number | null; depends_on: (string)[]; instruction: string | null; reads: (string)[]; writes: (string)[]; })[]; edges: ({ source: string; target: string; })[]; }; } } };
        202: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; status: "queued" | "running" | "waiting_input" | "completed" | "failed" | "cancelled" | "cost_exceeded"; budget_usd: string | null; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; error: string | null; scripted: boolean; created_at: string; started_at: string | null; completed_at: string | null; kind: "run" | "sprint" | "chat" | "call" | "agent" | "council"; query: string; agent_type: string | null; replay_of: string | null; started_by: { user_id: string; name: string | null; }; open_questions: number; result: string | null; reserved_usd: string; event_seq: number; github_repo: string | null; allowed_hosts: (string)[]; confidence: number | null; ambiguities: (string)[]; costs: ({ worker: string | null; kind: string; provider: string; model: string; price: "list" | "configured" | "upper_bound" | "free"; calls: number; estimated_calls: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; })[]; questions: ({ id: string; node_id: string; kind: "question" | "approval"; text: string; options: (string)[]; tool: string; arguments: { [key: string]: unknown }; details: string | null; fingerprint: string | null; created_at: string; expires_at: string; })[]; graph: { nodes: ({ id: string; worker: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; provider: string | null; model: string | null; turns: number; attempts: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; result: string | null; error: string | null; started_at: string | null; completed_at: string | null; is_kept: boolean; max_turns: number | null; depends_on: (string)[]; instruction: string | null; reads: (string)[]; writes: (string)[]; })[]; edges: ({ source: string; target: string; })[]; }; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/runs/{id}/download": {
    /** Downloads a run's files as a ZIP. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/zip": string } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/runs/{id}/events": {
    /** Streams a run's events (SSE); resumes by Last-Event-ID. */
    get: {
      parameters: { query?: { last_event_id?: number; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/event-stream": string } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/runs/{id}/file-versions/{path}": {
    /** Lists the versions of a file of a run, newest first, with the turn that wrote each. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; }; path: { id: string; path: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ number: number; node: string | null; turn: number | null; updated_by: string | null; size: number; sha256: string | null; deleted: boolean; available: boolean; created_at: string; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/runs/{id}/files": {
    /** Lists a run's files. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; prefix?: string; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ path: string; size: number; sha256: string; updated_at: string; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/runs/{id}/files/{path}": {
    /** Reads a file of a run, as JSON or (raw=1) as a download. */
    get: {
      parameters: { query?: { raw?: "0" | "1"; version?: number; }; path: { id: string; path: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { path: string; content: string; encoding: "utf-8" | "base64"; size: number; sha256: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/runs/{id}/input": {
    /** Answers a question of a run, or approves or rejects an action of one of its nodes. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { question_id?: string; node_id?: string; kind?: "question" | "approval"; fingerprint?: string; response: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; status: "queued" | "running" | "waiting_input" | "completed" | "failed" | "cancelled" | "cost_exceeded"; budget_usd: string | null; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; error: string | null; scripted: boolean; created_at: string; started_at: string | null; completed_at: string | null; kind: "run" | "sprint" | "chat" | "call" | "agent" | "council"; query: string; agent_type: string | null; replay_of: string | null; started_by: { user_id: string; name: string | null; }; open_questions: number; result: string | null; reserved_usd: string; event_seq: number; github_repo: string | null; allowed_hosts: (string)[]; confidence: number | null; ambiguities: (string)[]; costs: ({ worker: string | null; kind: string; provider: string; model: string; price: "list" | "configured" | "upper_bound" | "free"; calls: number; estimated_calls: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; })[]; questions: ({ id: string; node_id: string; kind: "question" | "approval"; text: string; options: (string)[]; tool: string; arguments: { [key: string]: unknown }; details: string | null; fingerprint: string | null; created_at: string; expires_at: string; })[]; graph: { nodes: ({ id: string; worker: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; provider: string | null; model: string | null; turns: number; attempts: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; result: string | null; error: string | null; started_at: string | null; completed_at: string | null; is_kept: boolean; max_turns: number | null; depends_on: (string)[]; instruction: string | null; reads: (string)[]; writes: (string)[]; })[]; edges: ({ source: string; target: string; })[]; }; } } };
        202: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; status: "queued" | "running" | "waiting_input" | "completed" | "failed" | "cancelled" | "cost_exceeded"; budget_usd: string | null; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; error: string | null; scripted: boolean; created_at: string; started_at: string | null; completed_at: string | null; kind: "run" | "sprint" | "chat" | "call" | "agent" | "council"; query: string; agent_type: string | null; replay_of: string | null; started_by: { user_id: string; name: string | null; }; open_questions: number; result: string | null; reserved_usd: string; event_seq: number; github_repo: string | null; allowed_hosts: (string)[]; confidence: number | null; ambiguities: (string)[]; costs: ({ worker: string | null; kind: string; provider: string; model: string; price: "list" | "configured" | "upper_bound" | "free"; calls: number; estimated_calls: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; })[]; questions: ({ id: string; node_id: string; kind: "question" | "approval"; text: string; options: (string)[]; tool: string; arguments: { [key: string]: unknown }; details: string | null; fingerprint: string | null; created_at: string; expires_at: string; })[]; graph: { nodes: ({ id: string; worker: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; provider: string | null; model: string | null; turns: number; attempts: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; result: string | null; error: string | null; started_at: string | null; completed_at: string | null; is_kept: boolean; max_turns: number | null; depends_on: (string)[]; instruction: string | null; reads: (string)[]; writes: (string)[]; })[]; edges: ({ source: string; target: string; })[]; }; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/runs/{id}/logs": {
    /** Lists a run's log lines, oldest or newest first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; order?: "oldest" | "newest"; level?: "debug" | "info" | "warning" | "error"; min_level?: "debug" | "info" | "warning" | "error"; source?: string; node?: string; type?: string; q?: string; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ seq: number; timestamp: string; type: string; level: "debug" | "info" | "warning" | "error"; source: string; message: string; data: { [key: string]: unknown }; truncated: boolean; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/runs/{id}/nodes/{node}/turns/{turn}": {
    /** Shows a turn: its context in parts, the answer, tool calls with outputs, memory, files, attempts and cost. */
    get: {
      parameters: { query?: never; path: { id: string; node: string; turn: number; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { node: string; worker: string; turn: number; provider: string; model: string; status: "completed" | "running" | "waiting" | "interrupted"; finish_reason: string | null; fault: string | null; started_at: string; completed_at: string; duration_ms: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; failed_calls: number; said: { text: string; truncated: boolean; }; thinking: string | null; tools: (string)[]; told: ({ kind: "system" | "task" | "instruction" | "input" | "step" | "preferences" | "memory" | "message" | "report" | "files" | "earlier_turn" | "tool_result" | "note"; title: string; text: string; truncated: boolean; tokens: number; withheld: boolean; })[]; tool_calls: ({ index: number; tool: string; arguments: { [key: string]: unknown }; status: "started" | "waiting" | "completed" | "not_run"; output: string | null; truncated: boolean; is_error: boolean; fault: string | null; duration_ms: number | null; attempts: number; started_at: string | null; completed_at: string | null; })[]; memories_used: ({ id: string; found_by: string; text: string | null; source: string | null; trust: string | null; })[]; preferences_used: (string)[]; facts_learned: ({ text: string; category: string; call: number; })[]; files_written: (string)[]; attempts: ({ at: string; outcome: "answered" | "failed" | "postponed"; error: string | null; tokens: { input: number; output: number; cached: number; total: number; } | null; cost_usd: string | null; })[]; as_of: string | null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/runs/{id}/replay": {
    /** Repeats a run that has ended: from the start, from a node, or all nodes that did not complete. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: { content: { "application/json": { from_node?: string; from_failure?: boolean; query?: string; instruction?: string; budget_usd?: number; github_repo?: string; allowed_hosts?: (string)[]; } } };
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; status: "queued" | "running" | "waiting_input" | "completed" | "failed" | "cancelled" | "cost_exceeded"; budget_usd: string | null; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; error: string | null; scripted: boolean; created_at: string; started_at: string | null; completed_at: string | null; kind: "run" | "sprint" | "chat" | "call" | "agent" | "council"; query: string; agent_type: string | null; replay_of: string | null; started_by: { user_id: string; name: string | null; }; open_questions: number; result: string | null; reserved_usd: string; event_seq: number; github_repo: string | null; allowed_hosts: (string)[]; confidence: number | null; ambiguities: (string)[]; costs: ({ worker: string | null; kind: string; provider: string; model: string; price: "list" | "configured" | "upper_bound" | "free"; calls: number; estimated_calls: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; })[]; questions: ({ id: string; node_id: string; kind: "question" | "approval"; text: string; options: (string)[]; tool: string; arguments: { [key: string]: unknown }; details: string | null; fingerprint: string | null; created_at: string; expires_at: string; })[]; graph: { nodes: ({ id: string; worker: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; provider: string | null; model: string | null; turns: number; attempts: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; result: string | null; error: string | null; started_at: string | null; completed_at: string | null; is_kept: boolean; max_turns: number | null; depends_on: (string)[]; instruction: string | null; reads: (string)[]; writes: (string)[]; })[]; edges: ({ source: string; target: string; })[]; }; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/runs/{id}/turns": {
    /** Lists a run's turns with model, tokens, cost and the start of the answer. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; order?: "oldest" | "newest"; node?: string; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ node: string; worker: string; turn: number; provider: string; model: string; status: "completed" | "running" | "waiting" | "interrupted"; finish_reason: string | null; fault: string | null; started_at: string; completed_at: string; duration_ms: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; tool_calls: number; failed_calls: number; text: string; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/sprints": {
    /** Lists the tenant's sprints, newest first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; status?: "queued" | "running" | "waiting_input" | "completed" | "failed" | "cancelled" | "cost_exceeded"; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; status: "queued" | "running" | "waiting_input" | "completed" | "failed" | "cancelled" | "cost_exceeded"; budget_usd: string | null; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; error: string | null; scripted: boolean; created_at: string; started_at: string | null; completed_at: string | null; task: string; team: (string)[]; github_repo: string | null; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Starts a sprint: a team of workers plans, works in parallel and delivers files. */
    post: {
      parameters: { query?: never; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { task: string; team?: ("backend" | "frontend" | "devops")[]; budget_usd?: number; github_repo?: string; allowed_hosts?: (string)[]; } } };
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; status: "queued" | "running" | "waiting_input" | "completed" | "failed" | "cancelled" | "cost_exceeded"; budget_usd: string | null; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; error: string | null; scripted: boolean; created_at: string; started_at: string | null; completed_at: string | null; task: string; team: (string)[]; github_repo: string | null; result: string | null; costs: ({ worker: string | null; kind: string; provider: string; model: string; price: "list" | "configured" | "upper_bound" | "free"; calls: number; estimated_calls: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; })[]; workers: ({ name: string; worker: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; provider: string | null; model: string | null; turns: number; attempts: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; result: string | null; error: string | null; started_at: string | null; completed_at: string | null; })[]; graph: { nodes: ({ id: string; worker: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; })[]; edges: ({ source: string; target: string; })[]; }; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/sprints/{id}": {
    /** Shows a sprint: status, result, workers, graph, tokens and cost. */
    get: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; status: "queued" | "running" | "waiting_input" | "completed" | "failed" | "cancelled" | "cost_exceeded"; budget_usd: string | null; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; error: string | null; scripted: boolean; created_at: string; started_at: string | null; completed_at: string | null; task: string; team: (string)[]; github_repo: string | null; result: string | null; costs: ({ worker: string | null; kind: string; provider: string; model: string; price: "list" | "configured" | "upper_bound" | "free"; calls: number; estimated_calls: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; })[]; workers: ({ name: string; worker: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; provider: string | null; model: string | null; turns: number; attempts: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; result: string | null; error: string | null; started_at: string | null; completed_at: string | null; })[]; graph: { nodes: ({ id: string; worker: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; })[]; edges: ({ source: string; target: string; })[]; }; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/sprints/{id}/cancel": {
    /** Cancels a sprint, in any state, within seconds. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; status: "queued" | "running" | "waiting_input" | "completed" | "failed" | "cancelled" | "cost_exceeded"; budget_usd: string | null; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; error: string | null; scripted: boolean; created_at: string; started_at: string | null; completed_at: string | null; task: string; team: (string)[]; github_repo: string | null; result: string | null; costs: ({ worker: string | null; kind: string; provider: string; model: string; price: "list" | "configured" | "upper_bound" | "free"; calls: number; estimated_calls: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; })[]; workers: ({ name: string; worker: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; provider: string | null; model: string | null; turns: number; attempts: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; result: string | null; error: string | null; started_at: string | null; completed_at: string | null; })[]; graph: { nodes: ({ id: string; worker: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; })[]; edges: ({ source: string; target: string; })[]; }; } } };
        202: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; status: "queued" | "running" | "waiting_input" | "completed" | "failed" | "cancelled" | "cost_exceeded"; budget_usd: string | null; cost_usd: string; tokens: { input: number; output: number; cached: number; total: number; }; error: string | null; scripted: boolean; created_at: string; started_at: string | null; completed_at: string | null; task: string; team: (string)[]; github_repo: string | null; result: string | null; costs: ({ worker: string | null; kind: string; provider: string; model: string; price: "list" | "configured" | "upper_bound" | "free"; calls: number; estimated_calls: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; })[]; workers: ({ name: string; worker: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; provider: string | null; model: string | null; turns: number; attempts: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; result: string | null; error: string | null; started_at: string | null; completed_at: string | null; })[]; graph: { nodes: ({ id: string; worker: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; })[]; edges: ({ source: string; target: string; })[]; }; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/sprints/{id}/download": {
    /** Downloads a sprint's files as a ZIP. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/zip": string } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/sprints/{id}/files": {
    /** Lists a sprint's files. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; prefix?: string; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ path: string; size: number; sha256: string; updated_at: string; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/sprints/{id}/files/{path}": {
    /** Reads a file of a sprint, as JSON or (raw=1) as a download. */
    get: {
      parameters: { query?: { raw?: "0" | "1"; version?: number; }; path: { id: string; path: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { path: string; content: string; encoding: "utf-8" | "base64"; size: number; sha256: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/sprints/{id}/logs": {
    /** Lists a sprint's log lines, oldest or newest first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; order?: "oldest" | "newest"; level?: "debug" | "info" | "warning" | "error"; min_level?: "debug" | "info" | "warning" | "error"; source?: string; node?: string; type?: string; q?: string; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ seq: number; timestamp: string; type: string; level: "debug" | "info" | "warning" | "error"; source: string; message: string; data: { [key: string]: unknown }; truncated: boolean; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/sprints/{id}/workers": {
    /** Lists a sprint's workers with model, status, turns, tokens and cost. */
    get: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ name: string; worker: string; status: "pending" | "running" | "waiting_input" | "completed" | "failed" | "skipped" | "cancelled" | "cost_exceeded"; provider: string | null; model: string | null; turns: number; attempts: number; tokens: { input: number; output: number; cached: number; total: number; }; cost_usd: string; result: string | null; error: string | null; started_at: string | null; completed_at: string | null; })[]; next_cursor: null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/tenant": {
    /** Returns your tenant and its settings. */
    get: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; slug: string; name: string; worker_config: { [key: string]: { provider: "gemini" | "claude" | "openai" | "qwen" | "rehearsal"; model: string; capabilities?: { context_window?: number; max_output_tokens?: number; output_parameter?: "max_tokens" | "max_completion_tokens" | "none"; temperature?: boolean; tools?: boolean; parallel_calls?: boolean; system_role?: boolean; reasoning_back?: "never" | "with_calls" | "always"; reasoning_effort?: boolean; stream_options?: boolean; response_format?: "json_schema" | "json_object" | "none"; call_ids?: "any" | "nine_characters"; empty_content?: boolean; images?: boolean; cache_control?: boolean; context_edits?: "none" | "tool_results" | "all"; }; } }; max_concurrent_sprints: number; max_parallel_nodes: number; allowed_hosts: (string)[]; budget_usd_per_day: number | null; prices: { [key: string]: { input_per_million: string; output_per_million: string; cached_input_per_million?: string; } }; created_at: string; default_model: { provider: "gemini" | "claude" | "openai" | "qwen" | "rehearsal"; model: string; }; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Changes settings of your tenant. */
    patch: {
      parameters: { query?: never; path?: never; header?: { "If-Match"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { name?: string; worker_config?: { [key: string]: { provider: "gemini" | "claude" | "openai" | "qwen" | "rehearsal"; model: string; capabilities?: { context_window?: number; max_output_tokens?: number; output_parameter?: "max_tokens" | "max_completion_tokens" | "none"; temperature?: boolean; tools?: boolean; parallel_calls?: boolean; system_role?: boolean; reasoning_back?: "never" | "with_calls" | "always"; reasoning_effort?: boolean; stream_options?: boolean; response_format?: "json_schema" | "json_object" | "none"; call_ids?: "any" | "nine_characters"; empty_content?: boolean; images?: boolean; cache_control?: boolean; context_edits?: "none" | "tool_results" | "all"; }; } | "gemini" | "claude" | "openai" | "qwen" | null } | null; max_concurrent_sprints?: number; max_parallel_nodes?: number; allowed_hosts?: (string)[]; budget_usd_per_day?: number | null; prices?: { [key: string]: { input_per_million: string; output_per_million: string; cached_input_per_million?: string; } | null } | null; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; slug: string; name: string; worker_config: { [key: string]: { provider: "gemini" | "claude" | "openai" | "qwen" | "rehearsal"; model: string; capabilities?: { context_window?: number; max_output_tokens?: number; output_parameter?: "max_tokens" | "max_completion_tokens" | "none"; temperature?: boolean; tools?: boolean; parallel_calls?: boolean; system_role?: boolean; reasoning_back?: "never" | "with_calls" | "always"; reasoning_effort?: boolean; stream_options?: boolean; response_format?: "json_schema" | "json_object" | "none"; call_ids?: "any" | "nine_characters"; empty_content?: boolean; images?: boolean; cache_control?: boolean; context_edits?: "none" | "tool_results" | "all"; }; } }; max_concurrent_sprints: number; max_parallel_nodes: number; allowed_hosts: (string)[]; budget_usd_per_day: number | null; prices: { [key: string]: { input_per_million: string; output_per_million: string; cached_input_per_million?: string; } }; created_at: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        412: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/tenant/mcp-servers": {
    /** Lists the MCP servers of your tenant. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; name: string; url: string; enabled: boolean; approval: "always" | "writes" | "never"; header_names: (string)[]; status: "untested" | "unapproved" | "approved" | "changed"; error: string | null; tools: { offered: number; added: number; changed: number; removed: number; unusable: number; }; is_cut: boolean; listed_hash: string | null; listed_at: string | null; pinned_at: string | null; created_at: string; updated_at: string; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Adds an MCP server whose tools your workers may use after you have approved them. */
    post: {
      parameters: { query?: never; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { name: string; url: string; token?: string; headers?: { [key: string]: string }; approval?: "always" | "writes" | "never"; } } };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; name: string; url: string; enabled: boolean; approval: "always" | "writes" | "never"; header_names: (string)[]; status: "untested" | "unapproved" | "approved" | "changed"; error: string | null; tools: { offered: number; added: number; changed: number; removed: number; unusable: number; }; is_cut: boolean; listed_hash: string | null; listed_at: string | null; pinned_at: string | null; created_at: string; updated_at: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/tenant/mcp-servers/{id}": {
    /** Shows an MCP server of your tenant. */
    get: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; name: string; url: string; enabled: boolean; approval: "always" | "writes" | "never"; header_names: (string)[]; status: "untested" | "unapproved" | "approved" | "changed"; error: string | null; tools: { offered: number; added: number; changed: number; removed: number; unusable: number; }; is_cut: boolean; listed_hash: string | null; listed_at: string | null; pinned_at: string | null; created_at: string; updated_at: string; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Changes an MCP server of your tenant. */
    patch: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody: { content: { "application/json": { enabled?: boolean; approval?: "always" | "writes" | "never"; token?: string; headers?: { [key: string]: string }; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; name: string; url: string; enabled: boolean; approval: "always" | "writes" | "never"; header_names: (string)[]; status: "untested" | "unapproved" | "approved" | "changed"; error: string | null; tools: { offered: number; added: number; changed: number; removed: number; unusable: number; }; is_cut: boolean; listed_hash: string | null; listed_at: string | null; pinned_at: string | null; created_at: string; updated_at: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Removes an MCP server of your tenant. */
    delete: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/tenant/mcp-servers/{id}/pin": {
    /** Approves the tools that an MCP server lists. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { hash: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; name: string; url: string; enabled: boolean; approval: "always" | "writes" | "never"; header_names: (string)[]; status: "untested" | "unapproved" | "approved" | "changed"; error: string | null; tools: { offered: number; added: number; changed: number; removed: number; unusable: number; }; is_cut: boolean; listed_hash: string | null; listed_at: string | null; pinned_at: string | null; created_at: string; updated_at: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/tenant/mcp-servers/{id}/test": {
    /** Connects to an MCP server and lists its tools. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; name: string; url: string; enabled: boolean; approval: "always" | "writes" | "never"; header_names: (string)[]; status: "untested" | "unapproved" | "approved" | "changed"; error: string | null; tools: { offered: number; added: number; changed: number; removed: number; unusable: number; }; is_cut: boolean; listed_hash: string | null; listed_at: string | null; pinned_at: string | null; created_at: string; updated_at: string; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/tenant/mcp-servers/{id}/tools": {
    /** Lists the tools of an MCP server, with what differs from the approved list. */
    get: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ name: string; offered_as: string; state: "offered" | "added" | "changed" | "removed" | "unusable"; fault: string | null; description: string; parameters: { [key: string]: unknown }; hints: { read_only: boolean; idempotent: boolean; destructive: boolean; }; approved: { description: string; parameters: { [key: string]: unknown }; hints: { read_only: boolean; idempotent: boolean; destructive: boolean; }; } | null; })[]; listed_hash: string | null; next_cursor: null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/tenant/secrets": {
    /** Lists the names of the secrets of your tenant. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; name: string; version: number; created_at: string; updated_at: string; last_used_at: string | null; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/tenant/secrets/{secret}": {
    /** Stores a secret of your tenant. Its value is encrypted and never shown again. */
    put: {
      parameters: { query?: never; path: { secret: string; }; header?: never; cookie?: never };
      requestBody: { content: { "application/json": { value: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; name: string; version: number; created_at: string; updated_at: string; last_used_at: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Deletes a secret of your tenant. */
    delete: {
      parameters: { query?: never; path: { secret: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/tools": {
    /** Lists the tools that your workers and your chat can use. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; q?: string; family?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ name: string; family: string; description: string; source: string; used_by: (string)[]; safe_to_repeat: boolean; needs_approval: boolean; executable: boolean; not_executable_because: string | null; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/tools/execute": {
    /** Calls a tool without a model, under the same policy, approval and budget as a worker. */
    post: {
      parameters: { query?: { wait?: number; }; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { name: string; arguments?: { [key: string]: unknown }; budget_usd?: number; allowed_hosts?: (string)[]; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { run_id: string; status: "queued" | "running" | "waiting_input" | "completed" | "failed" | "cancelled" | "cost_exceeded"; output: string | null; is_error: boolean | null; duration_ms: number | null; question_id: string | null; } } };
        202: { headers: { [name: string]: unknown }; content: { "application/json": { run_id: string; status: "queued" | "running" | "waiting_input" | "completed" | "failed" | "cancelled" | "cost_exceeded"; output: string | null; is_error: boolean | null; duration_ms: number | null; question_id: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/tools/{name}/schema": {
    /** Returns the description of a tool and the JSON Schema of its arguments. */
    get: {
      parameters: { query?: never; path: { name: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { name: string; family: string; description: string; source: string; used_by: (string)[]; safe_to_repeat: boolean; needs_approval: boolean; executable: boolean; not_executable_because: string | null; parameters: { [key: string]: unknown }; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/uploads": {
    /** Lists your uploads, newest first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; filename: string; size: number; purpose: "message" | "import"; created_at: string; status: "pending"; expires_at: string; } | { id: string; filename: string; size: number; purpose: "message" | "import"; created_at: string; status: "ready"; media_type: "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "application/pdf" | "text/plain" | "application/json"; sha256: string; image: { width: number; height: number; } | null; text: { length: number; pages: number | null; note: string | null; } | null; } | { id: string; filename: string; size: number; purpose: "message" | "import"; created_at: string; status: "failed"; error: string; expires_at: string; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Starts the upload of a file and returns the request that sends its bytes. */
    post: {
      parameters: { query?: never; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { filename: string; size: number; media_type?: string; sha256?: string; purpose?: "message" | "import"; } } };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; filename: string; size: number; purpose: "message" | "import"; created_at: string; status: "pending"; expires_at: string; upload: { method: "PUT"; url: string; headers: { [key: string]: string }; expires_at: string; }; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/uploads/{id}": {
    /** Returns one of your uploads. */
    get: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; filename: string; size: number; purpose: "message" | "import"; created_at: string; status: "pending"; expires_at: string; } | { id: string; filename: string; size: number; purpose: "message" | "import"; created_at: string; status: "ready"; media_type: "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "application/pdf" | "text/plain" | "application/json"; sha256: string; image: { width: number; height: number; } | null; text: { length: number; pages: number | null; note: string | null; } | null; } | { id: string; filename: string; size: number; purpose: "message" | "import"; created_at: string; status: "failed"; error: string; expires_at: string; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Deletes one of your uploads. */
    delete: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/uploads/{id}/content": {
    /** Returns the bytes of one of your uploads. */
    get: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/octet-stream": string } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Sends the bytes of an upload. */
    put: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody: { content: { "application/octet-stream": string } };
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/uploads/{id}/finish": {
    /** Checks the content of an upload, so that it can be used. */
    post: {
      parameters: { query?: never; path: { id: string; }; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; filename: string; size: number; purpose: "message" | "import"; created_at: string; status: "pending"; expires_at: string; } | { id: string; filename: string; size: number; purpose: "message" | "import"; created_at: string; status: "ready"; media_type: "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "application/pdf" | "text/plain" | "application/json"; sha256: string; image: { width: number; height: number; } | null; text: { length: number; pages: number | null; note: string | null; } | null; } | { id: string; filename: string; size: number; purpose: "message" | "import"; created_at: string; status: "failed"; error: string; expires_at: string; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/usage": {
    /** Returns usage by day, model, worker and kind, with runs and budget. */
    get: {
      parameters: { query?: { from?: string; to?: string; zone?: string; scope?: "mine" | "tenant"; split?: "kind" | "model" | "worker"; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { from: string; to: string; zone: string; scope: "mine" | "tenant"; total: { calls: number; input_tokens: number; output_tokens: number; cached_tokens: number; estimated_calls: number; cost_usd: string; }; by_day: ({ calls: number; input_tokens: number; output_tokens: number; cached_tokens: number; estimated_calls: number; cost_usd: string; day: string; })[]; by_part: ({ calls: number; input_tokens: number; output_tokens: number; cached_tokens: number; estimated_calls: number; cost_usd: string; day: string; part: string | null; })[]; by_model: ({ calls: number; input_tokens: number; output_tokens: number; cached_tokens: number; estimated_calls: number; cost_usd: string; provider: string; model: string; })[]; by_worker: ({ calls: number; input_tokens: number; output_tokens: number; cached_tokens: number; estimated_calls: number; cost_usd: string; worker: string | null; })[]; by_kind: ({ calls: number; input_tokens: number; output_tokens: number; cached_tokens: number; estimated_calls: number; cost_usd: string; kind: string; })[]; runs: { total: number; completed: number; failed: number; cancelled: number; cost_exceeded: number; active: number; success_rate: number | null; median_seconds: number | null; p95_seconds: number | null; }; stuck: ({ id: string; title: string; created_at: string; })[]; today: { day: string; ends_at: string; budget_usd: string | null; spent_usd: string; lost_usd: string; reserved_usd: string; }; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/user/profile": {
    /** Returns your profile. */
    get: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; email: string; display_name: string; role: "viewer" | "member" | "admin"; tenant_id: string; created_at: string; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Changes your profile. */
    put: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody: { content: { "application/json": { display_name: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; email: string; display_name: string; role: "viewer" | "member" | "admin"; tenant_id: string; created_at: string; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/user/usage": {
    /** Returns your usage: calls, tokens and cost by day, kind and model. */
    get: {
      parameters: { query?: { from?: string; to?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { from: string; to: string; items: ({ day: string; kind: string; provider: string; model: string; calls: number; input_tokens: number; output_tokens: number; cached_tokens: number; estimated_calls: number; cost_usd: string; })[]; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/village/agents": {
    /** Lists the agents of the village. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; name: string; is_own: boolean; owner: string; statements: number; last_at: string | null; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/village/convergence": {
    /** Shows where the agents of the village agree and disagree. */
    get: {
      parameters: { query?: { threshold?: number; floor?: number; realm?: "private" | "village" | "bridge"; thread_id?: string; agent?: string; as_of?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { threshold: number; floor: number; method: { embedding_model: string; judged_by: "rules" | "model"; }; agreements: ({ id: string; kind: "harmony" | "consensus"; topic: string; agents: ({ id: string; name: string; })[]; statements: ({ id: string; content: string; realm: "private" | "village" | "bridge"; category: string; agent: { id: string; name: string; is_own: boolean; }; sides: ({ id: string; name: string; })[] | null; thread_id: string | null; responding_to: (string)[]; related_agents: (string)[]; tags: (string)[]; source: { kind: "person" | "agent" | "council" | "import"; run_id: string | null; }; created_at: string; access_count: number; last_accessed_at: string | null; merged_into: string | null; })[]; pairs: ({ one: string; other: string; similarity: number; judged_by: "rules" | "model"; reason: string; })[]; lowest: number; since: string; })[]; tensions: ({ id: string; says: { id: string; content: string; realm: "private" | "village" | "bridge"; category: string; agent: { id: string; name: string; is_own: boolean; }; sides: ({ id: string; name: string; })[] | null; thread_id: string | null; responding_to: (string)[]; related_agents: (string)[]; tags: (string)[]; source: { kind: "person" | "agent" | "council" | "import"; run_id: string | null; }; created_at: string; access_count: number; last_accessed_at: string | null; merged_into: string | null; }; denies: { id: string; content: string; realm: "private" | "village" | "bridge"; category: string; agent: { id: string; name: string; is_own: boolean; }; sides: ({ id: string; name: string; })[] | null; thread_id: string | null; responding_to: (string)[]; related_agents: (string)[]; tags: (string)[]; source: { kind: "person" | "agent" | "council" | "import"; run_id: string | null; }; created_at: string; access_count: number; last_accessed_at: string | null; merged_into: string | null; }; similarity: number; reason: string; judged_by: "rules" | "model"; since: string; })[]; near: ({ one: string; other: string; similarity: number; })[]; matrix: ({ one: string; other: string; agreements: number; tensions: number; })[]; agents: ({ id: string; name: string; is_own: boolean; owner: string; })[]; counts: { agreements: number; tensions: number; agents: number; statements: number; }; pending: number; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/village/health": {
    /** Counts your statements that are stale, rarely used or said twice. */
    get: {
      parameters: { query?: { days?: number; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { facts: number; stale: number; rarely_used: number; duplicates: number; compared: number; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/village/health/duplicates": {
    /** Lists pairs of your statements that say the same. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ one: { id: string; content: string; realm: "private" | "village" | "bridge"; category: string; agent: { id: string; name: string; is_own: boolean; }; sides: ({ id: string; name: string; })[] | null; thread_id: string | null; responding_to: (string)[]; related_agents: (string)[]; tags: (string)[]; source: { kind: "person" | "agent" | "council" | "import"; run_id: string | null; }; created_at: string; access_count: number; last_accessed_at: string | null; merged_into: string | null; uses: number; last_used_at: string | null; }; other: { id: string; content: string; realm: "private" | "village" | "bridge"; category: string; agent: { id: string; name: string; is_own: boolean; }; sides: ({ id: string; name: string; })[] | null; thread_id: string | null; responding_to: (string)[]; related_agents: (string)[]; tags: (string)[]; source: { kind: "person" | "agent" | "council" | "import"; run_id: string | null; }; created_at: string; access_count: number; last_accessed_at: string | null; merged_into: string | null; uses: number; last_used_at: string | null; }; similarity: number; reason: "same_words" | "reworded"; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/village/health/merge": {
    /** Merges two statements that say the same. */
    post: {
      parameters: { query?: never; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { keep: string; discard: string; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; content: string; realm: "private" | "village" | "bridge"; category: string; agent: { id: string; name: string; is_own: boolean; }; sides: ({ id: string; name: string; })[] | null; thread_id: string | null; responding_to: (string)[]; related_agents: (string)[]; tags: (string)[]; source: { kind: "person" | "agent" | "council" | "import"; run_id: string | null; }; created_at: string; access_count: number; last_accessed_at: string | null; merged_into: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/village/health/merges/{merged}": {
    /** Takes back the merge of a statement. */
    delete: {
      parameters: { query?: never; path: { merged: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; content: string; realm: "private" | "village" | "bridge"; category: string; agent: { id: string; name: string; is_own: boolean; }; sides: ({ id: string; name: string; })[] | null; thread_id: string | null; responding_to: (string)[]; related_agents: (string)[]; tags: (string)[]; source: { kind: "person" | "agent" | "council" | "import"; run_id: string | null; }; created_at: string; access_count: number; last_accessed_at: string | null; merged_into: string | null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/village/health/rarely_used": {
    /** Lists your statements that few searches showed, the oldest first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; content: string; realm: "private" | "village" | "bridge"; category: string; agent: { id: string; name: string; is_own: boolean; }; sides: ({ id: string; name: string; })[] | null; thread_id: string | null; responding_to: (string)[]; related_agents: (string)[]; tags: (string)[]; source: { kind: "person" | "agent" | "council" | "import"; run_id: string | null; }; created_at: string; access_count: number; last_accessed_at: string | null; merged_into: string | null; uses: number; last_used_at: string | null; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/village/health/stale": {
    /** Lists your statements that no search showed lately, the oldest first. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; days?: number; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; content: string; realm: "private" | "village" | "bridge"; category: string; agent: { id: string; name: string; is_own: boolean; }; sides: ({ id: string; name: string; })[] | null; thread_id: string | null; responding_to: (string)[]; related_agents: (string)[]; tags: (string)[]; source: { kind: "person" | "agent" | "council" | "import"; run_id: string | null; }; created_at: string; access_count: number; last_accessed_at: string | null; merged_into: string | null; uses: number; last_used_at: string | null; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/village/knowledge": {
    /** Lists or searches the statements of the village that you see. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; query?: string; realm?: "private" | "village" | "bridge"; agent?: string; thread_id?: string; category?: string; since?: string; until?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; content: string; realm: "private" | "village" | "bridge"; category: string; agent: { id: string; name: string; is_own: boolean; }; sides: ({ id: string; name: string; })[] | null; thread_id: string | null; responding_to: (string)[]; related_agents: (string)[]; tags: (string)[]; source: { kind: "person" | "agent" | "council" | "import"; run_id: string | null; }; created_at: string; access_count: number; last_accessed_at: string | null; merged_into: string | null; score?: number; why?: { text_score: number; vector_score: number; bm25: number; similarity: number | null; }; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Adds a statement to the village. */
    post: {
      parameters: { query?: never; path?: never; header?: { "Idempotency-Key"?: string; }; cookie?: never };
      requestBody: { content: { "application/json": { content: string; agent?: string; realm?: "private" | "village" | "bridge"; sides?: (string)[]; category?: string; thread_id?: string; thread_title?: string; responding_to?: (string)[]; related_agents?: (string)[]; tags?: (string)[]; } } };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; content: string; realm: "private" | "village" | "bridge"; category: string; agent: { id: string; name: string; is_own: boolean; }; sides: ({ id: string; name: string; })[] | null; thread_id: string | null; responding_to: (string)[]; related_agents: (string)[]; tags: (string)[]; source: { kind: "person" | "agent" | "council" | "import"; run_id: string | null; }; created_at: string; access_count: number; last_accessed_at: string | null; merged_into: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/village/knowledge/{id}": {
    /** Returns a statement. */
    get: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; content: string; realm: "private" | "village" | "bridge"; category: string; agent: { id: string; name: string; is_own: boolean; }; sides: ({ id: string; name: string; })[] | null; thread_id: string | null; responding_to: (string)[]; related_agents: (string)[]; tags: (string)[]; source: { kind: "person" | "agent" | "council" | "import"; run_id: string | null; }; created_at: string; access_count: number; last_accessed_at: string | null; merged_into: string | null; } } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
    /** Deletes a statement of yours. */
    delete: {
      parameters: { query?: never; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/village/threads": {
    /** Lists the threads of the village. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; }; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; title: string; agents: ({ id: string; name: string; })[]; statements: number; first_at: string; last_at: string; })[]; next_cursor: string | null; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/api/v1/village/threads/{id}": {
    /** Returns a thread with its statements. */
    get: {
      parameters: { query?: { limit?: number; cursor?: string; }; path: { id: string; }; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { items: ({ id: string; content: string; realm: "private" | "village" | "bridge"; category: string; agent: { id: string; name: string; is_own: boolean; }; sides: ({ id: string; name: string; })[] | null; thread_id: string | null; responding_to: (string)[]; related_agents: (string)[]; tags: (string)[]; source: { kind: "person" | "agent" | "council" | "import"; run_id: string | null; }; created_at: string; access_count: number; last_accessed_at: string | null; merged_into: string | null; })[]; next_cursor: string | null; thread: { id: string; title: string; agents: ({ id: string; name: string; })[]; statements: number; first_at: string; last_at: string; }; } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/docs": {
    /** The API reference as a page. */
    get: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/html; charset=utf-8": string } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/health": {
    /** Says that the process runs and answers. */
    get: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { status: "ok"; } } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/mcp": {
    /** Serves the Model Context Protocol (MCP) for AI clients. */
    post: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody: { content: { "application/json": { jsonrpc: "2.0"; id?: string | number; method: string; params?: { name?: string; [key: string]: unknown }; } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Record<string, never> } };
        202: { headers: { [name: string]: unknown }; content?: never };
        400: { headers: { [name: string]: unknown }; content: { "application/json": Record<string, never> } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        404: { headers: { [name: string]: unknown }; content: { "application/json": Record<string, never> } };
        406: { headers: { [name: string]: unknown }; content: { "application/json": Record<string, never> } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/json": Record<string, never> } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
  "/readiness": {
    /** Says whether requests can be served: the database answers and isolates tenants. */
    get: {
      parameters: { query?: never; path?: never; header?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { status: "ready"; parts?: { [key: string]: { status: "available"; } | { status: "unavailable"; reason: string; } }; } } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } };
      };
    };
  };
}

export interface components {
  schemas: {
    __schema0: string | number | boolean | null | (components['schemas']['__schema0'])[] | { [key: string]: components['schemas']['__schema0'] };
    Problem: { type: string; title: string; status: number; detail: string; instance: string; request_id: string; errors?: ({ path: string; message: string; })[]; };
  };
}
