/**
 * What the monitoring role may do, beside exactly what it should. Every right is a line, as an administrator would write
 * it, so that what is there and what is wanted are compared as sets: what nobody thought of is a surplus too.
 */
import type { ClientBase } from "pg";

const ROLE = "agentpay_monitoring";

/** What `migrations/` gives it. */
const WANTED = [
  "LOGIN",
  "INHERIT",
  "CONNECTION LIMIT 10",
  "SET default_transaction_read_only=on",
  "SET statement_timeout=30s",
  "SET lock_timeout=2s",
  "SET idle_in_transaction_session_timeout=30s",
  "MEMBER OF pg_monitor",
  // What pg_monitor itself is a member of.
  "MEMBER OF pg_read_all_settings",
  "MEMBER OF pg_read_all_stats",
  "MEMBER OF pg_stat_scan_tables",
  "CONNECT ON DATABASE",
  "USAGE ON SCHEMA monitoring",
  "SELECT ON monitoring.slowest_queries",
  "SELECT ON public.llm_metrics",
] as const;

/** Which not every administrator may give, and not every PostgreSQL has: it may have them, and need not. */
const ALLOWED = ["MEMBER OF pg_use_reserved_connections"] as const;

/** Of AgentPay's own table, where it is there. */
const CONVERSATION_COLUMNS = ["id", "status", "stage", "checkout_id", "created_at", "completed_at"] as const;

/** Roles that it is a member of, also by way of another, and all those whose rights are its own: 0 is everybody. */
const HOLDERS = `
  WITH RECURSIVE memberships AS (
    SELECT roleid, admin_option FROM pg_auth_members WHERE member = $1
    UNION SELECT above.roleid, above.admin_option FROM pg_auth_members AS above
      JOIN memberships ON above.member = memberships.roleid
  ), holders AS (SELECT 0::oid AS holder UNION SELECT roleid FROM memberships)`;

/** Attributes, settings and memberships, also those that come by way of another role. */
const ROLE_ITSELF = `
  SELECT unnest(array_remove(ARRAY[
    CASE WHEN rolcanlogin THEN 'LOGIN' END,
    CASE WHEN rolinherit THEN 'INHERIT' END,
    CASE WHEN rolsuper THEN 'SUPERUSER' END,
    CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
    CASE WHEN rolcreatedb THEN 'CREATEDB' END,
    CASE WHEN rolreplication THEN 'REPLICATION' END,
    CASE WHEN rolbypassrls THEN 'BYPASSRLS' END,
    'CONNECTION LIMIT ' || rolconnlimit,
    CASE WHEN rolvaliduntil < 'infinity' THEN 'VALID UNTIL ' || rolvaliduntil END
  ], NULL)) AS held FROM pg_roles WHERE oid = $1
  UNION ALL
  SELECT 'SET ' || setting || coalesce(' IN DATABASE ' || datname, '')
    FROM pg_db_role_setting AS settings CROSS JOIN unnest(setconfig) AS setting
    LEFT JOIN pg_database ON pg_database.oid = setdatabase WHERE setrole = $1
  UNION ALL
  SELECT DISTINCT CASE WHEN admin_option THEN 'ADMIN' ELSE 'MEMBER' END || ' OF ' || rolname
    FROM memberships JOIN pg_roles ON pg_roles.oid = roleid`;

/** What nobody made who made an extension, and PostgreSQL didn't bring either. */
const OF_PEOPLE = (object: string, schema: string, catalogue: string) => `
  ${schema}.nspname <> 'information_schema' AND ${schema}.nspname NOT LIKE 'pg\\_%'
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = '${catalogue}'::regclass AND objid = ${object}.oid AND deptype = 'e')`;

/** Whose right it is, where it is not the role's own. */
const WHOSE = `CASE WHEN grantee = 0 THEN ' TO PUBLIC' WHEN grantee <> $1 THEN ' TO ' || grantee::regrole END`;

/** What everybody, or a role that it is a member of, may do with people's objects, it may as well. */
const isGiven = (object: string, schema: string, catalogue: string) =>
  `(grantee = $1 OR grantee IN (SELECT holder FROM holders) AND ${OF_PEOPLE(object, schema, catalogue)})`;

/** Tables, views, sequences and their columns. */
const RELATIONS = `
  SELECT concat(privilege_type, ' ON ', format('%I.%I', nspname, relname),
    CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END, ${WHOSE})
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace CROSS JOIN aclexplode(relacl)
    WHERE relowner <> $1 AND ${isGiven("pg_class", "pg_namespace", "pg_class")}
  UNION ALL
  SELECT concat(privilege_type, ' (', quote_ident(attname), ') ON ', format('%I.%I', nspname, relname),
    CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END, ${WHOSE})
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
    CROSS JOIN aclexplode(attacl)
    WHERE NOT attisdropped AND ${isGiven("pg_class", "pg_namespace", "pg_class")}`;

