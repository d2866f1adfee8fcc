import { plainPlan, type RunPlan } from "../../../src/lab/explore/index.ts";

/** A scenario that is short enough to be tried at every event. */
export const SMALL = `name: small
title: A small one
source: a test
story: Nothing.
until: 120s
settle: 10ms
workload:
  - user: a
    steps:
      - { request: Get Self Test Results, times: 3, every: 1s }
  - user: b
    steps:
      - { request: Get SEL Info, times: 2 }
      - sleep: 2s
expect:
  bmc: []
  host: []
`;

export const small: RunPlan = plainPlan(SMALL, 0);

/** Fires when the BMC answers: its response does not come. */
export const lost = { answer: { to: "any", silence: "true", times: "1" } };
