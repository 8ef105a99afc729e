/**
 * Fused vectors give the bits of unfused ones: the whole corpus in two processes, one of which may not fuse. Code is
 * optimised before its first call in both, since only optimised code is fused.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { supportsRelaxedSimd } from "../src/backend/wasm/compile.ts";
import { fusionCheckResults } from "../src/backend/wasm/fusionCheck.ts";

interface Report {
  readonly fuses: boolean;
  readonly fingerprints: Readonly<Record<string, readonly string[]>>;
}

const script = fileURLToPath(new URL("corpus/printFingerprints.ts", import.meta.url));

async function report(setting: "0" | "1"): Promise<Report> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--no-liftoff", script], {
    env: { ...process.env, VOLTERRA_FUSED_VECTORS: setting },
  });
  return JSON.parse(stdout) as Report;
}

const canFuse =
  process.arch === "x64" && process.versions.v8.startsWith("13.6.") && supportsRelaxedSimd();

describe("fused vectors", () => {
  test.skipIf(!canFuse)("give the same bits as unfused ones on the whole corpus", async () => {
    const [fused, plain] = [await report("1"), await report("0")];
    expect([fused.fuses, plain.fuses]).toEqual([true, false]);
    expect(Object.keys(plain.fingerprints).length).toBeGreaterThan(50);
    expect(fused.fingerprints).toEqual(plain.fingerprints);
  });

  test("are checked by results in which every op and kernel shows", () => {
    const narrow = fusionCheckResults(false);
    expect(fusionCheckResults(true)).toEqual(narrow);
    const rows = narrow.length / 64;
    const empty = Array.from({ length: rows }, (_, r) =>
      narrow.subarray(64 * r, 64 * r + 64).every((bits) => bits === 0),
    );
    expect(empty).not.toContain(true);
    expect(
      new Float32Array(narrow.buffer, narrow.byteOffset, narrow.length).every(Number.isFinite),
    ).toBe(true);
  });
});
