-- The second wall between tenants (docs/decisions/027): who works for one account does so in this role, and sees its rows alone.
-- An administrator may have made it before, where this user may not. (\x3b is a semicolon: Prisma's engine would split at a plain one.)
DO E'
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = ''lockstep_tenant'') THEN
    CREATE ROLE lockstep_tenant NOLOGIN\x3b
  END IF\x3b
EXCEPTION
  -- Roles are the server''s: another database is making it now.
  WHEN duplicate_object OR unique_violation THEN NULL\x3b
END
';
DO E'
BEGIN
  IF NOT pg_has_role(current_user, ''lockstep_tenant'', ''MEMBER'') THEN
    GRANT lockstep_tenant TO CURRENT_USER\x3b
  END IF\x3b
END
';
GRANT USAGE ON SCHEMA app, catalog TO lockstep_tenant;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA app, catalog TO lockstep_tenant;

CREATE FUNCTION app.tenant_account() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN NULLIF(current_setting('lockstep.account', true), '')::uuid;

CREATE FUNCTION app.tenant_shops() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN (SELECT array_agg(id) FROM app.shop WHERE account_id = app.tenant_account());

-- Walls a table in: `owned` says of a row, in SQL, whether it is the tenant's. Everybody else sees it as before.
CREATE FUNCTION app.wall_in(walled regclass, owned text) RETURNS void LANGUAGE plpgsql AS E'
BEGIN
  EXECUTE format(''GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO lockstep_tenant'', walled)\x3b
  EXECUTE format(''ALTER TABLE %s ENABLE ROW LEVEL SECURITY'', walled)\x3b
  EXECUTE format(''CREATE POLICY everybody ON %s USING (true) WITH CHECK (true)'', walled)\x3b
  EXECUTE format(''CREATE POLICY tenant ON %s AS RESTRICTIVE TO lockstep_tenant USING (%s) WITH CHECK (%s)'', walled, owned, owned)\x3b
END
';

-- The subqueries are run once a statement, not once a row.
DO E'
DECLARE
  own record\x3b
BEGIN
  FOR own IN
    SELECT format(''%I.%I'', table_schema, table_name)::regclass AS walled,
      bool_or(column_name = ''account_id'') AS of_account
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema IN (''app'', ''catalog'') AND table_type = ''BASE TABLE'' AND column_name IN (''account_id'', ''shop_id'')
    GROUP BY table_schema, table_name
  LOOP
    PERFORM app.wall_in(own.walled, CASE WHEN own.of_account THEN ''account_id = (SELECT app.tenant_account())''
      ELSE ''shop_id = ANY ((SELECT app.tenant_shops())::uuid[])'' END)\x3b
  END LOOP\x3b
END
';

SELECT app.wall_in('app.account', 'id = (SELECT app.tenant_account())');
SELECT app.wall_in('app.source_product', 'source_id IN (SELECT id FROM app.source_connection)');
SELECT app.wall_in('app.source_write_back', 'source_id IN (SELECT id FROM app.source_connection)');

-- Nobody's: what the log told, Shopify's taxonomy, how the capture is doing.
GRANT SELECT, INSERT, UPDATE, DELETE ON app.captured_change TO lockstep_tenant;
GRANT SELECT ON app.change_capture, app.taxonomy_category TO lockstep_tenant;
