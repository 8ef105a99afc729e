/**
 * An exchange on the loopback interface that speaks Deribit's public interface over HTTP and WebSocket, from a
 * made-up market (replayMarket.ts), and misbehaves as a test asks: spoilt messages (replayFaults.ts), dropped
 * and silent connections, error 10028, status 429, malformed replies, delays, a clock that is off.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { type FaultName, spoil, uniforms } from "./replayFaults.ts";
import { type Json, type ReplayMarket, replayMarket } from "./replayMarket.ts";

/** What a call is answered with instead of its result. */
export type CallFault = "10028" | "429" | "error" | "html" | "malformed" | "silence" | "drop";

export interface ReplayOptions {
  readonly currencies?: readonly string[];
  /** The exchange's clock minus this machine's. */
  readonly skewMs?: number;
  /** Pause between rounds of notifications. */
  readonly tickMs?: number;
  readonly seed?: number;
  /** Share of notifications that are spoilt, by which faults. */
  readonly faultShare?: number;
  readonly faults?: readonly FaultName[];
  /** Fault of a call; `n` counts the calls of that method from 0. */
  readonly callFault?: (method: string, n: number) => CallFault | undefined;
  /** Pause before each reply. */
  readonly delayMs?: number;
  /** Changes items of replies, such as one with another schema. */
  readonly editItem?: (method: string, item: Json) => Json;
}

export interface Replay {
  readonly market: ReplayMarket;
  readonly baseUrl: string;
  readonly wsUrl: string;
  /** Calls so far: method with its parameters. */
  readonly calls: {
    readonly method: string;
    readonly params: Json;
    readonly overSocket: boolean;
  }[];
  /** Faults that went out. */
  readonly spoilt: Map<FaultName, number>;
  /** Sockets that are open. */
  connections(): number;
  /** Tears all connections down, as a broken network does. */
  dropAll(): void;
  /** Says nothing any more and reads nothing, with connections left open. */
  mute(isMute: boolean): void;
  setSkew(skewMs: number): void;
  setFaultShare(share: number): void;
  close(): Promise<void>;
}

interface Client {
  readonly socket: WebSocket;
  readonly stream: Duplex;
  readonly channels: Set<string>;
  readonly changeIds: Map<string, number>;
  readonly before: Map<string, Json>;
  heartbeat: NodeJS.Timeout | undefined;
  isTested: boolean;
}

const refusal = (code: number, message: string): Json => ({ error: { code, message } });

