-- What each statement costs. Counts from the start that preloads the library (shared_preload_libraries).
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
