import type { MatchOptions, MatchResult } from "../match/match.ts";
import type { HostParty } from "../match/party.ts";
import { type Parties, playMatch } from "../match/play.ts";
import { inOneGo, inTurns, type Steps } from "../match/steps.ts";
import type { Scenario } from "../scenario/schema.ts";
import type { Kernel } from "../seats/linux/index.ts";
import { linux } from "../seats/linux/match/party.ts";
import { model } from "../seats/model/party.ts";
import { stack } from "../seats/stack/party.ts";

/** A match of our own host stack, in virtual time: a pure function of the scenario and its seed. */
export function runStackMatch(scenario: Scenario, options: MatchOptions = {}): MatchResult {
  return inOneGo(stackMatch(scenario, options));
}

/** The same in steps, between which its signal is looked at. */
export function stackMatch(scenario: Scenario, options: MatchOptions = {}): Steps<MatchResult> {
  return playMatch(scenario, { host: stack, bmc: model }, options);
}

/** Which kernel plays, and how it is started. */
export interface LinuxMatchOptions extends MatchOptions {
  readonly kernel: Kernel;
}

/** A match of an unmodified Linux kernel in QEMU against the model, on our registers. */
export function runLinuxMatch(
  scenario: Scenario,
  { kernel, ...options }: LinuxMatchOptions,
): Promise<MatchResult> {
  return playBetween({ host: linux(kernel), bmc: model }, scenario, options);
}

/** Plays a match against the model, with room for others between its steps; the signal ends it. */
export function playOn(
  host: HostParty,
  scenario: Scenario,
  options: MatchOptions = {},
): Promise<MatchResult> {
  return playBetween({ host, bmc: model }, scenario, options);
}

/** Plays a match between any two that can keep the same time. */
export function playBetween(
  parties: Parties,
  scenario: Scenario,
  options: MatchOptions = {},
): Promise<MatchResult> {
  return inTurns(playMatch(scenario, parties, options));
}
