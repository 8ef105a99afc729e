import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { philoxNormals } from "../../random/normals.ts";
import { testRun, testRunWith } from "../testRun.ts";

const folder = mkdtempSync(join(tmpdir(), "volterra-learn-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Daily bars of a random walk, as a file of an exchange. */
function barsFile(name: string, days: number): string {
  const z = philoxNormals(7, 0, days);
  let price = 30_000;
  const lines = ["timestamp,open,high,low,close,volume"];
  for (let day = 0; day < days; day++) {
    const open = price;
    price *= Math.exp(0.02 * z[day]);
    const time = new Date(Date.UTC(2022, 0, 1 + day)).toISOString();
    lines.push([time, open, Math.max(open, price), Math.min(open, price), price, 1].join(","));
  }
  const path = join(folder, name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

const data = barsFile("btcusdt_1d.csv", 400);
const small = ["--state", "BTC", "--members", "2", "--hidden", "2"];

describe("volterra learn and simulate", () => {
  const out = join(folder, "btc.model.json");

  it("learns, measures out of sample, writes a model and simulates it", async () => {
    const learned = await testRun(
      "learn",
      data,
      ...small,
      "--test-from",
      "2022-12-01",
      "--out",
      out,
      "--json",
    );
    expect(learned.stderr).toMatch(/BTC: 400 rows, 2022-01-02/);
    expect(learned.code).toBe(0);
    const document = JSON.parse(learned.stdout);
    expect(document.evaluation.components[0].component).toBe("BTC");
    const names = document.evaluation.components[0].baselines.map((b: { name: string }) => b.name);
    expect(names).toContain("GARCH(1,1), t");
    expect(document.trained.rows).toBe(399 - 96);

    const simulated = await testRun(
      "simulate",
      out,
      "--steps",
      "2",
      "--paths",
      "400",
      "--given",
      "BTC=-10%",
      "--json",
    );
    const { rows } = JSON.parse(simulated.stdout);
    const start = rows[0].components.BTC[1];
    expect(rows[1].components.BTC[1] / start).toBeCloseTo(0.9, 12);
    expect(rows[2].components.BTC[0]).toBeLessThan(rows[2].components.BTC[2]);
    const text = await testRun("simulate", out, "--steps", "2", "--paths", "400");
    expect(text.stdout).toMatch(/BTC 5%/);
  });

  it("answers a shock with intervals, and says what it takes", async () => {
    const three = join(folder, "three.model.json");
    const { code } = await testRun("learn", data, ...small, "--members", "3", "--out", three);
    expect(code).toBe(0);
    const run = await testRun(
      "simulate",
      three,
      "--response",
      "BTC=-10%",
      "--steps",
      "2",
      "--json",
    );
    const { responses } = JSON.parse(run.stdout);
    expect(responses.map(({ kind }: { kind: string }) => kind)).toEqual(["total", "direct"]);
    // against standing still, and nothing pulls a random walk back
    const { value, halfWidth } = responses[1].components[0].state;
    expect(Math.abs(value[1] - Math.log(0.9))).toBeLessThan(halfWidth[1] + 0.02);
    const few = await testRun("simulate", out, "--response", "BTC=-10%");
    expect(few.code).toBe(3);
    expect(few.stderr).toMatch(/at least 3 members for an interval, got 2/);
  });

  it("learns the same from a store as from the file, and less as of an earlier time", async () => {
    const store = join(folder, "store");
    expect((await testRun("data", "import", data, "--store", store)).code).toBe(0);
    const stored = join(folder, "stored.model.json");
    const run = await testRun("learn", store, ...small, "--out", stored);
    expect(run.stderr).toMatch(/BTC: 400 rows, 2022-01-02/);
    const membersIn = (path: string): string[] =>
      JSON.parse(readFileSync(path, "utf8")).model.model.members;
    expect(membersIn(stored)).toEqual(membersIn(out));
    const early = await testRun(
      "learn",
      store,
      ...small,
      "--as-of",
      "2022-10-01",
      "--out",
      join(folder, "e.json"),
    );
    expect(early.stderr).toMatch(/BTC: 273 rows, .* to 2022-10-01/);
  });

  it("walks through regimes", async () => {
    const walk = [
      "--test-from",
      "2022-11-10",
      "--schedule",
      "30",
      "--trial",
      "10",
      "--false-alarms",
      "0.02",
    ];
    const run = await testRun(
      "regimes",
      data,
      "--state",
      "BTC",
      "--members",
      "1",
      ...walk,
      "--json",
    );
    expect(run.code).toBe(0);
    const { policies } = JSON.parse(run.stdout);
    const names = policies.map(({ policy }: { policy: string }) => policy);
    expect(names).toEqual(["fixed", "scheduled", "alarmed"]);
    expect(policies[1].decisions[0].reason).toMatch(/30 steps since the last time/);
  });

  it("keeps what is whole when it is interrupted, and goes on to the same model", async () => {
    const again = join(folder, "again.model.json");
    const members = (): string[] => {
      if (!existsSync(`${again}.part`)) return [];
      return JSON.parse(readFileSync(`${again}.part`, "utf8")).part.members;
    };
    const argv = ["learn", data, ...small, "--members", "40", "--out", again];
    const interrupted = await testRunWith(
      {
        onInterrupt: (listener) => {
          const watch = setInterval(() => {
            if (members().length < 2) return;
            clearInterval(watch);
            listener();
          }, 5);
          return () => clearInterval(watch);
        },
      },
      argv,
    );
    expect(interrupted.code).toBe(130);
    const kept = members();
    expect(kept.length).toBeGreaterThanOrEqual(2);
    expect(kept.length).toBeLessThan(40);
    // the members do not depend on how many there are to be
    const whole = JSON.parse(readFileSync(out, "utf8")).model.model.members;
    expect(kept.slice(0, 2)).toEqual(whole);

    const other = await testRun("learn", data, ...small, "--seed", "2", "--out", again);
    expect(other.code).toBe(3);
    expect(other.stderr).toMatch(/part of this learning, got one of other data or settings/);

    const second = await testRun(...argv);
    expect(second.code).toBe(0);
    expect(second.stderr).toMatch(new RegExp(`Going on with ${kept.length} members`));
    expect(
      JSON.parse(readFileSync(again, "utf8")).model.model.members.slice(0, kept.length),
    ).toEqual(kept);
    expect(members()).toEqual([]);
  });

  it("says what is wrong with flags and files", async () => {
    const cases: [string[], number, RegExp][] = [
      [["learn", data], 2, /--state/],
      [["learn", data, "--state", "ETH"], 3, /series ETH: expected one of BTC, BTC.rv, BTCUSDT/],
      [["learn", join(folder, "none.csv"), "--state", "BTC"], 2, /none.csv, which is not there/],
      [["learn", folder, "--state", "BTC"], 2, /the folder of a store/],
      [["learn", data, "--state", "BTC", "--every", "7h"], 2, /divides a day/],
      [
        ["learn", data, "--state", "BTC", "--test-from", "2030-01-01"],
        3,
        /at least 30 steps to forecast, got 0/,
      ],
      [
        ["learn", data, "--state", "BTC", "--to", "2022-05-01"],
        3,
        /at least 60 steps to learn from, got 22/,
      ],
      [["learn", data, "--state", "BTC", "--joint"], 2, /--joint: expected --test-from/],
      [
        ["learn", data, "--state", "BTC", "--joint", "--test-from", "2022-12-01"],
        3,
        /two assets, got BTC/,
      ],
      [
        ["regimes", data, "--state", "BTC", "--test-from", "2023-01-20"],
        3,
        /60 steps after the start/,
      ],
      [["simulate", data], 3, /expected a model learned from history/],
      [["simulate", join(folder, "none.json")], 3, /Make one with/],
      [["simulate", join(folder, "btc.model.json"), "--given", "BTC:-1"], 2, /ETH=-10%/],
    ];
    for (const [argv, code, message] of cases) {
      const run = await testRun(...argv);
      expect(run.stderr).toMatch(message);
      expect(run.code).toBe(code);
    }
  });
});
