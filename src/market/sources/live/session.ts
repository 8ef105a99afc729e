/**
 * One session over a WebSocket: JSON-RPC calls with their replies, subscriptions, heartbeats.
 *
 * The exchange sends a heartbeat at the interval that was asked for, and a `test_request` that must be answered by
 * a call of `public/test`. A session that hears nothing for two intervals is taken for dead and ended. Text that
 * is not JSON, or JSON that is no message, is refused and otherwise ignored.
 */
import { InputError } from "../../../num/errors.ts";
import { isObject } from "../deribitJson.ts";
import type { Clock } from "./clock.ts";
import { type Limiter, TOO_MANY_REQUESTS, WRONG_PARAMETERS } from "./limits.ts";
import { NetworkError } from "./request.ts";

/** The part of a WebSocket that a session uses. */
export interface SocketLike {
  send(text: string): void;
  /** Ends the connection at once, without waiting for the other side. */
  end(): void;
  onOpen(listener: () => void): void;
  onMessage(listener: (text: unknown) => void): void;
  /** The connection has ended or could not be made, with what is known of the reason. */
  onClose(listener: (reason: string) => void): void;
}

/** What a session needs. */
export interface SessionOptions {
  readonly url: string;
  readonly connect: (url: string) => SocketLike;
  readonly clock: Clock;
  readonly limiter: Limiter;
  readonly heartbeatS: number;
  /** Limit of opening, and of each call. */
  readonly timeoutMs: number;
  readonly onData: (channel: string, data: unknown) => void;
  /** A message that is none. */
  readonly onMalformed: (detail: string, message: unknown) => void;
  readonly onTooManyRequests: () => void;
  readonly signal: AbortSignal;
}

/** An open session. */
export interface Session {
  /** Result of a public method.
   *
   * Throws  NetworkError when the exchange fails, does not answer in time, or the session ends; InputError when it
   *         does not accept the parameters
   */
  call(method: string, params: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Resolves with the reason when the session has ended. */
  readonly ended: Promise<string>;
  end(reason: string): void;
}

interface Pending {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Opens a session and turns heartbeats on.
 *
 * Throws  NetworkError when it does not open
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { url, clock, limiter, heartbeatS, timeoutMs, signal } = options;
  signal.throwIfAborted();
  const over = new AbortController();
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let heardMs = clock.now();
  const { promise: ended, resolve: tellEnd } = Promise.withResolvers<string>();
  const socket = options.connect(url);
  const end = (reason: string): void => {
    if (over.signal.aborted) return;
    const error = new NetworkError(
      `Deribit ${url}: expected an open session, got: ${reason}. Check the address and the network.`,
    );
    over.abort(error);
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
    socket.end();
    tellEnd(reason);
  };
  const call: Session["call"] = async (method, params) => {
    await limiter.take(method, over.signal);
    over.signal.throwIfAborted();
    const id = nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    pending.set(id, { method, resolve, reject });
    const answered = new AbortController();
    clock.sleep(timeoutMs, answered.signal).then(
      () =>
        reject(
          new NetworkError(
            `Deribit ${method}: expected a reply within ${timeoutMs / 1000} s, got none. Check the network.`,
          ),
        ),
      () => undefined,
    );
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, method: `public/${method}`, params }));
    try {
      return await promise;
    } finally {
      pending.delete(id);
      answered.abort();
    }
  };
  const hear = (text: unknown): void => {
    heardMs = clock.now();
    const message = parse(text);
    if (message === null) options.onMalformed("a message that is no JSON object", text);
    else if (typeof message.id === "number") answer(message, pending, options);
    else if (message.method === "heartbeat") {
      const type = isObject(message.params) ? message.params.type : undefined;
      // A reply that does not come shows as silence.
      if (type === "test_request") call("test", {}).catch(() => undefined);
    } else if (message.method === "subscription" && isObject(message.params)) {
      const { channel, data } = message.params;
      if (typeof channel === "string" && data !== undefined) options.onData(channel, data);
      else options.onMalformed("a notification without channel or data", message);
    } else options.onMalformed("a message of an unknown kind", message);
  };
  socket.onMessage((text) => {
    if (!over.signal.aborted) hear(text);
  });
  socket.onClose((reason) => end(reason));
  signal.addEventListener("abort", () => end("the caller stopped"), {
    once: true,
    signal: over.signal,
  });
  await opened(socket, ended, options, end);
  watchSilence(options, over.signal, () => heardMs, end);
  try {
    await call("set_heartbeat", { interval: heartbeatS });
  } catch (error) {
    end("no heartbeat could be set");
    throw error;
  }
  return { call, ended, end };
}

async function opened(
  socket: SocketLike,
  ended: Promise<string>,
  { url, clock, timeoutMs }: SessionOptions,
  end: (reason: string) => void,
): Promise<void> {
  const done = new AbortController();
  const open = new Promise<null>((resolve) => socket.onOpen(() => resolve(null)));
  clock.sleep(timeoutMs, done.signal).then(
    () => end(`no answer within ${timeoutMs / 1000} s`),
    () => undefined,
  );
  const failure = await Promise.race([open, ended]);
  done.abort();
  if (failure === null) return;
  throw new NetworkError(
    `Deribit ${url}: expected a connection, got: ${failure}. Check the address and the network.`,
  );
}

/** Ends the session when nothing was heard for two heartbeats. */
function watchSilence(
  { clock, heartbeatS }: SessionOptions,
  over: AbortSignal,
  heardMs: () => number,
  end: (reason: string) => void,
): void {
  const limitMs = 2000 * heartbeatS;
  const look = async (): Promise<void> => {
    while (!over.aborted) {
      await clock.sleep(limitMs / 4, over);
      const silentMs = clock.now() - heardMs();
      if (silentMs > limitMs) end(`silence for ${(silentMs / 1000).toFixed(1)} s`);
    }
  };
  // Rejects when the session is over, which is how it ends.
  look().catch(() => undefined);
}

function answer(
  message: Readonly<Record<string, unknown>>,
  pending: ReadonlyMap<number, Pending>,
  options: SessionOptions,
): void {
  const waiting = pending.get(message.id as number);
  const method = waiting?.method ?? "call";
  if (isObject(message.error)) {
    const { code, message: why } = message.error;
    const text = `Deribit ${method}: expected a result, got ${String(why)} (code ${String(code)}).`;
    if (code === TOO_MANY_REQUESTS) {
      options.limiter.drain();
      options.onTooManyRequests();
    }
    waiting?.reject(
      code === WRONG_PARAMETERS
        ? new InputError(`${text} Check the currency and the instruments.`)
        : new NetworkError(`${text} Try again later.`),
    );
  } else if ("result" in message) waiting?.resolve(message.result);
  else {
    waiting?.reject(
      new NetworkError(`Deribit ${method}: expected a result or an error, got neither.`),
    );
  }
}

function parse(text: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof text !== "string") return null;
  try {
    const message: unknown = JSON.parse(text);
    return isObject(message) ? message : null;
  } catch {
    return null;
  }
}
