import { readScenario, type Scenario } from "../../../src/lab/index.ts";

/** A scenario for FreeIPMI, whose users do these steps, a line each. */
export function scenario(users: Readonly<Record<string, readonly string[]>>, rest = ""): Scenario {
  const workload = Object.entries(users).flatMap(([user, steps]) => [
    `  - user: ${user}`,
    "    steps:",
    ...steps.map((step) => `      - ${step}`),
  ]);
  const head = "name: written\ntitle: t\nsource: s\nstory: s\nuntil: 20s\nseats: [freeipmi]\n";
  return readScenario(`${head}${rest}workload:\n${workload.join("\n")}\n`, "written.yaml");
}
