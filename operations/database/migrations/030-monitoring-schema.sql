-- What monitoring adds for itself lives in a schema of its own.
CREATE SCHEMA IF NOT EXISTS monitoring;

-- The statements that take longest, without what monitoring itself runs.
CREATE OR REPLACE VIEW monitoring.slowest_queries AS
  SELECT
    statements.queryid,
    roles.rolname AS username,
    left(regexp_replace(statements.query, '\s+', ' ', 'g'), 500) AS query,
    statements.calls,
    statements.rows,
    round(statements.total_exec_time::numeric, 1) AS total_milliseconds,
    round(statements.mean_exec_time::numeric, 1) AS mean_milliseconds,
    round(statements.max_exec_time::numeric, 1) AS max_milliseconds
  FROM pg_stat_statements AS statements
  JOIN pg_database AS databases ON databases.oid = statements.dbid
  LEFT JOIN pg_roles AS roles ON roles.oid = statements.userid
  WHERE databases.datname = current_database()
    AND roles.rolname IS DISTINCT FROM 'agentpay_monitoring'
    -- What was counted before utility statements no longer were may hold a password as it was written.
    AND statements.query !~* '\m(create|alter)(\s|/\*.*?\*/|--[^\n]*\n)+(role|user|group|server|subscription|foreign)\M|^\W*do\M'
  ORDER BY statements.mean_exec_time DESC;

-- Deletes what is older than the given days from llm_metrics, in pieces that hold no long lock.
CREATE OR REPLACE FUNCTION monitoring.delete_old_llm_metrics(retention_days integer) RETURNS bigint
  LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  deleted bigint := 0;
  piece bigint;
BEGIN
  IF retention_days IS NULL OR retention_days < 1 THEN
    RAISE EXCEPTION 'retention_days must be 1 or more, not %', retention_days;
  END IF;
  LOOP
    DELETE FROM llm_metrics WHERE id IN (
      SELECT id FROM llm_metrics
      WHERE timestamp < now() - make_interval(days => retention_days)
      ORDER BY timestamp LIMIT 10000
    );
    GET DIAGNOSTICS piece = ROW_COUNT;
    deleted := deleted + piece;
    EXIT WHEN piece = 0;
  END LOOP;
  RETURN deleted;
END
$$;
REVOKE ALL ON FUNCTION monitoring.delete_old_llm_metrics(integer) FROM PUBLIC;
