/** `volterra lab`: what its server answers, with which headers, and what it does not answer. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveLab } from "./labServer.ts";
import { testRun } from "./testRun.ts";

let outside: string;
let folder: string;
beforeAll(() => {
  outside = mkdtempSync(join(tmpdir(), "volterra-lab-"));
  folder = join(outside, "lab");
  mkdirSync(folder);
  writeFileSync(join(outside, "secret.txt"), "not for the page");
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>lab</title>");
});
afterAll(() => rmSync(outside, { recursive: true }));

/** First line and body of the answer to a path sent exactly as it is, which `fetch` would tidy up. */
function rawAnswer(url: string, path: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = "";
    socket.on("data", (piece) => {
      text += piece.toString();
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  });
}

test("the page comes with the headers that let workers share memory, unless they are not wanted", async () => {
  for (const isolated of [true, false]) {
    const server = await serveLab(folder, { port: 0, isolated });
    const reply = await fetch(server.url);
    await server.close();
    expect(reply.status).toBe(200);
    expect(await reply.text()).toContain("<title>lab</title>");
    const opener = isolated ? "same-origin" : null;
    expect(reply.headers.get("cross-origin-opener-policy")).toBe(opener);
    expect(reply.headers.get("cross-origin-embedder-policy")).toBe(
      isolated ? "require-corp" : null,
    );
  }
});

test("no path leads out of the folder", async () => {
  const server = await serveLab(folder, { port: 0 });
  for (const path of ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt"]) {
    const answer = await rawAnswer(server.url, path);
    expect(answer).toMatch(/^HTTP\/1\.1 404/);
    expect(answer).not.toContain("not for the page");
  }
  await server.close();
});

test.each(["x", "70000", "-1"])("port %s is a usage error, code 2", async (port) => {
  const { code, stdout, stderr } = await testRun("lab", `--port=${port}`);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain("Expected a port");
});
