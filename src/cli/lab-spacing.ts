import { isRegisterSpacing, type RegisterSpacing } from "../wire/interface.ts";
import { locationText, type RegisterLocation } from "../wire/location.ts";
import { Exit, Failure } from "./failure.ts";

/** How far apart the lab has the registers; refuses what it cannot have. */
export function labSpacing(location: RegisterLocation): RegisterSpacing {
  const { spacing } = location;
  if (isRegisterSpacing(spacing)) return spacing;
  const what = `--at ${locationText(location)}`;
  throw new Failure(Exit.WrongCommand, `${what}: the lab's registers are 1, 4 or 16 bytes apart`);
}
