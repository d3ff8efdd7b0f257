-- What PostgreSQL lets every login do and no desk needs: to keep files in the database, to make
-- tables and functions of one's own beside the hub's, and to hold the locks the hub itself waits
-- for. Where the set-up is not done by the server's owner, PostgreSQL says so and goes on.
do $$
declare
  f regprocedure;
begin
  execute format('revoke temporary on database %I from public', current_database());
  for f in select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace
      and proname ~ '^(lo_\w+|lo(read|write)|pg_(try_)?advisory_\w+)$' loop
    execute format('revoke execute on function %s from public', f);
    execute format('grant execute on function %s to edesk_owner', f);
  end loop;
end $$;