/** Functions that were granted by name, and those that would work for it with the rights of their owner. */
const FUNCTIONS = `
  SELECT concat('EXECUTE ON FUNCTION ', pg_proc.oid::regprocedure, ${WHOSE})
    FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace CROSS JOIN aclexplode(proacl)
    WHERE grantee <> 0 AND ${isGiven("pg_proc", "pg_namespace", "pg_proc")}
  UNION ALL
  SELECT 'EXECUTE ON FUNCTION ' || pg_proc.oid::regprocedure || ' (SECURITY DEFINER)'
    FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
    WHERE prosecdef AND proowner <> $1 AND has_function_privilege($1::oid, pg_proc.oid, 'EXECUTE')
      AND has_schema_privilege($1::oid, pronamespace, 'USAGE')
      AND ${OF_PEOPLE("pg_proc", "pg_namespace", "pg_proc")}`;

/** PostgreSQL itself made it, and not who hosts it: ids from 16384 are given later (FirstNormalObjectId). */
const isNew = (object: string, schema: string, catalogue: string) => `
  ${object}.oid < 16384 AND ${schema} = 'pg_catalog'::regnamespace AND grantee IN (SELECT holder FROM holders) AND NOT EXISTS (
    SELECT FROM pg_init_privs CROSS JOIN aclexplode(initprivs) AS first
    WHERE objoid = ${object}.oid AND classoid = '${catalogue}'::regclass AND objsubid = 0
      AND first.grantee = now.grantee AND first.privilege_type = now.privilege_type)`;

/** What was given of PostgreSQL's own tables and functions, such as its passwords or the server's files. */
const OF_SERVER = `
  SELECT concat(privilege_type, ' ON ', pg_class.oid::regclass, ${WHOSE})
    FROM pg_class CROSS JOIN aclexplode(relacl) AS now WHERE ${isNew("pg_class", "relnamespace", "pg_class")}
  UNION ALL
  SELECT concat(privilege_type, ' (', quote_ident(attname), ') ON ', attrelid::regclass, ${WHOSE})
    FROM pg_attribute CROSS JOIN aclexplode(attacl) AS now
    WHERE attrelid < 16384 AND grantee IN (SELECT holder FROM holders) AND NOT EXISTS (
      SELECT FROM pg_init_privs WHERE objoid = attrelid AND classoid = 'pg_class'::regclass AND objsubid = attnum)
  UNION ALL
  SELECT concat('EXECUTE ON FUNCTION ', pg_proc.oid::regprocedure, ${WHOSE})
    FROM pg_proc CROSS JOIN aclexplode(proacl) AS now WHERE ${isNew("pg_proc", "pronamespace", "pg_proc")}
      AND EXISTS (SELECT FROM pg_init_privs WHERE objoid = pg_proc.oid AND classoid = 'pg_proc'::regclass)
  UNION ALL
  SELECT concat(privilege_type, ' ON FOREIGN SERVER ', quote_ident(srvname), ${WHOSE})
    FROM pg_foreign_server CROSS JOIN aclexplode(srvacl) WHERE grantee IN (SELECT holder FROM holders)
  UNION ALL
  SELECT concat(privilege_type, ' ON LARGE OBJECT ', pg_largeobject_metadata.oid, ${WHOSE})
    FROM pg_largeobject_metadata CROSS JOIN aclexplode(lomacl) WHERE grantee IN (SELECT holder FROM holders)
  UNION ALL
  SELECT concat(privilege_type, ' ON FOREIGN DATA WRAPPER ', quote_ident(fdwname), ${WHOSE})
    FROM pg_foreign_data_wrapper CROSS JOIN aclexplode(fdwacl) WHERE grantee IN (SELECT holder FROM holders)
  UNION ALL
  SELECT concat(privilege_type, ' ON TABLESPACE ', quote_ident(spcname), ${WHOSE})
    FROM pg_tablespace CROSS JOIN aclexplode(spcacl) WHERE grantee IN (SELECT holder FROM holders)
  UNION ALL
  SELECT concat(privilege_type, ' ON LANGUAGE ', quote_ident(lanname), ${WHOSE})
    FROM pg_language CROSS JOIN aclexplode(lanacl)
    WHERE NOT lanpltrusted AND grantee IN (SELECT holder FROM holders)`;

