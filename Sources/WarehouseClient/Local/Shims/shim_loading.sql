-- ---------- emptying a table that is filled anew in the same transaction
-- On a server that redstart runs for one project, TRUNCATE: the old rows need not be gone through, and what is loaded goes past the log.
-- Who reads then waits for the new rows. Where somebody is at the table already, or on a server that others share, DELETE: as on
-- Redshift nobody waits, and who reads sees the old rows until the new ones are committed.
CREATE OR REPLACE FUNCTION rs.empty_table(t regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
 IF current_setting('redstart.private', true) = 'on' THEN
  BEGIN
   EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE NOWAIT', t);
   EXECUTE format('TRUNCATE TABLE %s', t);
   RETURN;
  EXCEPTION
   -- In use; or other tables point at it.
   WHEN lock_not_available OR feature_not_supported THEN NULL;
  END;
 END IF;
 EXECUTE format('DELETE FROM %s', t);
END $$;
