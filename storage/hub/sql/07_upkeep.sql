-- Partitions ahead of time, old ones dropped: changes after `keep_days`, bundles never by itself.
create or replace function sync.upkeep(p_keep_days integer default 90) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  week date;
  month date;
  part record;
  dropped integer := 0;
begin
  if not sync.take_turn('upkeep') then
    return 0;
  end if;
  for i in 0..3 loop
    week := date_trunc('week', now())::date + 7 * i;
    if to_regclass(format('sync.change_%s', to_char(week, 'YYYYMMDD'))) is null then
      execute format('create table sync.change_%s partition of sync.change '
        'for values from (%L) to (%L)', to_char(week, 'YYYYMMDD'), week, week + 7);
    end if;
    month := (date_trunc('month', now()) + make_interval(months => i - 1))::date;
    if to_regclass(format('sync.bundle_%s', to_char(month, 'YYYYMM'))) is null then
      execute format('create table sync.bundle_%s partition of sync.bundle for values from (%L) '
        'to (%L)', to_char(month, 'YYYYMM'), sync.first_id(month),
        sync.first_id((month + interval '1 month')::date));
      execute format('create table sync.op_%s partition of sync.op for values from (%L) to (%L)',
        to_char(month, 'YYYYMM'), sync.first_id(month),
        sync.first_id((month + interval '1 month')::date));
    end if;
  end loop;
  for part in
    select c.oid::regclass as name, to_date(right(c.relname, 8), 'YYYYMMDD') + 7 as ends
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'sync.change'::regclass and c.relname ~ '^change_\d{8}$'
  loop
    continue when part.ends > current_date - p_keep_days;
    perform sync.forget(part.name);
    execute format('drop table %s', part.name);
    dropped := dropped + 1;
  end loop;
  perform sync.blob_upkeep();
  return dropped;
end $$;

-- The smallest UUIDv7 of a day: bundles are kept apart by the time in their ids.
create or replace function sync.first_id(p_day date) returns uuid
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select (lpad(to_hex((extract(epoch from p_day)::bigint) * 1000), 12, '0')
    || '70008000000000000000')::uuid
$$;
