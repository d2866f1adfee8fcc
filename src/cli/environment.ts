import { Exit, Failure } from "./failure.ts";

/** What Node throws when the operating system refuses something. */
export interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: unknown;
}

/** What the operating system says most, in a user's words. */
const SENTENCES: Readonly<Record<string, string>> = {
  EACCES: "permission is denied",
  EBUSY: "it is in use",
  EDQUOT: "the disk quota is used up",
  EEXIST: "it is there already",
  EFBIG: "the file would be too big",
  EINVAL: "that cannot be done with it",
  EIO: "the device fails",
  EISDIR: "it is a folder",
  ELOOP: "its links lead round in a circle",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
  ENFILE: "too many files are open on this machine",
  ENOENT: "there is no such file or folder",
  ENOMEM: "there is no memory left",
  ENOSPC: "no space is left on the device",
  ENOTDIR: "a part of the path is not a folder",
  ENOTEMPTY: "the folder is not empty",
  ENXIO: "nothing is behind it",
  EPERM: "it is not permitted",
  EPIPE: "nobody reads it any more",
  EROFS: "the file system can only be read",
  ETXTBSY: "the program is running",
};

/** The name that was given does not stand for what is wanted: the command is wrong, not the machine. */
const WRONG_NAME: readonly string[] = ["EISDIR", "ENAMETOOLONG", "ENOENT", "ENOTDIR"];

export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && "code" in error && "syscall" in error && "errno" in error;
}

/** In one line: the path, if it is known, and what is wrong. */
export function systemErrorText(error: SystemError): string {
  const { path, syscall } = error;
  const place = typeof path === "string" && path !== "" ? path : syscall;
  return `${place}: ${sentence(error)}`;
}

/** What the operating system says, without the path. */
export function sentence({ code, message }: SystemError): string {
  const said = SENTENCES[code];
  return said === undefined ? message : `${said} (${code})`;
}

/**
 * What stopped the work on a file that the user named, as a failure. What is none of the operating
 * system's refusals comes back as it is.
 */
export function failureAt(what: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const exit = WRONG_NAME.includes(error.code) ? Exit.WrongCommand : Exit.Missing;
  return new Failure(exit, `${what}: ${sentence(error)}`);
}
