/**
 * The oldest Node that the program runs on, said before anything fails for want of it.
 *
 * npm warns when it installs on an older one, and a warning is soon forgotten: without this the first missing function
 * would be the message.
 */
const oldest = [22, 18] as const;

/** Is this version (such as "22.18.0") new enough? */
export function isNewEnough(version: string): boolean {
  const [major, minor] = version.split(".").map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

/** Ends the process with code 1 and a message when this Node is too old. */
export function refuseOldNode(version: string): void {
  if (isNewEnough(version)) return;
  process.stderr.write(
    `volterra: expected Node ${oldest.join(".")} or newer, got ${version}. ` +
      "Inside the project's folder, `npx volterra` runs on the Node that came with it.\n",
  );
  process.exit(1);
}
