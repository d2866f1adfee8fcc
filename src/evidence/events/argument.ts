/** The argument of that name in a probe's line, ` off=1`, looked for behind `from`; empty when there is none. */
export function argument(body: string, name: string, from = 0): string {
  const at = body.indexOf(` ${name}=`, from);
  if (at < 0) return "";
  const begin = at + name.length + 2;
  const end = body.indexOf(" ", begin);
  return end < 0 ? body.slice(begin).trimEnd() : body.slice(begin, end);
}
