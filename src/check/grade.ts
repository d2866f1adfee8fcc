/** From best to worst for the reader, each with what it says of the BMC. */
export const GRADES = ["conforms", "not claimed", "inconclusive", "tolerable", "violates"] as const;
export type Grade = (typeof GRADES)[number];

/** Of two grades the one that counts. */
export function worse(a: Grade, b: Grade): Grade {
  return GRADES.indexOf(a) >= GRADES.indexOf(b) ? a : b;
}

/** Whether a BMC that gets this grade has failed. */
export function fails(grade: Grade, strict: boolean): boolean {
  return grade === "violates" || (strict && (grade === "tolerable" || grade === "inconclusive"));
}
