-- What only the hub decides: whose a case is, the number of a letter, money.
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

-- The account of a case, made when it is first needed. Always locked before the serial of a kind
-- of entry, so that two who book in two accounts never wait for each other.
create or replace function sync.fund_of(p_case uuid) returns desk.fund
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  found desk.fund;
begin
  insert into desk.fund (id, case_id) values (gen_random_uuid(), p_case)
    on conflict (case_id) do nothing;
  select * into found from desk.fund where case_id = p_case for update;
  return found;
end $$;

create or replace function sync.book(p_id uuid, p_case uuid, p_kind text, p_fen bigint, p_hold uuid,
  p_payee text, p_memo text) returns text
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  this_year constant integer := extract(year from sync.today());
  word constant text := case p_kind when 'receipt' then '收' when 'hold' then '批'
    when 'payment' then '付' else '退' end;
  made text;
begin
  insert into sync.serial values (p_kind, this_year, 1)
    on conflict (kind, year) do update set last = sync.serial.last + 1
    returning word || this_year || '-' || lpad(last::text, 6, '0') into made;
  insert into desk.fund_entry (id, case_id, kind, amount_fen, number, hold_id, at, payee, maker,
      memo)
    values (p_id, p_case, p_kind, p_fen, made, p_hold,
      to_char(clock_timestamp() at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"'),
      p_payee, sync.actor(), p_memo);
  return made;
end $$;

-- Money has come in: a fact.
create or replace function sync.decide_receive(p_id uuid, p_args jsonb, p_lost boolean) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  fen constant bigint := (p_args->>'amount_fen')::bigint;
  here desk.fund;
  made text;
begin
  here := sync.fund_of((p_args->>'case_id')::uuid);
  made := sync.book(p_id, here.case_id, 'receipt', fen, null, p_args->>'payer',
    p_args->>'memo');
  update desk.fund set balance_fen = here.balance_fen + fen,
    in_suspense = (here.balance_fen + fen < here.held_fen)::integer where id = here.id;
  return sync.yes('received', jsonb_build_object('number', made,
    'balance_fen', here.balance_fen + fen));
end $$;

-- An officer asks for a disbursement: granted from what is there and not granted to another.
create or replace function sync.decide_disburse(p_id uuid, p_args jsonb, p_lost boolean) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  fen constant bigint := (p_args->>'amount_fen')::bigint;
  here desk.fund;
  owned integer;
  made text;
begin
  select scope into owned from desk."case" where id = (p_args->>'case_id')::uuid;
  if owned is null and p_lost then
    raise exception using errcode = '23503', message = 'case';
  end if;
  if owned is null or not (p_lost or sync.is_mine(owned)) then
    return sync.no('gone');
  end if;
  if coalesce(fen, 0) <= 0 then
    return sync.no('amount');
  end if;
  if coalesce(p_args->>'payee', '') = '' then
    return sync.no('payee');
  end if;
  here := sync.fund_of((p_args->>'case_id')::uuid);
  if here.balance_fen - here.held_fen < fen and not p_lost then
    return sync.no('funds', jsonb_build_object('asked_fen', fen,
      'available_fen', here.balance_fen - here.held_fen, 'balance_fen', here.balance_fen,
      'held_fen', here.held_fen, 'seen_fen', p_args->'seen_fen',
      'last', (select jsonb_build_object('number', e.number, 'amount_fen', e.amount_fen,
          'at', e.at, 'payee', e.payee, 'maker', e.maker)
        from desk.fund_entry e where e.case_id = here.case_id and e.kind = 'payment'
        order by e.at desc, e.number desc limit 1)));
  end if;
  made := sync.book(p_id, here.case_id, 'hold', fen, null, p_args->>'payee', p_args->>'memo');
  update desk.fund set held_fen = here.held_fen + fen,
    in_suspense = (here.balance_fen < here.held_fen + fen)::integer where id = here.id;
  return sync.yes('held', jsonb_build_object('number', made, 'amount_fen', fen,
    'available_fen', here.balance_fen - here.held_fen - fen));
end $$;

-- Pays a grant or takes it back. Whoever asked for the money can do neither.
create or replace function sync.end_hold(p_id uuid, p_args jsonb, p_lost boolean, p_kind text)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  hold desk.fund_entry;
  ended desk.fund_entry;
  here desk.fund;
  made text;
begin
  select * into hold from desk.fund_entry
    where id = (p_args->>'hold_id')::uuid and kind = 'hold';
  if hold.id is null and p_lost then
    raise exception using errcode = '23503', message = 'hold';
  end if;
  if hold.id is null or not (p_lost or sync.is_mine(hold.scope)) then
    return sync.no('gone');
  end if;
  if hold.maker = sync.actor() and not p_lost then
    return sync.no('own', jsonb_build_object('number', hold.number));
  end if;
  here := sync.fund_of(hold.case_id);
  select * into ended from desk.fund_entry where hold_id = hold.id;
  if ended.id is not null then
    return sync.no('already', jsonb_build_object('number', ended.number, 'kind', ended.kind,
      'by', ended.maker, 'at', ended.at));
  end if;
  made := sync.book(p_id, hold.case_id, p_kind, hold.amount_fen, hold.id, hold.payee,
    p_args->>'memo');
  update desk.fund set held_fen = here.held_fen - hold.amount_fen,
    balance_fen = here.balance_fen
      - case when p_kind = 'payment' then hold.amount_fen else 0 end,
    in_suspense = (here.balance_fen
      - case when p_kind = 'payment' then hold.amount_fen else 0 end
      < here.held_fen - hold.amount_fen)::integer
    where id = here.id;
  return sync.yes(p_kind, jsonb_build_object('number', made, 'amount_fen', hold.amount_fen));
end $$;

create or replace function sync.decide_pay(p_id uuid, p_args jsonb, p_lost boolean) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select sync.end_hold(p_id, p_args, p_lost, 'payment')
$$;

create or replace function sync.decide_release(p_id uuid, p_args jsonb, p_lost boolean) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select sync.end_hold(p_id, p_args, p_lost, 'release')
$$;

-- The entries against the accounts; empty when all is well. For the nightly check and for health.
create or replace function sync.fund_differences() returns table (case_id uuid, balance_fen bigint,
  booked_fen bigint, held_fen bigint, granted_fen bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select f.case_id, f.balance_fen, e.booked, f.held_fen, e.granted
  from desk.fund f left join lateral (
    select coalesce(sum(case n.kind when 'receipt' then n.amount_fen
          when 'payment' then -n.amount_fen else 0 end), 0)::bigint as booked,
      coalesce(sum(case n.kind when 'hold' then n.amount_fen
          when 'receipt' then 0 else -n.amount_fen end), 0)::bigint as granted
    from desk.fund_entry n where n.case_id = f.case_id) e on true
  where f.balance_fen <> e.booked or f.held_fen <> e.granted
$$;

-- Not even the owner changes what was booked; a case that moves takes its entries' scope along.
create or replace function sync.keep_entries() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception using errcode = 'P0001', message = '账目只增不改；如有错误，请以冲正更正。';
end $$;
drop trigger if exists kept on desk.fund_entry;
create trigger kept before delete or update of id, case_id, kind, amount_fen, number, hold_id, at,
  payee, maker, memo on desk.fund_entry for each row execute function sync.keep_entries();
drop trigger if exists kept_whole on desk.fund_entry;
create trigger kept_whole before truncate on desk.fund_entry
  for each statement execute function sync.keep_entries();

insert into sync.request_kind values
  ('move_case', 'sync.decide_move(uuid, jsonb, boolean)',
    '{edesk_supervisor,edesk_bureau_chief,edesk_president}'),
  ('number_letter', 'sync.decide_number(uuid, jsonb, boolean)',
    '{edesk_operator,edesk_supervisor,edesk_bureau_chief,edesk_president}'),
  ('receive', 'sync.decide_receive(uuid, jsonb, boolean)', '{edesk_finance}'),
  ('disburse', 'sync.decide_disburse(uuid, jsonb, boolean)',
    '{edesk_handler,edesk_field,edesk_supervisor}'),
  ('pay', 'sync.decide_pay(uuid, jsonb, boolean)', '{edesk_finance}'),
  ('release', 'sync.decide_release(uuid, jsonb, boolean)',
    '{edesk_finance,edesk_supervisor}')
on conflict (kind) do nothing;  -- whoever administers the hub may have changed who may ask