/** Settings that everybody, or a role that it is a member of, may change: since PostgreSQL 15. */
const PARAMETERS = `
  SELECT concat(privilege_type, ' ON PARAMETER ', parname, ${WHOSE})
    FROM pg_parameter_acl CROSS JOIN aclexplode(paracl) WHERE grantee IN (SELECT holder FROM holders)`;

/** Schemas and databases; what it would be given of objects that are still to be made. */
const PLACES = `
  SELECT concat(privilege_type, ' ON SCHEMA ', quote_ident(nspname), ${WHOSE})
    FROM pg_namespace CROSS JOIN aclexplode(nspacl)
    WHERE privilege_type <> 'CREATE' AND grantee <> 0 AND (grantee = $1 OR grantee IN (SELECT holder FROM holders))
  UNION ALL
  SELECT 'CREATE ON SCHEMA ' || quote_ident(nspname)
    FROM pg_namespace WHERE has_schema_privilege($1::oid, oid, 'CREATE')
  UNION ALL
  SELECT 'CONNECT ON DATABASE' WHERE has_database_privilege($1::oid, current_database(), 'CONNECT')
  UNION ALL
  SELECT 'CREATE ON DATABASE ' || quote_ident(datname)
    FROM pg_database WHERE has_database_privilege($1::oid, oid, 'CREATE')
  UNION ALL
  SELECT privilege_type || ' ON DATABASE ' || quote_ident(datname)
    FROM pg_database CROSS JOIN aclexplode(datacl) WHERE grantee = $1 AND datname <> current_database()
  UNION ALL
  SELECT 'DEFAULT ' || privilege_type || ' ON WHAT ' || defaclrole::regrole || ' MAKES'
    FROM pg_default_acl CROSS JOIN aclexplode(defaclacl)
    WHERE grantee = $1 OR grantee IN (SELECT holder FROM holders) AND (grantee <> 0 OR privilege_type <> 'EXECUTE')`;

/** What PostgreSQL knows to depend on the role: what it owns, and rights on kinds of objects that are not above. */
const REST = `
  SELECT 'OWNER OF ' || pg_describe_object(classid, objid, objsubid) FROM pg_shdepend
    WHERE refclassid = 'pg_authid'::regclass AND refobjid = $1 AND deptype = 'o'
      AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
  UNION ALL
  SELECT 'A RIGHT ON ' || pg_describe_object(classid, objid, objsubid) FROM pg_shdepend
    WHERE refclassid = 'pg_authid'::regclass AND refobjid = $1 AND deptype = 'a'
      AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
      AND classid NOT IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_namespace'::regclass,
        'pg_database'::regclass, 'pg_default_acl'::regclass)
  UNION ALL
  SELECT DISTINCT 'SOMETHING IN DATABASE ' || quote_ident(datname) FROM pg_shdepend
    JOIN pg_database ON pg_database.oid = dbid
    WHERE refclassid = 'pg_authid'::regclass AND refobjid = $1 AND datname <> current_database()`;

const HELD = [ROLE_ITSELF, RELATIONS, FUNCTIONS, OF_SERVER, PLACES, REST];

export interface Rights {
  /** What it should not have. */
  readonly surplus: readonly string[];
  /** What it should have. */
  readonly lacking: readonly string[];
}

/** @returns undefined where there is no such role */
export async function monitoringRights(client: ClientBase): Promise<Rights | undefined> {
  const { rows: roles } = await client.query<{ oid: number }>("SELECT oid FROM pg_roles WHERE rolname = $1", [
    ROLE,
  ]);
  const oid = roles[0]?.oid;
  if (oid === undefined) return undefined;
  const { rowCount: parameters } = await client.query(
    "SELECT WHERE to_regclass('pg_catalog.pg_parameter_acl') IS NOT NULL",
  );
  const held = [...HELD, ...(parameters ? [PARAMETERS] : [])].join("\n  UNION ALL");
  const { rows } = await client.query<{ held: string }>(`${HOLDERS} ${held}`, [oid]);
  const { rowCount: conversations } = await client.query(
    "SELECT WHERE to_regclass('public.conversations') IS NOT NULL",
  );
  const columns = conversations ? CONVERSATION_COLUMNS : [];
  const wanted = new Set([...WANTED, ...columns.map((name) => `SELECT (${name}) ON public.conversations`)]);
  const allowed = new Set<string>(ALLOWED);
  const found = new Set(rows.map((row) => row.held));
  return {
    surplus: [...found].filter((right) => !wanted.has(right) && !allowed.has(right)).toSorted(),
    lacking: [...wanted].filter((right) => !found.has(right)),
  };
}
