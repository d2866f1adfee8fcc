import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { validateWorkflow } from "@action-validator/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const EXAMPLES = fileURLToPath(new URL("../../docs/examples/", import.meta.url));
const PARTS = [1, 2];
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-workflows-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = (file: string) => readFileSync(join(EXAMPLES, file), "utf8");

/** Has a command of the workflow, with the part's number in its place. */
function have(command: string, part = 0): number | null {
  const words = command
    .replaceAll(/\$\{\{ matrix\.part \}\}|\$CI_NODE_INDEX/g, `${part}`)
    .replaceAll("$CI_NODE_TOTAL", `${PARTS.length}`)
    .split(/\s+/);
  expect(words.slice(0, 2)).toEqual(["npx", "baseboard"]);
  const { status, stderr } = spawnSync(process.execPath, [MAIN, ...words.slice(2)], {
    encoding: "utf8",
    cwd: folder,
  });
  expect(stderr.replaceAll(/.*\r/g, "")).not.toContain("baseboard:");
  return status;
}

function plays(matrix: string, verdict: string): void {
  for (const part of PARTS) expect(have(matrix, part)).toBe(0);
  expect(have("npx baseboard merge part-1.json part-2.json --json=baseline.json")).toBe(0);
  expect(have(verdict)).toBe(0);
}

const ours = (commands: readonly (string | undefined)[]) =>
  commands.filter((each) => each?.startsWith("npx baseboard") === true).join();

describe("the workflow for GitHub", () => {
  const source = text("github-workflow.yaml");

  test("is one", () => {
    expect(validateWorkflow(source).errors).toEqual([]);
    expect(validateWorkflow(source.replaceAll("runs-on", "runs-at")).errors).not.toEqual([]);
  });

  test("does what it says", () => {
    const job = z.object({ steps: z.array(z.object({ run: z.string().optional() })) });
    const { jobs } = z.object({ jobs: z.record(z.string(), job) }).parse(parse(source));
    const commandOf = (name: string) => ours(jobs[name]?.steps.map(({ run }) => run) ?? []);
    plays(commandOf("matrix"), commandOf("verdict"));
  });
});

test("the pipeline for GitLab does what it says", () => {
  const job = z.object({ script: z.array(z.string()) });
  const { matrix, verdict } = z
    .object({ matrix: job.extend({ parallel: z.literal(PARTS.length) }), verdict: job })
    .parse(parse(text("gitlab-ci.yaml")));
  plays(ours(matrix.script), ours(verdict.script));
});
