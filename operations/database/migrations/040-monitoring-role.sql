-- The role of the exporter, the dashboards and the cost report: it reads statistics and the columns that are
-- counted, and nothing else of the customers. Its password is set by the command, never here.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'agentpay_monitoring') THEN
    CREATE ROLE agentpay_monitoring LOGIN;
  END IF;
END
$$;
-- Only what an administrator who is no superuser (RDS) may set too.
ALTER ROLE agentpay_monitoring CONNECTION LIMIT 10;
ALTER ROLE agentpay_monitoring SET default_transaction_read_only = on;
ALTER ROLE agentpay_monitoring SET statement_timeout = '30s';
-- The size of a table that somebody has locked can't be read: without this the exporter waits, and says nothing of the rest.
ALTER ROLE agentpay_monitoring SET lock_timeout = '2s';
ALTER ROLE agentpay_monitoring SET idle_in_transaction_session_timeout = '30s';

GRANT pg_monitor TO agentpay_monitoring;
-- The slots that reserved_connections keeps (PostgreSQL 16 on): who watches sees when all others are taken. Where only a
-- superuser may give that right, monitoring works without it.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pg_use_reserved_connections') THEN
    GRANT pg_use_reserved_connections TO agentpay_monitoring;
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'pg_use_reserved_connections was not granted: only its administrators may';
END
$$;
GRANT USAGE ON SCHEMA monitoring TO agentpay_monitoring;
GRANT SELECT ON monitoring.slowest_queries TO agentpay_monitoring;
GRANT SELECT ON llm_metrics TO agentpay_monitoring;

-- AgentPay's own table, which it makes itself.
DO $$
BEGIN
  IF to_regclass('public.conversations') IS NOT NULL THEN
    GRANT SELECT (id, status, stage, checkout_id, created_at, completed_at)
      ON public.conversations TO agentpay_monitoring;
  END IF;
END
$$;
