import { expect, test } from "vitest";
import { type BothFaces, bothFaces, EvidenceError } from "../../../src/evidence/index.ts";
import { INTERFACES, type InterfaceKind } from "../../../src/trace/head.ts";
import { accessesOf, blamed, bmcsFace, hostsFace, played, without } from "./faces.ts";

const SHIFT = { offsetUs: 12_345_678, driftPpm: 3 };

/** Scenarios, and at how many places of each face a step is lost. */
const TRIED: readonly (readonly [kind: InterfaceKind, name: string, places: number])[] =
  INTERFACES.flatMap((kind) => [
    [kind, "a-right-match", 40],
    [kind, "foreign-answers", 4],
    [kind, "device-id", 8],
  ]);

// Goal: a file that lost a step and does not say so accuses nobody of what he did not do, wherever the other file
// shows that something is missing; and whom the rest accuses, he still is. Method: one step is taken out of one of
// a match's faces, at each of many places.
test.each(TRIED)("%s: %s, a step is lost at each of %i places", (kind, name, places) => {
  const match = played(name, kind);
  const accused = blamed(accessesOf(match));
  const faces = [hostsFace(match), bmcsFace(match, SHIFT)] as const;
  const wrong: string[] = [];
  let unnoticed = 0;
  for (const lost of [0, 1] as const) {
    const { length } = faces[lost].events;
    for (let n = 1; n <= places; n++) {
      const at = Math.floor((n * length) / (places + 2));
      const both = laid(
        lost === 0 ? without(faces[0], at, 1, "nothing") : faces[0],
        lost === 1 ? without(faces[1], at, 1, "nothing") : faces[1],
      );
      if (both === undefined) continue;
      const came = blamed(both).filter((each) => !accused.includes(each));
      if (both.differences > 0) wrong.push(...came.map((each) => `${lost} ${at} ${each}`));
      else if (lost === 1 && came.length > 0) unnoticed++;
      else expect(blamed(both)).toEqual(expect.arrayContaining(accused));
    }
  }
  expect(wrong).toEqual([]);
  expect(unnoticed).toBeLessThanOrEqual(Math.ceil(places * UNNOTICED));
});

/** A byte that the BMC gave and that stood there already: both files are as if it had not given it. */
const UNNOTICED = 0.05;

/** Undefined where the two files are refused. */
function laid(...faces: Parameters<typeof bothFaces>): BothFaces | undefined {
  try {
    return bothFaces(...faces);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    return undefined;
  }
}
