import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readScenario, scenarioJsonSchema } from "../../src/lab/index.ts";
import { GOOD, MISTAKES } from "./mistakes.ts";

const validate = new Ajv2020({ strict: true }).compile(scenarioJsonSchema());

/** As our reader takes it, and as an editor's does. */
const EDITORS = ["failsafe", "core"] as const;

function textsIn(folder: string): [string, string][] {
  const url = new URL(folder, import.meta.url);
  return readdirSync(url)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => [file, readFileSync(new URL(file, url), "utf8")]);
}

// Goal: an editor says what the reader says. Method: every good scenario that there is, and every
// mistake that the reader's tests make, goes through both.
describe("the JSON Schema and the reader", () => {
  test.each([...textsIn("../../scenarios/"), ...textsIn("cases/")])(
    "both take %s",
    (file, text) => {
      expect(() => readScenario(text, file)).not.toThrow();
      for (const schema of EDITORS) {
        expect([schema, validate(parse(text, { schema })), validate.errors]).toEqual([
          schema,
          true,
          null,
        ]);
      }
    },
  );

  test.each(MISTAKES)("both refuse $what", ({ right, wrong }) => {
    const text = GOOD.replace(right, wrong);
    expect(() => readScenario(text, "good.yaml")).toThrow();
    expect(validate(parse(text, { schema: "failsafe" }))).toBe(false);
  });
});
