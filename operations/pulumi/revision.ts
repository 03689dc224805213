/** The name of a resource, or one that its type follows: `prometheus-configuration-0123456789ab (docker:Container)`. */
const REVISION = /-configuration-[0-9a-f]{12}(?= \(|$)/;

/** Prometheus's configuration is a new container for each of its revisions: that the old one goes is no loss. */
export const isRevision = (name: string): boolean => REVISION.test(name);
