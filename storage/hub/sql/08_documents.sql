-- The number of an official document: the hub alone gives it, so that no two desks give one twice.
--
-- It is granted once everything before the signature is done, as the signed words hold it. A
-- document that is never signed keeps its number: the row says what became of it, so a gap in what
-- was issued can always be explained.
create or replace function sync.decide_document_number(p_id uuid, p_args jsonb, p_lost boolean)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  here desk.document;
  this_year constant integer := extract(year from sync.today());
  next_serial integer;
begin
  select * into here from desk.document where id = (p_args->>'document_id')::uuid for update;
  if here.id is null and p_lost then
    raise exception using errcode = '23503', message = 'document';
  end if;
  if here.id is null or not (p_lost or sync.is_mine(here.scope)) then
    return sync.no('gone');
  end if;
  if here.serial is not null then
    return sync.no('numbered', jsonb_build_object('series', here.series, 'year', here.year,
      'serial', here.serial));
  end if;
  if here.state <> 'signing' and not p_lost then
    return sync.no('not_ready', jsonb_build_object('document_state', here.state));
  end if;
  perform pg_advisory_xact_lock(hashtext('document ' || here.series), this_year);
  select coalesce(max(serial), 0) + 1 into next_serial
    from desk.document where series = here.series and year = this_year;
  update desk.document set year = this_year, serial = next_serial,
    numbered_on = sync.today()::text where id = here.id;
  return sync.yes('numbered', jsonb_build_object('series', here.series, 'year', this_year,
    'serial', next_serial, 'numbered_on', sync.today(), 'renumbered', p_lost));
end $$;

insert into sync.request_kind values
  ('number_document', 'sync.decide_document_number(uuid, jsonb, boolean)',
    '{edesk_operator,edesk_handler,edesk_judge,edesk_supervisor,edesk_bureau_chief,edesk_president}')
on conflict (kind) do nothing;  -- whoever administers the hub may have changed who may ask

-- The Julian day of an instant, as SQLite's function of that name: for rules of both databases.
create or replace function sync.julianday(p_at text) returns numeric
language sql stable strict set search_path = pg_catalog, pg_temp as $$
  select extract(epoch from p_at::timestamptz) / 86400 + 2440587.5
$$;
