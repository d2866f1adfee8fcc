/** What a program that we start gets to know of our environment, besides its arguments. */
const KEPT = [
  ...["PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "LANG", "TZ"],
  // apt: by which way packages come, and whom it believes.
  ...["http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"],
  ...["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY"],
  ...["APT_CONFIG", "SSL_CERT_FILE", "SSL_CERT_DIR"],
  // A QEMU that was built by its user.
  ...["LD_LIBRARY_PATH", "QEMU_MODULE_DIR"],
];

/**
 * The environment of a child: tokens and keys, which many have in theirs, are of no use to a QEMU or
 * an apt, and are not handed on.
 */
export function childEnvironment(): NodeJS.ProcessEnv {
  const known = KEPT.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(known.filter(([, value]) => value !== undefined));
}
