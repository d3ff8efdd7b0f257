-- What only the hub decides: whose a case is, the number of a letter; money is in 08_requests_money.sql.
--
-- Each function answers {"state": "accepted" | "rejected", "code", …facts}. `p_lost`: it was
-- granted in a history that is gone; money is then booked even where it no longer suffices.
create table if not exists sync.serial (
  kind text not null,
  year integer not null,
  last bigint not null,
  primary key (kind, year)
);

create or replace function sync.today() returns date
language sql stable set search_path = pg_catalog, pg_temp as $$
  select (now() at time zone 'Asia/Shanghai')::date
$$;

create or replace function sync.is_mine(p_scope integer) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select sync.sees_all() or p_scope = any (sync.my_scopes())
$$;

create or replace function sync.no(p_code text, p_facts jsonb default '{}') returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select p_facts || jsonb_build_object('state', 'rejected', 'code', p_code)
$$;

create or replace function sync.yes(p_code text, p_facts jsonb default '{}') returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select p_facts || jsonb_build_object('state', 'accepted', 'code', p_code)
$$;

-- A case goes to another team. Only here: an edit of team_id from two desks would otherwise
-- decide by accident who may see the file.
create or replace function sync.decide_move(p_id uuid, p_args jsonb, p_lost boolean) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  here desk."case";
  next_team desk.team;
begin
  select * into here from desk."case" where id = (p_args->>'case_id')::uuid for update;
  select * into next_team from desk.team where id = (p_args->>'team_id')::uuid;
  if here.id is null or not (p_lost or sync.is_mine(here.scope)) then
    return sync.no('gone');
  end if;
  if next_team.id is null then
    return sync.no('team');
  end if;
  if here.team_id is not distinct from next_team.id then
    return sync.no('same_team', jsonb_build_object('team_id', next_team.id));
  end if;
  if here.closed_on is not null and not p_lost then
    return sync.no('closed', jsonb_build_object('closed_on', here.closed_on));
  end if;
  if coalesce(p_args->>'reason', '') = '' then
    return sync.no('reason');
  end if;
  update desk."case" set team_id = next_team.id, handler_id = (p_args->>'handler_id')::uuid,
    leader_id = (p_args->>'leader_id')::uuid where id = here.id;
  return sync.yes('moved', jsonb_build_object('from', here.team_id, 'to', next_team.id));
end $$;

-- A letter gets the year's next number on the day it is granted, and is issued by that.
create or replace function sync.decide_number(p_id uuid, p_args jsonb, p_lost boolean) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  letter desk.supervision_letter;
  this_year constant integer := extract(year from sync.today());
  next_serial integer;
begin
  select * into letter from desk.supervision_letter
    where id = (p_args->>'letter_id')::uuid for update;
  if letter.id is null and p_lost then
    raise exception using errcode = '23503', message = 'letter';
  end if;
  if letter.id is null or not (p_lost or sync.is_mine(letter.scope)) then
    return sync.no('gone');
  end if;
  if letter.serial is not null or letter.state <> 'draft' then
    return sync.no('numbered', jsonb_build_object('year', letter.year, 'serial', letter.serial,
      'letter_state', letter.state));
  end if;
  if letter.reply_by::date < sync.today() and not p_lost then
    return sync.no('reply_by', jsonb_build_object('reply_by', letter.reply_by));
  end if;
  perform pg_advisory_xact_lock(58, this_year);
  select coalesce(max(serial), 0) + 1 into next_serial
    from desk.supervision_letter where year = this_year;
  update desk.supervision_letter set state = 'issued', year = this_year, serial = next_serial,
    issued_on = sync.today()::text where id = letter.id;
  return sync.yes('numbered', jsonb_build_object('year', this_year, 'serial', next_serial,
    'issued_on', sync.today(), 'renumbered', p_lost));
end $$;

insert into sync.request_kind values
  ('move_case', 'sync.decide_move(uuid, jsonb, boolean)',
    '{edesk_supervisor,edesk_bureau_chief,edesk_president}'),
  ('number_letter', 'sync.decide_number(uuid, jsonb, boolean)',
    '{edesk_operator,edesk_supervisor,edesk_bureau_chief,edesk_president}')
on conflict (kind) do nothing;  -- whoever administers the hub may have changed who may ask
