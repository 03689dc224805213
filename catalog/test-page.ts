/** The name of the alert that proves that a stack can page: it pages as any critical does, and nothing is broken. */
export const TEST_PAGE = "TestPage";
