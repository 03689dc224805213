/** Where the methods of dynamic resources run, and what they are given. */
import * as pulumi from "@pulumi/pulumi";
import type { Secret } from "../../settings/secret.ts";
import { pulumiSecret } from "../../settings/stack-settings.ts";

/** Where a vendor's REST objects (components/shared/rest-object.ts) are kept, and the key to them: in no object, and nowhere in clear. */
export class VendorProvider extends pulumi.ProviderResource {
  constructor(name: string, { url, key }: { url: string; key: Secret }) {
    super("pulumi-nodejs", name, { "vendor:url": url, "vendor:key": pulumiSecret(key) });
  }
}

/** Where the methods of a dynamic resource run that gets all that it needs from its own inputs. */
export class LocalMethods extends pulumi.ProviderResource {
  constructor(name: string) {
    super("pulumi-nodejs", name, {});
  }
}
