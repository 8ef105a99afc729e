import { existsSync, readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { InputError } from "../../num/errors.ts";
import { clean } from "../clean.ts";
import { type DeribitApiOptions, fetchDeribitQuotes } from "./deribitApi.ts";
import { NetworkError } from "./live/request.ts";

const bodies = new URL("../../../../shared/data/deribit/api/reconstructed/", import.meta.url);
const body = (method: string, currency: string): URL =>
  new URL(`${method}.${currency}.option.20260105T092511Z.json.gz`, bodies);

let server: Server | undefined;

/** Starts a server on a free port of this machine and answers with options that point at it. */
async function serve(listener: RequestListener): Promise<DeribitApiOptions> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  const { port } = started.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}/api/v2`, retryPauseMs: 1, timeoutMs: 2000 };
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** Answers every request with one status and text. */
const always =
  (status: number, text: string): RequestListener =>
  (_, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(text);
  };

const option = {
  instrument_name: "BTC-27MAR26-80000-C",
  bid_price: 0.1,
  ask_price: 0.11,
  mark_price: 0.105,
  mark_iv: 50,
  underlying_price: 82_000,
  creation_timestamp: 1_767_605_111_513,
};

describe.skipIf(!existsSync(bodies))(
  "fetchDeribitQuotes on replayed bodies (skipped when the shared data are absent)",
  () => {
    const replay: RequestListener = (request, response) => {
      const url = new URL(request.url ?? "", "http://localhost");
      const method = url.pathname.replace("/api/v2/public/", "");
      const file = body(method, url.searchParams.get("currency") ?? "");
      expect(url.searchParams.get("kind")).toBe("option");
      response.setHeader("content-type", "application/json");
      response.end(gunzipSync(readFileSync(file)));
    };

    it.each([
      ["BTC", 626],
      ["ETH", 660],
    ])("returns every %s option of the book summary", async (currency, count) => {
      const set = await fetchDeribitQuotes(currency, await serve(replay));
      expect(set.quotes).toHaveLength(count);
      expect(set.underlying).toBe(currency);
      expect(new Date(set.asOfMs).toISOString().slice(0, 16)).toBe("2026-01-05T09:25");
      const { chain } = clean(set);
      expect(chain.expiries.length).toBeGreaterThan(8);
      expect(chain.expiries[0].expiryMs % 86_400_000).toBe(8 * 3_600_000);
    });
  },
);

describe("fetchDeribitQuotes", () => {
  it("reads IV in percent, prices in coin and a null side as no quote", async () => {
    const reply = JSON.stringify({ jsonrpc: "2.0", result: [{ ...option, bid_price: null }] });
    const [quote] = (await fetchDeribitQuotes("btc", await serve(always(200, reply)))).quotes;
    expect(quote).toMatchObject({
      underlying: "BTC",
      type: "call",
      unit: "coin",
      strike: 80_000,
      expiryMs: Date.UTC(2026, 2, 27, 8),
      bid: null,
      ask: 0.11,
      markIv: 0.5,
      forward: 82_000,
    });
  });

  it("asks for a choice between the underlyings of USDC options", async () => {
    const linear = (name: string) => ({
      ...option,
      instrument_name: `${name}_USDC-27MAR26-2d35-P`,
    });
    const reply = JSON.stringify({ result: [linear("XRP"), linear("SOL")] });
    const options = await serve(always(200, reply));
    await expect(fetchDeribitQuotes("USDC", options)).rejects.toThrow(
      /expected one underlying, got 2: SOL_USDC, XRP_USDC/,
    );
    const set = await fetchDeribitQuotes("USDC", { ...options, underlying: "XRP_USDC" });
    expect(set.quotes).toMatchObject([{ strike: 2.35, unit: "currency", type: "put" }]);
  });

  it("asks again after a failure that time can heal", async () => {
    let requests = 0;
    const options = await serve((request, response) => {
      requests++;
      if (requests <= 3) always(503, "busy")(request, response);
      else always(200, JSON.stringify({ result: [option] }))(request, response);
    });
    expect((await fetchDeribitQuotes("BTC", options)).quotes).toHaveLength(1);
    expect(requests).toBe(5);
  });

  it.each([
    [
      429,
      '{"error":{"message":"too_many_requests","code":10028}}',
      /too_many_requests \(code 10028\) after 3 attempts/,
    ],
    [200, '{"error":{"message":"not_found","code":1}}', /not_found/],
    [502, "<html>Bad gateway</html>", /status 502 and text that is not JSON \("<html>/],
  ])("turns status %i into a NetworkError that quotes the reply", async (status, text, message) => {
    const asking = fetchDeribitQuotes("BTC", await serve(always(status, text)));
    await expect(asking).rejects.toThrow(NetworkError);
    await expect(asking).rejects.toThrow(message);
  });

  it("turns parameters that the exchange does not accept into an InputError, at once", async () => {
    let requests = 0;
    const options = await serve((request, response) => {
      requests++;
      const text = '{"error":{"message":"Invalid params","code":-32602}}';
      always(400, text)(request, response);
    });
    const asking = fetchDeribitQuotes("XYZ", options);
    await expect(asking).rejects.toThrow(InputError);
    await expect(asking).rejects.toThrow(
      /got currency=XYZ&kind=option \(status 400: Invalid params \(code -32602\)\)/,
    );
    expect(requests).toBeLessThanOrEqual(2);
  });

  it("says that nobody answers at the address", async () => {
    const options = await serve(always(200, ""));
    server?.close();
    await new Promise((resolve) => setTimeout(resolve, 10));
    const asking = fetchDeribitQuotes("BTC", { ...options, retries: 0 });
    await expect(asking).rejects.toThrow(NetworkError);
    await expect(asking).rejects.toThrow(/expected a reply from http:.*, got .*ECONNREFUSED/);
  });

  it("gives up on a silent server after timeoutMs", async () => {
    const options = await serve(() => undefined);
    const asking = fetchDeribitQuotes("BTC", { ...options, timeoutMs: 50, retries: 1 });
    await expect(asking).rejects.toThrow(/got none within 0.05 s after 2 attempts/);
  });

  it("stops when the caller aborts, with the caller's reason", async () => {
    const options = await serve(() => undefined);
    const caller = new AbortController();
    const asking = fetchDeribitQuotes("BTC", { ...options, signal: caller.signal });
    setTimeout(() => caller.abort(new Error("enough")), 20);
    await expect(asking).rejects.toThrow("enough");
  });

  it.each([
    ['{"result": []}', /expected a list of objects/],
    ['{"result": [{"instrument_name": "BTC-PERPETUAL"}]}', /expected option quotes/],
    [
      '{"result": [{"instrument_name": "BTC-27MAR26-80000-C"}]}',
      /expected bid_price and ask_price/,
    ],
  ])("refuses a reply of another shape: %s", async (text, message) => {
    const asking = fetchDeribitQuotes("BTC", await serve(always(200, text)));
    await expect(asking).rejects.toThrow(InputError);
    await expect(asking).rejects.toThrow(message);
  });

  it("refuses a currency that is none before asking", async () => {
    await expect(fetchDeribitQuotes("BTC&kind=spot")).rejects.toThrow(InputError);
  });
});
