/** Something that is for the user to read as it is: no stack trace. */
export class Failure extends Error {
  override readonly name: string = "Failure";
  /** What the command that it ends exits with. */
  readonly exitCode: number = 1;
}
