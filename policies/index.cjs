// Where Pulumi's own language host begins. What is required here, it compiles by a tool and rules of its own; what is
// imported, Node.js itself reads.
void import("../toolkit/compile-cache.ts").then(() => import("./index.ts"));