/** Starts an exchange on a free port. */
export async function startReplay(options: ReplayOptions = {}): Promise<Replay> {
  const { currencies = ["BTC"], tickMs = 20, seed = 1, faults = [], delayMs = 0 } = options;
  const market = replayMarket(Date.now(), currencies);
  const draw = uniforms(seed);
  const calls: { method: string; params: Json; overSocket: boolean }[] = [];
  const counts = new Map<string, number>();
  const spoilt = new Map<FaultName, number>();
  const clients = new Set<Client>();
  let { skewMs = 0, faultShare = 0 } = options;
  let isMute = false;
  const now = (): number => Date.now() + skewMs;

  /** The reply of a method, or how it fails. */
  const reply = (method: string, params: Json, overSocket: boolean): Json | CallFault => {
    calls.push({ method, params, overSocket });
    const n = counts.get(method) ?? 0;
    counts.set(method, n + 1);
    const fault = options.callFault?.(method, n);
    if (fault !== undefined) return fault;
    const at = now();
    const body = { ...resultOf(market, method, params, at), usOut: at * 1000 };
    if (!("result" in body) || !Array.isArray(body.result) || options.editItem === undefined) {
      return body;
    }
    const edit = options.editItem;
    return { ...body, result: body.result.map((item) => edit(method, item as Json)) };
  };
  const envelope = (body: Json, id: unknown): string =>
    JSON.stringify({
      jsonrpc: "2.0",
      ...(id === undefined ? {} : { id }),
      usIn: now() * 1000,
      usOut: now() * 1000,
      usDiff: 0,
      testnet: false,
      ...body,
    });

  const http = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "", "http://localhost");
    const method = url.pathname.replace("/api/v2/public/", "");
    const outcome = reply(method, Object.fromEntries(url.searchParams), false);
    if (isMute || outcome === "silence") return;
    if (outcome === "drop") {
      request.socket.destroy();
      return;
    }
    const [status, text] = httpAnswer(outcome, envelope);
    setTimeout(() => {
      response.writeHead(status, { "content-type": "application/json" }).end(text);
    }, delayMs);
  });
  const sockets = new WebSocketServer({ server: http });
  sockets.on("connection", (socket, request) => {
    const client: Client = {
      socket,
      stream: request.socket,
      channels: new Set(),
      changeIds: new Map(),
      before: new Map(),
      heartbeat: undefined,
      isTested: true,
    };
    clients.add(client);
    if (isMute) socket.pause();
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearInterval(client.heartbeat);
      clients.delete(client);
    });
    socket.on("message", (raw: Buffer) => {
      if (isMute) return;
      const {
        id,
        method,
        params = {},
      } = JSON.parse(raw.toString()) as {
        id: number;
        method: string;
        params?: Json;
      };
      const outcome = reply(method.replace("public/", ""), params, true);
      setTimeout(() => answerSocket(client, outcome, id, method, params), delayMs);
    });
  });

  const answerSocket = (
    client: Client,
    outcome: Json | CallFault,
    id: number,
    method: string,
    params: Json,
  ): void => {
    const { socket } = client;
    if (isMute || outcome === "silence" || socket.readyState !== socket.OPEN) return;
    if (outcome === "drop") client.stream.destroy();
    else if (outcome === "malformed") socket.send('{"jsonrpc":"2.0","id":');
    else if (outcome === "10028" || outcome === "429") {
      // Too many requests: the exchange says so and ends the session.
      socket.send(envelope(refusal(10028, "too_many_requests"), id));
      socket.close();
    } else if (typeof outcome === "string") {
      socket.send(envelope(refusal(11050, "bad_request"), id));
    } else {
      socket.send(envelope(outcome, id));
      if (method === "public/set_heartbeat") beat(client, Number(params.interval));
      if (method === "public/test") client.isTested = true;
      const channels = Array.isArray(params.channels) ? (params.channels as string[]) : [];
      for (const channel of channels) {
        client.changeIds.delete(channel);
        if (method === "public/unsubscribe") client.channels.delete(channel);
        else {
          client.channels.add(channel);
          notify(client, channel);
        }
      }
    }
  };

  const beat = (client: Client, seconds: number): void => {
    clearInterval(client.heartbeat);
    client.isTested = true;
    client.heartbeat = setInterval(() => {
      if (isMute) return;
      if (!client.isTested) {
        client.socket.close();
        return;
      }
      client.isTested = false;
      const params = { type: "test_request" };
      client.socket.send(JSON.stringify({ jsonrpc: "2.0", method: "heartbeat", params }));
    }, 1000 * seconds);
  };

  const message = (channel: string, data: unknown): string =>
    JSON.stringify({
      jsonrpc: "2.0",
      method: "subscription",
      params: data === null ? { channel } : { channel, data },
    });

  const notify = (client: Client, channel: string): void => {
    const data = notification(market, client.changeIds, channel, now());
    const before = client.before.get(channel);
    client.before.set(channel, data);
    const fault = draw() < faultShare ? faults[Math.floor(draw() * faults.length)] : undefined;
    const sound = message(channel, data);
    if (fault === undefined) {
      client.socket.send(sound);
      return;
    }
    spoilt.set(fault, (spoilt.get(fault) ?? 0) + 1);
    const bad = spoil(fault, channel, data);
    if (bad !== undefined) client.socket.send(message(channel, bad));
    else if (fault === "malformed") client.socket.send(sound.slice(0, sound.length / 2));
    else if (fault === "binary") client.socket.send(Buffer.from(sound));
    else if (fault === "duplicate") {
      client.socket.send(sound);
      client.socket.send(sound);
    } else if (fault === "out-of-order") {
      client.socket.send(sound);
      if (before !== undefined) client.socket.send(message(channel, before));
    } else if (fault === "truncated") {
      // Half a frame, and then nothing ever again.
      const payload = Buffer.from(sound);
      const head = Buffer.from([0x81, 126, payload.length >> 8, payload.length & 255]);
      client.stream.write(Buffer.concat([head, payload.subarray(0, payload.length / 2)]));
      client.stream.destroy();
    } else if (fault === "drop") client.stream.destroy();
  };

  const ticking = setInterval(() => {
    if (isMute) return;
    for (const client of clients) {
      for (const channel of client.channels) {
        if (client.socket.readyState === client.socket.OPEN) notify(client, channel);
      }
    }
  }, tickMs);

  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  const dropAll = (): void => {
    for (const { stream } of clients) stream.destroy();
  };
  return {
    market,
    baseUrl: `http://127.0.0.1:${port}/api/v2`,
    wsUrl: `ws://127.0.0.1:${port}/ws/api/v2`,
    calls,
    spoilt,
    connections: () => clients.size,
    dropAll,
    mute(value) {
      isMute = value;
      for (const { socket } of clients) {
        if (value) socket.pause();
        else socket.resume();
      }
    },
    setSkew(value) {
      skewMs = value;
    },
    setFaultShare(value) {
      faultShare = value;
    },
    async close() {
      clearInterval(ticking);
      for (const { heartbeat } of clients) clearInterval(heartbeat);
      dropAll();
      sockets.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

function httpAnswer(
  outcome: Json | Exclude<CallFault, "silence" | "drop">,
  envelope: (body: Json, id: unknown) => string,
): [number, string] {
  switch (outcome) {
    case "10028":
      return [200, envelope(refusal(10028, "too_many_requests"), undefined)];
    case "429":
      return [429, envelope(refusal(10028, "too_many_requests"), undefined)];
    case "error":
      return [500, envelope(refusal(11050, "bad_request"), undefined)];
    case "html":
      return [502, "<html>Bad gateway</html>"];
    case "malformed":
      return [200, '{"jsonrpc":"2.0","result":[{"instrument_na'];
    default:
      return ["error" in outcome ? 400 : 200, envelope(outcome, undefined)];
  }
}

/** Result of a method, as an exchange that behaves gives it. */
function resultOf(market: ReplayMarket, method: string, params: Json, now: number): Json {
  const currency = String(params.currency ?? "");
  const kind = String(params.kind ?? "");
  if (params.currency !== undefined && !market.currencies.includes(currency)) {
    return { error: { code: -32602, message: "Invalid params", data: { param: "currency" } } };
  }
  const from = Number(params.start_timestamp ?? 0);
  const to = Number(params.end_timestamp ?? 0);
  switch (method) {
    case "get_time":
      return { result: now };
    case "set_heartbeat":
      return { result: "ok" };
    case "test":
      return { result: { version: "1.2.26" } };
    case "subscribe":
    case "unsubscribe":
      return { result: params.channels };
    case "get_instruments":
      return {
        result: (kind === "" ? ["future", "option"] : [kind]).flatMap((each) =>
          market.instruments(currency, each),
        ),
      };
    case "get_book_summary_by_currency":
      return { result: market.names(currency, kind).map((name) => market.summary(name, now)) };
    case "get_index_price": {
      const index_price = market.index(String(params.index_name), now);
      return { result: { index_price, estimated_delivery_price: index_price } };
    }
    case "get_volatility_index_data":
      return { result: volatilityPage(market, currency, String(params.resolution), from, to, now) };
    case "get_funding_rate_history":
      return { result: fundingPage(from, Math.min(to, now)) };
    case "get_delivery_prices":
      return { result: deliveryPage(Number(params.offset), Number(params.count), now) };
    case "get_last_trades_by_currency_and_time":
      return { result: tradePage(market, currency, from, Math.min(to, now), Number(params.count)) };
    default:
      return { error: { code: -32601, message: "Method not found" } };
  }
}

/** Bars, at most 1,000, the newest first to be had: `continuation` says where the page before ends. */
function volatilityPage(
  market: ReplayMarket,
  currency: string,
  resolution: string,
  from: number,
  to: number,
  now: number,
): Json {
  const step = resolution === "1D" ? 86_400_000 : 1000 * Number(resolution);
  const last = Math.floor(Math.min(to, now) / step) * step;
  const first = Math.max(Math.ceil(from / step) * step, last - 999 * step);
  const data: number[][] = [];
  for (let ms = first; ms <= last; ms += step) data.push(dvolBar(market, currency, ms));
  return { data, continuation: first > from + step ? first - step : null };
}

/** [ms, open, high, low, close] of a bar. */
export function dvolBar(market: ReplayMarket, currency: string, ms: number): number[] {
  const level = market.volatility(currency, ms);
  return [ms, level, level + 1, level - 1, level + 0.5];
}

/** Hourly funding: what the hour before each timestamp paid, at most 744 of the last ones. */
function fundingPage(from: number, to: number): Json[] {
  const hour = 3_600_000;
  const last = Math.floor(to / hour) * hour;
  const first = Math.max(Math.ceil(from / hour) * hour, last - 743 * hour);
  const items: Json[] = [];
  for (let ms = first; ms <= last; ms += hour) items.push(fundingItem(ms));
  return items;
}

export const fundingItem = (ms: number): Json => ({
  timestamp: ms,
  index_price: 80_000,
  prev_index_price: 79_990,
  interest_1h: 1e-6 * Math.sin(ms / 3e7),
  interest_8h: 8e-6 * Math.sin(ms / 3e7),
});

/** Delivery prices of the last hundred days, newest first. */
function deliveryPage(offset: number, count: number, now: number): Json {
  const total = 100;
  const today = Math.floor((now - 8 * 3_600_000) / 86_400_000);
  const data = Array.from({ length: Math.max(0, Math.min(count, total - offset)) }, (_, i) => ({
    date: new Date((today - offset - i) * 86_400_000).toISOString().slice(0, 10),
    delivery_price: 80_000 + ((today - offset - i) % 50),
  }));
  return { data, records_total: total };
}

/** Three trades in the same millisecond every ten minutes; pages are no longer than 50. */
function tradePage(
  market: ReplayMarket,
  currency: string,
  from: number,
  to: number,
  count: number,
): Json {
  const step = 600_000;
  const trades: Json[] = [];
  for (let ms = Math.ceil(from / step) * step; ms <= to; ms += step) {
    for (let i = 0; i < 3; i++) trades.push(tradeItem(market, currency, ms, i));
  }
  const length = Math.min(50, count);
  return { trades: trades.slice(0, length), has_more: trades.length > length };
}

/** The trade number i of a time. */
export function tradeItem(market: ReplayMarket, currency: string, ms: number, i: number): Json {
  const names = market.names(currency, "option");
  const name = names[(ms / 600_000 + i) % names.length];
  const { mark_price, mark_iv, index_price } = market.ticker(name, ms);
  return {
    trade_id: `${ms}-${i}`,
    trade_seq: ms / 600_000 + i,
    instrument_name: name,
    timestamp: ms,
    direction: i === 0 ? "buy" : "sell",
    tick_direction: 0,
    price: mark_price,
    mark_price,
    index_price,
    iv: mark_iv,
    amount: 1 + i,
  };
}

/** What a channel says at a time. */
function notification(
  market: ReplayMarket,
  changeIds: Map<string, number>,
  channel: string,
  now: number,
): Json {
  const [topic, name] = channel.split(".");
  if (topic === "ticker") return market.ticker(name, now);
  if (topic === "deribit_price_index") {
    return { index_name: name, price: market.index(name, now), timestamp: now };
  }
  if (topic === "deribit_volatility_index") {
    return { index_name: name, volatility: market.volatility(name, now), timestamp: now };
  }
  const before = changeIds.get(channel);
  const id = (before ?? Math.floor(now)) + 1;
  changeIds.set(channel, id);
  return bookMessage(name, now, before, id);
}

/** Levels of the book after a change: the best ones move with the number of the change. */
export const bookLevels = (id: number): { bid: number; ask: number; amount: number } => ({
  bid: 80_000 - (id % 3),
  ask: 80_010 + (id % 4),
  amount: 100 + (id % 10),
});

function bookMessage(name: string, now: number, before: number | undefined, id: number): Json {
  const { bid, ask, amount } = bookLevels(id);
  const common = { instrument_name: name, timestamp: now, change_id: id };
  const fresh = [["new", bid, amount]];
  const freshAsks = [["new", ask, amount]];
  if (before === undefined) {
    return {
      ...common,
      type: "snapshot",
      bids: [...fresh, ["new", 79_000, 50]],
      asks: [...freshAsks, ["new", 81_000, 50]],
    };
  }
  const old = bookLevels(before);
  const side = (was: number, is: number): unknown[] =>
    was === is
      ? [["change", is, amount]]
      : [
          ["delete", was, 0],
          ["new", is, amount],
        ];
  return {
    ...common,
    type: "change",
    prev_change_id: before,
    bids: side(old.bid, bid),
    asks: side(old.ask, ask),
  };
}
