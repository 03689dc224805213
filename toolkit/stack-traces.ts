/**
 * Leaves stack traces to Node.js, which maps them to the TypeScript sources by itself. Pulumi's SDK takes one for each
 * promise and has `source-map-support` map it once more, in JavaScript: an eighth of a preview's time.
 */
Reflect.deleteProperty(Error, "prepareStackTrace");
