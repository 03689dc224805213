-- The ledger of language model calls: Prometheus estimates, this is what was spent.
CREATE TABLE IF NOT EXISTS llm_metrics (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model text NOT NULL,
  latency_ms double precision NOT NULL CHECK (latency_ms >= 0),
  tokens_input integer NOT NULL CHECK (tokens_input >= 0),
  tokens_output integer NOT NULL CHECK (tokens_output >= 0),
  cost_usd numeric(16, 10) CHECK (cost_usd >= 0),
  cached boolean NOT NULL DEFAULT false,
  timestamp timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE llm_metrics IS 'One row for each answered call of a language or embedding model';
COMMENT ON COLUMN llm_metrics.tokens_input IS 'All of the input, read from and written to the cache included';
COMMENT ON COLUMN llm_metrics.cost_usd IS 'NULL where nobody knows the model''s price: unknown is not free';
COMMENT ON COLUMN llm_metrics.cached IS 'Whether the prompt was read from the provider''s cache';

CREATE INDEX IF NOT EXISTS llm_metrics_timestamp_model ON llm_metrics (timestamp, model);
