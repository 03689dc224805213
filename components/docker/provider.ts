/** Docker's provider of a stack. Default providers are off: a resource that was not handed this one is an error. */
import { Provider } from "@pulumi/docker/provider.js";

/** @param host of the Docker Engine; undefined for the provider's own default */
export function dockerProvider(name: string, host: string | undefined): Provider {
  return new Provider(name, host === undefined ? {} : { host });
}
