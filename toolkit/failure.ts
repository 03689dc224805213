/** Something that is for the user to read as it is: no stack trace. */
export class Failure extends Error {
  override readonly name = "Failure";
}
